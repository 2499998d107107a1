// SPDX-License-Identifier: Apache-2.0
// Changes of a process's own credentials. The SYSCALL record has the ids after the call; those before are not in it, save
// that setfsuid and setfsgid return them. Whether anything changed is seen where the process is known (enrich/acts).
#include "audit/record_types.h"
#include "decode/fields.h"
#include "normalize/target.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Syscall;
using event::EventType;
using event::FieldId;

namespace {

void begin_change(Source& in, event::Event& out, Result& result, EventType type) {
  begin_act(in, out, result, type);
  out.set_text(FieldId::proc_priv_how, audit::syscall_name(result.syscall.syscall));
}

/// setfsuid, setfsgid: they never fail, return the id before, and daemons that serve files call them for every request.
void file_system_id(Source& in, event::Event& out, Result& result, EventType type, Key key) {
  uint64_t now = 0;
  if (!decode::number_of(in.syscall->find(key), now) || word32(now) == word32(static_cast<uint64_t>(result.syscall.exit))) return;
  begin_change(in, out, result, type);
  set_decimal(out, FieldId::op_value, static_cast<int64_t>(now));
  set_decimal(out, FieldId::op_value_old, result.syscall.exit);
}

}  // namespace

void setuid_family(Source& in, event::Event& out, Result& result) {
  if (result.syscall.syscall == Syscall::setfsuid) return file_system_id(in, out, result, EventType::process_uidchange, Key::fsuid);
  if (result.syscall.success) begin_change(in, out, result, EventType::process_uidchange);
}

void setgid_family(Source& in, event::Event& out, Result& result) {
  if (result.syscall.syscall == Syscall::setfsgid) return file_system_id(in, out, result, EventType::process_gidchange, Key::fsgid);
  if (result.syscall.success) begin_change(in, out, result, EventType::process_gidchange);
}

void groups_family(Source& in, event::Event& out, Result& result) {
  if (!result.syscall.success) return;
  begin_change(in, out, result, EventType::process_groups_change);
  set_decimal(out, FieldId::op_value, int_of(result.syscall.a0));
}

void capset_family(Source& in, event::Event& out, Result& result) {
  const audit::Record* r = in.audit.find(audit::type::kCapset);
  uint64_t permitted = 0, effective = 0;
  if (!result.syscall.success || !r) return;
  if (!decode::hex_of(field_named(*r, "cap_pp"), permitted) || !decode::hex_of(field_named(*r, "cap_pe"), effective)) return;
  begin_change(in, out, result, EventType::process_cap_set);
  out.set_number(FieldId::proc_cap_pp, permitted);
  out.set_number(FieldId::proc_cap_pe, effective);
}

}  // namespace aurochs::normalize
