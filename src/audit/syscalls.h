// SPDX-License-Identifier: Apache-2.0
// Architectures and the syscalls that a rule of ours names, by number (tables of ours: see record_types.h).
#pragma once
#include <cstdint>
#include <string_view>

namespace aurochs::audit {

/// AUDIT_ARCH_* (include/uapi/linux/audit.h).
namespace arch {
inline constexpr uint32_t kX86_64 = 0xC000003E, kI386 = 0x40000003, kAarch64 = 0xC00000B7, kArm = 0x40000028;
}

/// "x86_64"; empty for an unknown architecture.
std::string_view arch_name(uint32_t arch);
/// Byte order of the machine: __AUDIT_ARCH_LE.
inline bool arch_is_little_endian(uint32_t arch) { return (arch & 0x40000000u) != 0; }

enum class Syscall : uint8_t {
  other, execve, execveat, fork, vfork, clone, clone3, exit_group, exit, setuid, setgid, setreuid, setregid, setresuid,
  setresgid, setfsuid, setfsgid, setgroups, capset, open, openat, openat2, creat, truncate, ftruncate, rename, renameat,
  renameat2, unlink, unlinkat, rmdir, mkdir, mkdirat, link, linkat, symlink, symlinkat, mknod, mknodat, chmod, fchmod, fchmodat,
  fchmodat2, chown, fchown, lchown, fchownat, setxattr, lsetxattr, fsetxattr, removexattr, lremovexattr, fremovexattr, utime,
  utimes, futimesat, utimensat, ioctl, open_by_handle_at, name_to_handle_at, kill, tkill, tgkill, pidfd_send_signal, chroot,
  pivot_root, setpriority, sched_setscheduler, prlimit64, setrlimit, personality, prctl, setsid, connect, accept, accept4, bind,
  listen, socket, socketcall, setsockopt, sendto, sendmsg, socketpair, ptrace, process_vm_writev, process_vm_readv,
  memfd_create, mprotect, mmap, userfaultfd, perf_event_open, pidfd_getfd, io_uring_setup, splice, shmat, memfd_secret, shmget,
  ipc, mq_open, init_module, finit_module, delete_module, bpf, kexec_load, kexec_file_load, syslog, iopl, ioperm, mount,
  umount2, move_mount, fsmount, open_tree, unshare, setns, swapon, swapoff, settimeofday, clock_settime, stime, adjtimex,
  clock_adjtime, sethostname, setdomainname, reboot, acct, quotactl, add_key, request_key, keyctl, fanotify_init, fanotify_mark,
  shmctl, msgctl, semctl, pkey_mprotect, mount_setattr,
  count_
};
/// Syscall::other for anything that the line does not treat apart.
Syscall syscall_of(uint32_t arch, uint32_t number);
std::string_view syscall_name(Syscall s);

}  // namespace aurochs::audit
