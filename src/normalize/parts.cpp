// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Record;
using event::FieldId;

const Record* path_item(const audit::AuditEvent& e, std::string_view item) {
  for (const Record& r : e.records) {
    if (r.type != audit::type::kPath) continue;
    const audit::Field* f = r.find(Key::item);
    if (f && f->raw == item) return &r;
  }
  return nullptr;
}

std::string_view nametype_of(const Record& path) {
  const audit::Field* f = path.find(Key::nametype);
  if (!f) f = path.find(Key::objtype);
  return f ? f->raw : std::string_view();
}

const Record* path_of_type(const audit::AuditEvent& e, std::string_view nametype) {
  for (const Record& r : e.records)
    if (r.type == audit::type::kPath && nametype_of(r) == nametype) return &r;
  return nullptr;
}

std::string_view path_name(const Record* path, base::Arena& arena) {
  return path ? decode::text_of(*path, path->find(Key::name), arena) : std::string_view();
}

bool octal_of(const audit::Field* f, uint32_t& out) {
  if (!f || f->raw.empty() || f->raw.size() > 8) return false;
  uint32_t n = 0;
  for (const char c : f->raw) {
    if (c < '0' || c > '7') return false;
    n = n * 8 + static_cast<uint32_t>(c - '0');
  }
  out = n;
  return true;
}

std::string_view working_directory(audit::AuditEvent& e) {
  const Record* r = e.find(audit::type::kCwd);
  return r ? decode::text_of(*r, r->find(Key::cwd), e.arena) : std::string_view();
}

void write_operation(const SyscallFacts& s, event::Event& out) {
  out.set_text_if(FieldId::op_func_name, audit::syscall_name(s.syscall));
  out.set_text_if(FieldId::op_syscall, audit::syscall_name(s.syscall));
  out.set_text_if(FieldId::op_arch, audit::arch_name(s.arch));
  if (s.has_exit) out.set_integer(FieldId::op_exit, s.exit);
  out.set_number(FieldId::op_status, s.success);
  out.set_number(FieldId::proc_id, s.pid);
  if (s.ppid) out.set_number(FieldId::proc_p_id, s.ppid);
  out.set_text_if(FieldId::proc_comm, s.comm);
}

namespace {
void write_image_of(std::string_view exe, event::Event& out) {
  if (base::ends_with(exe, kDeleted)) exe.remove_suffix(kDeleted.size());
  out.set_text_if(FieldId::proc_file_tgt_path, exe);
  out.set_text_if(FieldId::proc_file_tgt_name, base::base_name(exe));
}
}  // namespace

void begin_act(Source& in, event::Event& out, Result& result, event::EventType type) {
  out.clear(type);
  result.has_event = true;
  write_operation(result.syscall, out);
  write_image_of(result.syscall.exe, out);
  write_subject(*in.syscall, in.audit.arena, out);
}

void begin_record_act(const Record& r, Source& in, event::Event& out, Result& result, event::EventType type) {
  out.clear(type);
  result.has_event = true;
  uint64_t pid = 0;
  if (decode::number_of(r.find(Key::pid), pid)) {
    out.set_number(FieldId::proc_id, pid);
    result.syscall.pid = static_cast<uint32_t>(pid);
  }
  out.set_text(FieldId::op_func_name, audit::record_type_name(r.type));
  out.set_text(FieldId::audit_record, audit::record_type_name(r.type));
  out.set_text_if(FieldId::proc_comm, decode::text_of(r, r.find(Key::comm), in.audit.arena));
  write_image_of(decode::text_of(r, r.find(Key::exe), in.audit.arena), out);
  write_subject(r, in.audit.arena, out);
}

void begin_kernel_act(const Record& r, Source& in, event::Event& out, Result& result, event::EventType type) {
  if (!in.syscall) return begin_record_act(r, in, out, result, type);
  begin_act(in, out, result, type);
  out.set_text(FieldId::op_func_name, audit::record_type_name(r.type));
  out.set_text(FieldId::audit_record, audit::record_type_name(r.type));
}

}  // namespace aurochs::normalize
