// SPDX-License-Identifier: Apache-2.0
#include <array>

#include "audit/record_types.h"
#include "decode/fields.h"
#include "normalize/family.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Syscall;

namespace {

struct BySyscall {
  Syscall syscall;
  Family family;
};
constexpr BySyscall kBySyscall[] = {
    {Syscall::execve, exec_family}, {Syscall::execveat, exec_family}, {Syscall::fork, fork_family},
    {Syscall::vfork, fork_family}, {Syscall::clone, clone_family}, {Syscall::clone3, fork_family},
    {Syscall::exit_group, exit_family}, {Syscall::open, open_family}, {Syscall::openat, open_family},
    {Syscall::openat2, open_family}, {Syscall::creat, open_family}, {Syscall::truncate, truncate_family},
    {Syscall::ftruncate, truncate_family}, {Syscall::rename, rename_family}, {Syscall::renameat, rename_family},
    {Syscall::renameat2, rename_family}, {Syscall::unlink, unlink_family}, {Syscall::unlinkat, unlink_family},
    {Syscall::rmdir, unlink_family}, {Syscall::link, link_family}, {Syscall::linkat, link_family},
    {Syscall::symlink, symlink_family}, {Syscall::symlinkat, symlink_family}, {Syscall::mknod, mknod_family},
    {Syscall::mknodat, mknod_family}, {Syscall::mkdir, mkdir_family}, {Syscall::mkdirat, mkdir_family},
    {Syscall::chmod, mode_family}, {Syscall::fchmod, mode_family}, {Syscall::fchmodat, mode_family},
    {Syscall::fchmodat2, mode_family}, {Syscall::chown, owner_family}, {Syscall::fchown, owner_family},
    {Syscall::lchown, owner_family}, {Syscall::fchownat, owner_family}, {Syscall::setxattr, xattr_family},
    {Syscall::lsetxattr, xattr_family}, {Syscall::fsetxattr, xattr_family}, {Syscall::removexattr, xattr_family},
    {Syscall::lremovexattr, xattr_family}, {Syscall::fremovexattr, xattr_family}, {Syscall::utime, times_family},
    {Syscall::utimes, times_family}, {Syscall::futimesat, times_family}, {Syscall::utimensat, times_family},
    {Syscall::ioctl, ioctl_family}, {Syscall::open_by_handle_at, handle_family}, {Syscall::kill, signal_family}, {Syscall::tkill, signal_family},
    {Syscall::tgkill, signal_family}, {Syscall::pidfd_send_signal, signal_family}, {Syscall::chroot, root_family},
    {Syscall::pivot_root, root_family}, {Syscall::setpriority, priority_family},
    {Syscall::sched_setscheduler, priority_family}, {Syscall::prlimit64, limit_family},
    {Syscall::setrlimit, limit_family}, {Syscall::personality, personality_family}, {Syscall::prctl, prctl_family},
    {Syscall::setsid, setsid_family}, {Syscall::setuid, setuid_family}, {Syscall::setreuid, setuid_family},
    {Syscall::setresuid, setuid_family}, {Syscall::setfsuid, setuid_family}, {Syscall::setgid, setgid_family},
    {Syscall::setregid, setgid_family}, {Syscall::setresgid, setgid_family}, {Syscall::setfsgid, setgid_family},
    {Syscall::setgroups, groups_family}, {Syscall::capset, capset_family}, {Syscall::connect, connect_family},
    {Syscall::accept, accept_family}, {Syscall::accept4, accept_family}, {Syscall::bind, bind_family},
    {Syscall::listen, listen_family}, {Syscall::socket, socket_family}, {Syscall::socketcall, socketcall_family},
    {Syscall::setsockopt, sockopt_family}, {Syscall::sendto, send_family}, {Syscall::sendmsg, send_family},
    {Syscall::ptrace, ptrace_family}, {Syscall::process_vm_writev, vm_family}, {Syscall::process_vm_readv, vm_family},
    {Syscall::memfd_create, memfd_family}, {Syscall::memfd_secret, memfd_family}, {Syscall::mprotect, protect_family},
    {Syscall::pkey_mprotect, protect_family},
    {Syscall::mmap, map_family}, {Syscall::userfaultfd, memory_misc_family},
    {Syscall::perf_event_open, memory_misc_family}, {Syscall::pidfd_getfd, memory_misc_family},
    {Syscall::io_uring_setup, memory_misc_family}, {Syscall::splice, memory_misc_family},
    {Syscall::shmat, ipc_family}, {Syscall::shmget, ipc_family}, {Syscall::ipc, ipc_family},
    {Syscall::mq_open, ipc_family}, {Syscall::shmctl, ipc_family},
    {Syscall::msgctl, ipc_family}, {Syscall::semctl, ipc_family}, {Syscall::init_module, module_family}, {Syscall::finit_module, module_family},
    {Syscall::delete_module, module_family}, {Syscall::bpf, bpf_family}, {Syscall::kexec_load, kexec_family},
    {Syscall::kexec_file_load, kexec_family}, {Syscall::syslog, kernel_log_family}, {Syscall::iopl, io_port_family},
    {Syscall::ioperm, io_port_family}, {Syscall::mount, mount_family}, {Syscall::umount2, mount_family},
    {Syscall::move_mount, mount_family}, {Syscall::mount_setattr, mount_family}, {Syscall::unshare, namespace_family},
    {Syscall::setns, namespace_family}, {Syscall::swapon, swap_family}, {Syscall::swapoff, swap_family},
    {Syscall::settimeofday, clock_family}, {Syscall::clock_settime, clock_family}, {Syscall::stime, clock_family},
    {Syscall::adjtimex, clock_family}, {Syscall::clock_adjtime, clock_family},
    {Syscall::sethostname, host_name_family}, {Syscall::setdomainname, host_name_family},
    {Syscall::reboot, reboot_family}, {Syscall::acct, accounting_family}, {Syscall::add_key, kernel_key_family},
    {Syscall::request_key, kernel_key_family}, {Syscall::keyctl, kernel_key_family},
};

struct ByRecord {
  uint16_t type;
  Family family;
};
/// Records that tell of something by themselves, with or without a SYSCALL beside them (audit/record_types.cpp has the names).
constexpr ByRecord kByRecord[] = {
    {1100, logon_family}, {1101, logon_family}, {1103, logon_family}, {1104, logon_family}, {1109, logon_family},
    {1110, logon_family}, {1112, logon_family}, {1113, logon_family}, {1105, session_family}, {1106, session_family},
    {1102, account_family}, {1108, account_family}, {1114, account_family}, {1115, account_family},
    {1116, account_family}, {1117, account_family}, {1132, account_family}, {1133, account_family},
    {1135, account_family}, {1136, account_family}, {2205, account_family}, {2206, account_family},
    {2207, account_family}, {1123, privileged_command_family}, {1006, login_uid_family}, {1130, service_family},
    {1131, service_family}, {1127, power_family}, {1128, power_family}, {1129, power_family},
    {2100, user_anomaly_family}, {2101, user_anomaly_family}, {2102, user_anomaly_family}, {2103, user_anomaly_family},
    {2104, user_anomaly_family}, {2117, user_anomaly_family}, {2118, user_anomaly_family}, {2119, user_anomaly_family},
    {2120, user_anomaly_family}, {2121, user_anomaly_family}, {2404, crypto_session_family},
    {2407, crypto_session_family}, {1319, tty_family}, {1124, tty_family}, {1200, daemon_family}, {1201, daemon_family},
    {1202, daemon_family}, {1203, daemon_family}, {1205, daemon_family}, {1206, daemon_family}, {1209, daemon_family},
    {1305, config_change_family}, {1328, feature_family}, {1107, mac_family}, {1400, mac_family}, {1401, mac_family},
    {1403, mac_family}, {1404, mac_family}, {1405, mac_family}, {1406, mac_family}, {1407, mac_family},
    {1408, mac_family}, {1409, mac_family}, {1410, mac_family}, {1411, mac_family}, {1412, mac_family},
    {1413, mac_family}, {1414, mac_family}, {1415, mac_family}, {1416, mac_family}, {1417, mac_family},
    {1418, mac_family}, {1419, mac_family}, {1502, mac_family}, {1503, mac_family}, {1505, mac_family},
    {1507, mac_family}, {2300, mac_family}, {2301, mac_family}, {2302, mac_family}, {1700, kernel_anomaly_family},
    {1702, kernel_anomaly_family}, {1703, kernel_anomaly_family}, {1701, crash_family}, {1325, firewall_family},
    {1326, seccomp_family}, {1800, integrity_family}, {1801, integrity_family}, {1802, integrity_family},
    {1803, integrity_family}, {1804, integrity_family}, {1806, integrity_family}, {1334, bpf_record_family},
    {1330, kernel_module_record_family}, {1332, time_record_family}, {1333, time_record_family},
    {1137, device_record_family}, {1331, device_record_family}, {1338, device_record_family},
    {1339, device_record_family},
};

Family family_of(Syscall syscall) {
  static constexpr auto kTable = [] {
    std::array<Family, static_cast<size_t>(Syscall::count_)> table{};
    for (const BySyscall& row : kBySyscall) table[static_cast<size_t>(row.syscall)] = row.family;
    return table;
  }();
  return kTable[static_cast<size_t>(syscall)];
}

Family family_of(uint16_t record_type) {
  static constexpr size_t kTypes = 2500;  // the kernel's and user space's ranges; above are cryptography and virtual machines
  static constexpr auto kTable = [] {
    std::array<uint8_t, kTypes> table{};  // row + 1
    for (size_t i = 0; i < sizeof kByRecord / sizeof *kByRecord; ++i) table[kByRecord[i].type] = static_cast<uint8_t>(i + 1);
    return table;
  }();
  return record_type < kTypes && kTable[record_type] ? kByRecord[kTable[record_type] - 1].family : nullptr;
}

void read_syscall(const audit::Record& r, base::Arena& arena, SyscallFacts& out) {
  for (uint32_t i = 0; i < r.field_count; ++i) {
    const audit::Field& f = r.fields[i];
    uint64_t n = 0;
    switch (f.key) {
      case Key::arch:
        if (decode::hex_of(&f, n)) out.arch = static_cast<uint32_t>(n);
        break;
      case Key::syscall:
        if (decode::number_of(&f, n)) out.number = static_cast<uint32_t>(n);
        break;
      case Key::success: out.success = f.raw == "yes"; break;
      case Key::exit: out.has_exit = decode::integer_of(&f, out.exit); break;
      case Key::pid:
        if (decode::number_of(&f, n)) out.pid = static_cast<uint32_t>(n);
        break;
      case Key::ppid:
        if (decode::number_of(&f, n)) out.ppid = static_cast<uint32_t>(n);
        break;
      case Key::a0: (void)decode::hex_of(&f, out.a0); break;
      case Key::a1: (void)decode::hex_of(&f, out.a1); break;
      case Key::a2: (void)decode::hex_of(&f, out.a2); break;
      case Key::a3: (void)decode::hex_of(&f, out.a3); break;
      case Key::comm: out.comm = decode::value_of(r, f, arena).text; break;
      case Key::exe: out.exe = decode::value_of(r, f, arena).text; break;
      default: break;
    }
  }
  out.syscall = audit::syscall_of(out.arch, out.number);
}

}  // namespace

void Normalizer::begin(audit::AuditEvent& in) {
  in_ = &in;
  syscall_ = nullptr;
  facts_ = {};
  count_ = at_ = 0;
  auto add = [&](Family family) {
    if (!family || count_ == kFamilies) return;
    for (size_t i = 0; i < count_; ++i)
      if (families_[i] == family) return;
    families_[count_++] = family;
  };
  for (audit::Record& r : in.records) {
    if (r.type != audit::type::kSyscall) continue;
    decode::split_fields(r, in.arena);
    syscall_ = &r;
    read_syscall(r, in.arena, facts_);
    add(family_of(facts_.syscall));
    break;
  }
  for (const audit::Record& r : in.records) add(family_of(r.type));
  // Records of an event that no family wants are not split: that would be half of the work of the whole line.
  if (!count_) return;
  for (audit::Record& r : in.records)
    if (!r.fields && r.type != audit::type::kExecve) decode::split_fields(r, in.arena);  // EXECVE: read by collect_argv
}

bool Normalizer::next(event::Event& out, Result& result) {
  while (at_ < count_) {
    result = {};
    result.syscall = facts_;
    Source source{*in_, syscall_, argv_};
    families_[at_++](source, out, result);
    if (!result.has_event) {
      if (result.is_fork) return true;
      continue;
    }
    out.set_time(event::FieldId::event_utc_time, in_->stamp.time_ms);
    out.set_number(event::FieldId::event_serial, in_->stamp.serial);
    out.set_text_if(event::FieldId::event_node, in_->node);
    if (in_->notes & (audit::AuditEvent::kIncomplete | audit::AuditEvent::kCut)) out.set_bool(event::FieldId::event_incomplete, true);
    return true;
  }
  return false;
}

Result Normalizer::event(audit::AuditEvent& in, event::Event& out) {
  Result result;
  begin(in);
  if (!next(out, result)) result.syscall = facts_;
  return result;
}

}  // namespace aurochs::normalize
