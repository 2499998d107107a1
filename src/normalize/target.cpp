// SPDX-License-Identifier: Apache-2.0
#include "normalize/target.h"

#include <cstdio>

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Record;
using event::FieldId;

namespace {

/// oauid= is written as a signed number: unset is -1.
void write_id(const Record& r, Key key, FieldId field, event::Event& out) {
  int64_t n = 0;
  if (decode::integer_of(r.find(key), n) && n >= 0 && n < 0xFFFFFFFFll) out.set_number(field, static_cast<uint64_t>(n));
}

}  // namespace

bool write_target(Source& in, event::Event& out, const SyscallFacts& call) {
  char others[256];
  size_t used = 0, count = 0;
  for (const Record& r : in.audit.records) {
    uint64_t pid = 0;
    if (r.type != audit::type::kObjPid || !decode::number_of(r.find(Key::opid), pid) || !pid || pid == call.pid) continue;
    if (!count++) {
      out.set_number(FieldId::tgt_proc_id, pid);
      out.set_text_if(FieldId::tgt_comm, decode::text_of(r, r.find(Key::ocomm), in.audit.arena));
      write_id(r, Key::ouid, FieldId::tgt_usr_id, out);
      write_id(r, Key::oauid, FieldId::tgt_usr_audit_id, out);
    }
    const int n = std::snprintf(others + used, sizeof others - used, "%s%llu", used ? "|" : "", static_cast<unsigned long long>(pid));
    if (n > 0 && used + static_cast<size_t>(n) < sizeof others) used += static_cast<size_t>(n);
  }
  if (count > 1) out.set_copy(FieldId::op_value, {others, used});
  return count > 0;
}

bool targets_itself(const Source& in, const SyscallFacts& call) {
  for (const Record& r : in.audit.records) {
    uint64_t pid = 0;
    if (r.type == audit::type::kObjPid && decode::number_of(r.find(Key::opid), pid) && pid == call.pid) return true;
  }
  return false;
}

bool targets_sensor(Source& in) {
  constexpr std::string_view kSelfKey = "aurochs-self", kSensor = "aurochsd";
  base::Arena& arena = in.audit.arena;
  if (in.syscall && decode::text_of(*in.syscall, in.syscall->find(Key::key), arena).find(kSelfKey) != std::string_view::npos) return true;
  for (const Record& r : in.audit.records)
    if (r.type == audit::type::kObjPid && decode::text_of(r, r.find(Key::ocomm), arena) == kSensor) return true;
  return false;
}

void write_target_argument(event::Event& out, int32_t pid) {
  if (pid > 0) out.set_number(FieldId::tgt_proc_id, static_cast<uint64_t>(pid));
}

std::string_view path_argument(Source& in, std::string_view item) {
  const std::string_view name = path_name(path_item(in.audit, item), in.audit.arena);
  return name.empty() ? name : absolute_path(name, working_directory(in.audit), in.audit.arena);
}

void write_path(Source& in, event::Event& out, std::string_view item) {
  const std::string_view path = path_argument(in, item);
  out.set_text_if(FieldId::file_path, path);
  out.set_text_if(FieldId::file_name, base::base_name(path));
}

const audit::Field* field_named(const Record& r, std::string_view name) {
  for (uint32_t i = 0; i < r.field_count; ++i)
    if (r.fields[i].name == name && !(r.fields[i].flags & audit::Field::kInMessage)) return &r.fields[i];
  return nullptr;
}

}  // namespace aurochs::normalize
