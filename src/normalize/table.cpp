// SPDX-License-Identifier: Apache-2.0
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
    {Syscall::execve, exec_family},   {Syscall::execveat, exec_family}, {Syscall::fork, fork_family},
    {Syscall::vfork, fork_family},    {Syscall::clone, fork_family},    {Syscall::clone3, fork_family},
    {Syscall::exit_group, exit_family},
};

struct ByRecord {
  uint16_t type;
  Family family;
};
constexpr ByRecord kByRecord[] = {
    {audit::type::kAnomAbend, crash_family},
};

Family family_of(const Source& in, const SyscallFacts& facts) {
  if (in.syscall)
    for (const BySyscall& row : kBySyscall)
      if (row.syscall == facts.syscall) return row.family;
  for (const audit::Record& r : in.audit.records)
    for (const ByRecord& row : kByRecord)
      if (row.type == r.type) return row.family;
  return nullptr;
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

Result Normalizer::event(audit::AuditEvent& in, event::Event& out) {
  Result result;
  Source source{in, nullptr, argv_};
  for (audit::Record& r : in.records) {
    if (r.type != audit::type::kSyscall) continue;
    decode::split_fields(r, in.arena);
    source.syscall = &r;
    read_syscall(r, in.arena, result.syscall);
    break;
  }
  // Records of an event that no family wants are not split: that would be half of the work of the whole line.
  const Family family = family_of(source, result.syscall);
  if (!family) return result;
  for (audit::Record& r : in.records)
    if (!r.fields && r.type != audit::type::kExecve) decode::split_fields(r, in.arena);  // EXECVE: read by collect_argv
  family(source, out, result);
  if (!result.has_event) return result;
  out.set_time(event::FieldId::event_utc_time, in.stamp.time_ms);
  out.set_number(event::FieldId::event_serial, in.stamp.serial);
  out.set_text_if(event::FieldId::event_node, in.node);
  if (in.notes & (audit::AuditEvent::kIncomplete | audit::AuditEvent::kCut)) out.set_bool(event::FieldId::event_incomplete, true);
  return result;
}

}  // namespace aurochs::normalize
