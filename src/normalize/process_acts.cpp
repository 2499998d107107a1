// SPDX-License-Identifier: Apache-2.0
// Acts on processes: signals to others, roots, priorities, limits, personalities, prctl. Facts used: OBJ_PID is written
// for kill, tkill, tgkill and pidfd_send_signal where any rule names one of the first three (kernel/auditsc.c,
// audit_signals), one for each process that was meant, also when permission was refused; its pid is the kernel's own.
#include <cerrno>

#include "audit/record_types.h"
#include "normalize/target.h"

namespace aurochs::normalize {

using audit::Syscall;
using event::EventType;
using event::FieldId;

namespace {

// include/uapi/asm-generic/signal.h: the same numbers on x86 and ARM.
constexpr Word kSignals[] = {
    {1, "SIGHUP"},   {2, "SIGINT"},   {3, "SIGQUIT"},  {4, "SIGILL"},   {5, "SIGTRAP"},   {6, "SIGABRT"},   {7, "SIGBUS"},   {8, "SIGFPE"},
    {9, "SIGKILL"},  {10, "SIGUSR1"}, {11, "SIGSEGV"}, {12, "SIGUSR2"}, {13, "SIGPIPE"},  {14, "SIGALRM"},  {15, "SIGTERM"}, {16, "SIGSTKFLT"},
    {17, "SIGCHLD"}, {18, "SIGCONT"}, {19, "SIGSTOP"}, {20, "SIGTSTP"}, {21, "SIGTTIN"},  {22, "SIGTTOU"},  {23, "SIGURG"},  {24, "SIGXCPU"},
    {25, "SIGXFSZ"}, {26, "SIGVTALRM"}, {27, "SIGPROF"}, {28, "SIGWINCH"}, {29, "SIGIO"}, {30, "SIGPWR"},   {31, "SIGSYS"}};

// include/uapi/linux/sched.h
constexpr Word kPolicies[] = {{0, "SCHED_OTHER"}, {1, "SCHED_FIFO"}, {2, "SCHED_RR"},       {3, "SCHED_BATCH"},
                              {5, "SCHED_IDLE"},  {6, "SCHED_DEADLINE"}, {7, "SCHED_EXT"}};
constexpr uint32_t kResetOnFork = 0x40000000;

// include/uapi/asm-generic/resource.h
constexpr Word kLimits[] = {
    {0, "RLIMIT_CPU"},     {1, "RLIMIT_FSIZE"},      {2, "RLIMIT_DATA"},     {3, "RLIMIT_STACK"}, {4, "RLIMIT_CORE"},    {5, "RLIMIT_RSS"},
    {6, "RLIMIT_NPROC"},   {7, "RLIMIT_NOFILE"},     {8, "RLIMIT_MEMLOCK"},  {9, "RLIMIT_AS"},    {10, "RLIMIT_LOCKS"},  {11, "RLIMIT_SIGPENDING"},
    {12, "RLIMIT_MSGQUEUE"}, {13, "RLIMIT_NICE"},    {14, "RLIMIT_RTPRIO"},  {15, "RLIMIT_RTTIME"}};

// include/uapi/linux/personality.h
constexpr Word kPersonalities[] = {
    {0x0020000, "UNAME26"},        {0x0040000, "ADDR_NO_RANDOMIZE"}, {0x0080000, "FDPIC_FUNCPTRS"},     {0x0100000, "MMAP_PAGE_ZERO"},
    {0x0200000, "ADDR_COMPAT_LAYOUT"}, {0x0400000, "READ_IMPLIES_EXEC"}, {0x0800000, "ADDR_LIMIT_32BIT"}, {0x1000000, "SHORT_INODE"},
    {0x2000000, "WHOLE_SECONDS"},  {0x4000000, "STICKY_TIMEOUTS"},   {0x8000000, "ADDR_LIMIT_3GB"},     {0x8, "PER_LINUX32"}};
constexpr uint32_t kNoRandomize = 0x0040000, kQuery = 0xFFFFFFFF;

// include/uapi/linux/prctl.h, and the type of event that each option is told as.
struct PrctlRow {
  uint32_t option;
  std::string_view name;
  EventType type;
};
constexpr PrctlRow kPrctl[] = {{4, "PR_SET_DUMPABLE", EventType::process_dumpable},
                               {0x59616d61, "PR_SET_PTRACER", EventType::process_dumpable},
                               {36, "PR_SET_CHILD_SUBREAPER", EventType::process_dumpable},
                               {24, "PR_CAPBSET_DROP", EventType::process_cap_drop},
                               {47, "PR_CAP_AMBIENT", EventType::process_cap_drop},
                               {28, "PR_SET_SECUREBITS", EventType::process_securebits},
                               {8, "PR_SET_KEEPCAPS", EventType::process_securebits},
                               {38, "PR_SET_NO_NEW_PRIVS", EventType::process_no_new_privs}};
constexpr uint32_t kSetPtracer = 0x59616d61, kBoundingDrop = 24, kAmbient = 47, kSecurebits = 28;

constexpr Word kAmbientOps[] = {{2, "PR_CAP_AMBIENT_RAISE"}, {3, "PR_CAP_AMBIENT_LOWER"}, {4, "PR_CAP_AMBIENT_CLEAR_ALL"}};
constexpr uint32_t kAmbientIsSet = 1, kAmbientClearAll = 4;

// include/uapi/linux/securebits.h
constexpr Word kSecurebitWords[] = {{0x01, "NOROOT"},           {0x02, "NOROOT_LOCKED"},     {0x04, "NO_SETUID_FIXUP"},
                                    {0x08, "NO_SETUID_FIXUP_LOCKED"}, {0x10, "KEEP_CAPS"},   {0x20, "KEEP_CAPS_LOCKED"},
                                    {0x40, "NO_CAP_AMBIENT_RAISE"}, {0x80, "NO_CAP_AMBIENT_RAISE_LOCKED"}};

// include/uapi/linux/capability.h
constexpr std::string_view kCapabilities[] = {
    "CAP_CHOWN",        "CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER",     "CAP_FSETID",          "CAP_KILL",        "CAP_SETGID",
    "CAP_SETUID",       "CAP_SETPCAP",      "CAP_LINUX_IMMUTABLE", "CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_ADMIN", "CAP_NET_RAW",
    "CAP_IPC_LOCK",     "CAP_IPC_OWNER",    "CAP_SYS_MODULE",      "CAP_SYS_RAWIO",  "CAP_SYS_CHROOT",      "CAP_SYS_PTRACE",  "CAP_SYS_PACCT",
    "CAP_SYS_ADMIN",    "CAP_SYS_BOOT",     "CAP_SYS_NICE",        "CAP_SYS_RESOURCE", "CAP_SYS_TIME",      "CAP_SYS_TTY_CONFIG", "CAP_MKNOD",
    "CAP_LEASE",        "CAP_AUDIT_WRITE",  "CAP_AUDIT_CONTROL",   "CAP_SETFCAP",    "CAP_MAC_OVERRIDE",    "CAP_MAC_ADMIN",   "CAP_SYSLOG",
    "CAP_WAKE_ALARM",   "CAP_BLOCK_SUSPEND", "CAP_AUDIT_READ",     "CAP_PERFMON",    "CAP_BPF",             "CAP_CHECKPOINT_RESTORE"};

void set_capability(event::Event& out, uint64_t number) {
  if (number < sizeof kCapabilities / sizeof *kCapabilities)
    out.set_text(FieldId::op_value, kCapabilities[number]);
  else
    set_decimal(out, FieldId::op_value, static_cast<int64_t>(number));
}

void write_prctl_value(const SyscallFacts& call, event::Event& out) {
  switch (word32(call.a0)) {
    case kBoundingDrop: return set_capability(out, call.a1);
    case kSecurebits: return set_flags(out, FieldId::op_value, kSecurebitWords, word32(call.a1));
    case kSetPtracer:
      write_target_argument(out, int_of(call.a1));
      return set_decimal(out, FieldId::op_value, int_of(call.a1));
    default: return set_decimal(out, FieldId::op_value, int_of(call.a1));
  }
}

}  // namespace

void signal_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  const uint32_t signal = word32(call.syscall == Syscall::tgkill ? call.a2 : call.a1);
  if (!signal || call.exit == -ESRCH) return;  // a question whether somebody is there; nobody was
  begin_act(in, out, result, targets_sensor(in) ? EventType::sensor_signal : EventType::process_signal_send);
  out.set_number(FieldId::op_signal, signal);
  out.set_text_if(FieldId::op_name, word_of(kSignals, signal));
  if (write_target(in, out, call)) return;
  const int32_t pid = call.syscall == Syscall::pidfd_send_signal ? 0 : int_of(call.a0);
  // Signals to itself (raise, abort) are no act on another. A group (0, negative) without a record stays without a target.
  if (targets_itself(in, call) || (pid > 0 && static_cast<uint32_t>(pid) == call.pid)) {
    result.has_event = false;
    return;
  }
  write_target_argument(out, pid);
  if (pid < 0) set_decimal(out, FieldId::op_value, pid);
}

void root_family(Source& in, event::Event& out, Result& result) {
  const bool pivot = result.syscall.syscall == Syscall::pivot_root;
  begin_act(in, out, result, pivot ? EventType::process_pivot_root : EventType::process_chroot);
  write_path(in, out);
  if (pivot) out.set_text_if(FieldId::op_value, path_argument(in, "1"));
}

void priority_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  begin_act(in, out, result, EventType::process_priority_change);
  if (call.syscall == Syscall::sched_setscheduler) {
    set_word(out, FieldId::op_value, kPolicies, word32(call.a1) & ~kResetOnFork);
    return write_target_argument(out, int_of(call.a0));
  }
  constexpr Word kWhich[] = {{0, "PRIO_PROCESS"}, {1, "PRIO_PGRP"}, {2, "PRIO_USER"}};
  set_word(out, FieldId::op_name, kWhich, word32(call.a0));
  set_decimal(out, FieldId::op_value, int_of(call.a2));
  if (word32(call.a0) == 0) write_target_argument(out, int_of(call.a1));
}

void limit_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  const bool by_pid = call.syscall == Syscall::prlimit64;
  if (by_pid && !call.a2) return;  // only asked for the old one
  begin_act(in, out, result, EventType::process_limit_change);
  set_word(out, FieldId::op_value, kLimits, word32(by_pid ? call.a1 : call.a0));
  if (by_pid && static_cast<uint32_t>(int_of(call.a0)) != call.pid) write_target_argument(out, int_of(call.a0));
}

void personality_family(Source& in, event::Event& out, Result& result) {
  const uint32_t persona = word32(result.syscall.a0);
  if (persona == kQuery || !(persona & kNoRandomize)) return;
  begin_act(in, out, result, EventType::process_personality);
  set_flags(out, FieldId::op_value, kPersonalities, persona);
}

void prctl_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  for (const PrctlRow& row : kPrctl) {
    if (row.option != word32(call.a0)) continue;
    if (row.option == kAmbient && word32(call.a1) == kAmbientIsSet) return;
    begin_act(in, out, result, row.type);
    out.set_number(FieldId::op_id, row.option);
    out.set_text(FieldId::op_name, row.name);
    if (row.option != kAmbient) return write_prctl_value(call, out);
    if (word32(call.a1) != kAmbientClearAll) set_capability(out, call.a2);
    out.set_text_if(FieldId::op_name, word_of(kAmbientOps, word32(call.a1)));
    return;
  }
}

void setsid_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
