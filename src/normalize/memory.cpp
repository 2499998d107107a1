// SPDX-License-Identifier: Apache-2.0
// Acts on memory, own and of others. ptrace(ATTACH, SEIZE) gives an OBJ_PID record (kernel/ptrace.c, audit_ptrace); writes by
// ptrace and process_vm_* give none, so their target is what the caller's PID namespace calls it.
#include "normalize/target.h"

namespace aurochs::normalize {

using audit::Syscall;
using event::EventType;
using event::FieldId;

namespace {

struct PtraceRow {
  uint32_t request;
  std::string_view name;
  EventType type;
};
// include/uapi/linux/ptrace.h; 12 to 15 are x86's (asm/ptrace-abi.h), unused elsewhere.
constexpr PtraceRow kPtrace[] = {
    {0, "PTRACE_TRACEME", EventType::process_ptrace_traceme},     {16, "PTRACE_ATTACH", EventType::process_ptrace_attach},
    {0x4206, "PTRACE_SEIZE", EventType::process_ptrace_attach},   {4, "PTRACE_POKETEXT", EventType::process_ptrace_write},
    {5, "PTRACE_POKEDATA", EventType::process_ptrace_write},      {6, "PTRACE_POKEUSR", EventType::process_ptrace_write},
    {13, "PTRACE_SETREGS", EventType::process_ptrace_write},      {15, "PTRACE_SETFPREGS", EventType::process_ptrace_write},
    {0x4205, "PTRACE_SETREGSET", EventType::process_ptrace_write}};

constexpr uint32_t kWriteExec = 6;  // PROT_WRITE | PROT_EXEC

void set_protection(event::Event& out, uint32_t prot) {
  constexpr std::string_view kWords[] = {"", "r", "w", "rw", "x", "rx", "wx", "rwx"};
  out.set_text(FieldId::mem_prot, kWords[prot & 7]);
}

// include/uapi/linux/memfd.h
constexpr Word kMemfdFlags[] = {{1, "MFD_CLOEXEC"}, {2, "MFD_ALLOW_SEALING"}, {4, "MFD_HUGETLB"}, {8, "MFD_NOEXEC_SEAL"}, {16, "MFD_EXEC"}};
constexpr Word kUserfaultFlags[] = {{1, "UFFD_USER_MODE_ONLY"}, {0x800, "O_NONBLOCK"}, {0x80000, "O_CLOEXEC"}};

void memory_range(Source& in, event::Event& out, Result& result, EventType type) {
  const SyscallFacts& call = result.syscall;
  begin_act(in, out, result, type);
  set_protection(out, word32(call.a2));
  out.set_number(FieldId::mem_len, call.a1);
  const bool mapped = type == EventType::memory_map_rwx;
  if (!mapped || call.success) set_hex(out, FieldId::mem_addr, mapped ? static_cast<uint64_t>(call.exit) : call.a0);
}

}  // namespace

void ptrace_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  for (const PtraceRow& row : kPtrace) {
    if (row.request != word32(call.a0)) continue;
    begin_act(in, out, result, row.request && targets_sensor(in) ? EventType::sensor_signal : row.type);
    out.set_number(FieldId::op_id, row.request);
    out.set_text(FieldId::op_name, row.name);
    if (row.request && !write_target(in, out, call)) write_target_argument(out, int_of(call.a1));
    if (row.request >= 4 && row.request <= 6) set_hex(out, FieldId::mem_addr, call.a2);
    return;
  }
}

void vm_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  const bool writes = call.syscall == Syscall::process_vm_writev;
  begin_act(in, out, result, !writes ? EventType::process_vm_read : targets_sensor(in) ? EventType::sensor_signal : EventType::process_vm_write);
  if (!write_target(in, out, call)) write_target_argument(out, int_of(call.a0));
  if (call.success && call.exit >= 0) out.set_number(FieldId::mem_len, static_cast<uint64_t>(call.exit));
}

void memfd_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  const bool secret = call.syscall == Syscall::memfd_secret;
  begin_act(in, out, result, secret ? EventType::memory_secret : EventType::memfd_create);
  set_flags(out, FieldId::op_value, kMemfdFlags, word32(secret ? call.a0 : call.a1));
  if (call.success) result.file.file_fd = int_of(static_cast<uint64_t>(call.exit));
}

void protect_family(Source& in, event::Event& out, Result& result) {
  if ((result.syscall.a2 & kWriteExec) == kWriteExec) memory_range(in, out, result, EventType::memory_protect_exec);
}

void map_family(Source& in, event::Event& out, Result& result) {
  // i386 has two: the older one has its arguments in memory, where no record shows them.
  constexpr uint32_t kOldMmap = 90;
  if (result.syscall.arch == audit::arch::kI386 && result.syscall.number == kOldMmap) return;
  if ((result.syscall.a2 & kWriteExec) == kWriteExec) memory_range(in, out, result, EventType::memory_map_rwx);
}

void memory_misc_family(Source& in, event::Event& out, Result& result) {
  const SyscallFacts& call = result.syscall;
  switch (call.syscall) {
    case Syscall::userfaultfd:
      begin_act(in, out, result, EventType::userfaultfd);
      return set_flags(out, FieldId::op_value, kUserfaultFlags, word32(call.a0));
    case Syscall::perf_event_open:
      begin_act(in, out, result, EventType::perf_event_open);
      set_decimal(out, FieldId::op_value, int_of(call.a1));
      return write_target_argument(out, int_of(call.a1));
    case Syscall::pidfd_getfd:
      begin_act(in, out, result, EventType::pidfd_getfd);
      set_decimal(out, FieldId::op_value, int_of(call.a1));
      result.file.file_fd = int_of(call.a0);
      return;
    case Syscall::io_uring_setup:
      begin_act(in, out, result, EventType::io_uring_setup);
      return set_decimal(out, FieldId::op_value, word32(call.a0));
    case Syscall::splice:
      // Only a file has offsets and only a pipe has none, so with one given for the source and none for the sink, and success, it is
      // file to pipe.
      if (!call.success || !call.a1 || call.a3) return;
      begin_act(in, out, result, EventType::splice_to_pipe);
      out.set_number(FieldId::mem_len, static_cast<uint64_t>(call.exit));
      result.file.file_fd = int_of(call.a0);
      return;
    default: return;
  }
}

}  // namespace aurochs::normalize
