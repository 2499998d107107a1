// SPDX-License-Identifier: Apache-2.0
#include "daemon/hardening.h"

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

namespace aurochs::daemon {
namespace {

// Numbers: include/uapi/linux/capability.h; here because headers of old hosts lack the newest.
constexpr int kDacReadSearch = 2, kFowner = 3, kNetAdmin = 12, kNetRaw = 13, kSysPtrace = 19, kSysNice = 23, kAuditWrite = 29, kAuditControl = 30,
              kSyslog = 34, kAuditRead = 37;
constexpr int kNumbers = 64;

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr uint32_t kArchitecture = 0;
#endif
constexpr uint32_t kX32 = 0x40000000;  // numbers of the x32 ABI, which no build of ours uses

std::string failed(const char* what) { return std::string(what) + ": " + std::strerror(errno); }

bool drop_capabilities(std::string& why) {
  const uint64_t kept = kept_capability_mask();
  // What a service manager took out already is not there to drop, and CAP_SETPCAP for it is not there either.
  for (int i = 0; i < kNumbers; ++i)
    if (!(kept >> i & 1) && ::prctl(PR_CAPBSET_READ, i, 0, 0, 0) == 1 && ::prctl(PR_CAPBSET_DROP, i, 0, 0, 0) < 0) why = failed("capability bounding set");
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct had[2] = {}, wanted[2] = {};
  if (::syscall(SYS_capget, &head, had) < 0) return why = failed("capget"), false;
  for (int word = 0; word < 2; ++word) {
    // No more than was there: the service may have been started with less.
    wanted[word].permitted = had[word].permitted & static_cast<uint32_t>(kept >> (32 * word));
    wanted[word].effective = wanted[word].permitted;
  }
  if (::syscall(SYS_capset, &head, wanted) < 0) why = failed("capset");
  return why.empty();
}

sock_filter load(size_t offset) { return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset)); }

bool forbid_calls(std::string& why) {
  if (!kArchitecture) return why = "system call filter: not for this machine", false;
  std::vector<sock_filter> program;
  constexpr sock_filter kKill = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL), kAllow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
                        kRefuse = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
  program.push_back(load(offsetof(seccomp_data, arch)));
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
  program.push_back(kKill);  // another ABI has other numbers: none of our code makes such a call
  program.push_back(load(offsetof(seccomp_data, nr)));
#if defined(__x86_64__)
  program.push_back(BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, kX32, 0, 1));
  program.push_back(kKill);
#endif
  for (const ForbiddenCall& call : forbidden_calls()) {
    program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<uint32_t>(call.number), 0, 1));
    program.push_back(kRefuse);
  }
  program.push_back(kAllow);
  const sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  if (::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) < 0) return why = failed("system call filter (kernel 3.5 with CONFIG_SECCOMP_FILTER)"), false;
  return true;
}

}  // namespace

const std::vector<KeptCapability>& kept_capabilities() {
  static const std::vector<KeptCapability> kRows = {
      {kAuditControl, "CAP_AUDIT_CONTROL", "rules and state of audit"},
      {kAuditRead, "CAP_AUDIT_READ", "the multicast group (kernel 3.16)"},
      {kAuditWrite, "CAP_AUDIT_WRITE", "the record that proves the group"},
      {kDacReadSearch, "CAP_DAC_READ_SEARCH", "files of others: digests, first bytes, account files, logs"},
      {kFowner, "CAP_FOWNER", "O_NOATIME: to look leaves no trace"},
      {kNetAdmin, "CAP_NET_ADMIN", "proc connector, large socket buffers, diagnosis of sockets"},
      {kNetRaw, "CAP_NET_RAW", "DNS packets"},
      {kSysNice, "CAP_SYS_NICE", "priority of the capture thread"},
      {kSysPtrace, "CAP_SYS_PTRACE", "/proc of others: exe, cwd, environ, fd"},
      {kSyslog, "CAP_SYSLOG", "/dev/kmsg"},
  };
  return kRows;
}

uint64_t kept_capability_mask() {
  uint64_t mask = 0;
  for (const KeptCapability& row : kept_capabilities()) mask |= uint64_t{1} << row.number;
  return mask;
}

// A list of what is allowed would end the sensor after an update of the C library: the same build runs on glibc 2.17 to 2.41,
// whose calls differ. execve is not here: journalctl is run where a host has no text log; it gets no more than we have left.
const std::vector<ForbiddenCall>& forbidden_calls() {
#define ROW(name) \
  { SYS_##name, #name }
  static const std::vector<ForbiddenCall> kRows = {
      ROW(ptrace), ROW(process_vm_writev), ROW(init_module), ROW(delete_module), ROW(kexec_load), ROW(reboot), ROW(swapon), ROW(swapoff),
      ROW(mount), ROW(umount2), ROW(pivot_root), ROW(chroot), ROW(acct), ROW(quotactl), ROW(unshare), ROW(settimeofday), ROW(clock_settime), ROW(adjtimex),
      ROW(clock_adjtime), ROW(sethostname), ROW(setdomainname), ROW(mknodat), ROW(add_key), ROW(request_key), ROW(keyctl), ROW(perf_event_open),
      ROW(open_by_handle_at), ROW(setns), ROW(kcmp), ROW(lookup_dcookie), ROW(setuid), ROW(setgid), ROW(setreuid), ROW(setregid), ROW(setresuid), ROW(setresgid),
      ROW(setgroups), ROW(setfsuid), ROW(setfsgid),
#ifdef SYS_finit_module
      ROW(finit_module),
#endif
#ifdef SYS_kexec_file_load
      ROW(kexec_file_load),
#endif
#ifdef SYS_memfd_create
      ROW(memfd_create),
#endif
#ifdef SYS_bpf
      ROW(bpf),
#endif
#ifdef SYS_userfaultfd
      ROW(userfaultfd),
#endif
#ifdef SYS_io_uring_setup
      ROW(io_uring_setup),
#endif
#ifdef SYS_iopl
      ROW(iopl), ROW(ioperm), ROW(modify_ldt),
#endif
  };
#undef ROW
  return kRows;
}

std::vector<std::string> harden() {
  std::vector<std::string> undone;
  std::string why;
  // Ours alone: no core file with secrets of command lines, no ptrace by a process of the same user.
  if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) undone.push_back(failed("PR_SET_DUMPABLE"));
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) undone.push_back(failed("PR_SET_NO_NEW_PRIVS (kernel 3.5)"));
  // The filter first: without no_new_privs (before 3.5) it needs CAP_SYS_ADMIN.
  if (!forbid_calls(why)) undone.push_back(std::exchange(why, {}));
  if (!drop_capabilities(why)) undone.push_back(why);
  return undone;
}

}  // namespace aurochs::daemon
