// SPDX-License-Identifier: Apache-2.0
// The audit subsystem about itself: rules, settings, the daemon's own log; and system services, whose records have the same plain form.
// Rules of our own are our business: their coming is not told, their going only where somebody else took them away.
#include "normalize/message.h"

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Field;
using audit::Key;
using audit::Record;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kSystemBoot = 1127, kSystemShutdown = 1128, kServiceStart = 1130, kDaemonFirst = 1200, kDaemonLast = 1299;
constexpr EventType kNoEvent = EventType::count_;
constexpr std::string_view kOurKeys = "aurochs-";

constexpr std::string_view kSettings[] = {"audit_enabled", "audit_pid", "audit_backlog_limit", "audit_rate_limit", "audit_failure",
    "audit_backlog_wait_time", "backlog_wait_time_actual", "lost", "enabled"};
/// AUDIT_FILTER_*.
constexpr std::string_view kLists[] = {"user", "task", "entry", "watch", "exit", "exclude", "filesystem", "io_uring"};

const Field* setting_of(const Record& r) {
  for (const std::string_view name : kSettings)
    if (const Field* f = named(r, name, false)) return f;
  return nullptr;
}

/// "remove rule" (2.6.32), "remove_rule".
std::string_view op_of(const Record& r, base::Arena& arena) {
  const std::string_view op = value_or_none(r, r.find(Key::op), arena);
  char* const text = arena.allocate(op.size(), 1);
  for (size_t i = 0; i < op.size(); ++i) text[i] = op[i] == ' ' ? '_' : op[i];
  return {text, op.size()};
}

bool is_ours(const Record& r, base::Arena& arena) {
  return base::starts_with(value_or_none(r, r.find(Key::key), arena), kOurKeys);
}

bool is_aurochs(std::string_view exe) {
  const std::string_view name = base::base_name(exe);
  return name == "aurochsd" || name == "aurochsctl";
}

EventType type_of_change(const Record& r, std::string_view op, Source& in, const SyscallFacts& call) {
  base::Arena& arena = in.audit.arena;
  if (is_ours(r, arena)) {
    // Without a SYSCALL beside it (older kernels) nobody knows who it was, and mostly it is we, at start.
    const bool somebody = in.syscall && !is_aurochs(call.exe);
    return somebody && op == "remove_rule" ? EventType::audit_rule_removed : kNoEvent;
  }
  if (op == "remove_rule") return EventType::audit_rule_removed;
  const Field* setting = setting_of(r);
  const Field* old = r.find(Key::old);
  if (!setting) return EventType::audit_config_change;
  if (setting->key == Key::audit_enabled && setting->raw == "0" && (!old || old->raw != "0")) return EventType::audit_disabled;
  if (setting->key == Key::audit_pid && setting->raw != "0") return EventType::audit_pid_takeover;
  return EventType::audit_config_change;
}

void write_rule(const Record& r, base::Arena& arena, event::Event& out) {
  uint64_t list = 0;
  if (decode::number_of(r.find(Key::list), list) && list < sizeof kLists / sizeof *kLists) out.set_text(FieldId::op_value, kLists[list]);
  const Field* path = r.find(Key::path);
  if (!path) path = r.find(Key::dir);
  if (!path) path = r.find(Key::watch);
  out.set_text_if(FieldId::file_path, value_or_none(r, path, arena));
}

}  // namespace

void config_change_family(Source& in, event::Event& out, Result& result) {
  const Record* r = in.audit.find(audit::type::kConfigChange);
  if (!r) return;
  base::Arena& arena = in.audit.arena;
  const std::string_view op = op_of(*r, arena);
  const EventType type = type_of_change(*r, op, in, result.syscall);
  if (type == kNoEvent) return;
  begin_kernel_act(*r, in, out, result, type);
  write_subject(*r, arena, out);
  write_outcome(*r, out);
  out.set_text_if(FieldId::audit_op, op);
  if (const Field* setting = setting_of(*r)) {
    out.set_text(FieldId::op_name, setting->name);
    out.set_text(FieldId::op_value, setting->raw);
    out.set_text_if(FieldId::op_value_old, value_or_none(*r, r->find(Key::old), arena));
    uint64_t pid = 0;
    if (type == EventType::audit_pid_takeover && decode::number_of(setting, pid)) out.set_number(FieldId::tgt_proc_id, pid);
    return;
  }
  write_rule(*r, arena, out);
}

/// DAEMON_*: auditd writes them into its file itself, so they come from logs only.
void daemon_family(Source& in, event::Event& out, Result& result) {
  for (const Record& r : in.audit.records) {
    if (r.type < kDaemonFirst || r.type > kDaemonLast) continue;
    base::Arena& arena = in.audit.arena;
    begin_record_act(r, in, out, result, EventType::audit_daemon_state);
    write_outcome(r, out);
    std::string_view op = op_of(r, arena);
    // audit 2.8 began to write op=; before, the type alone says it.
    if (op.empty()) op = arena.copy(Folded(audit::record_type_name(r.type).substr(7)).text());
    out.set_text(FieldId::audit_op, op);
    out.set_text_if(FieldId::op_value, value_or_none(r, named(r, "ver", false), arena));
    return;
  }
}

void service_family(Source& in, event::Event& out, Result& result) {
  const Record* r = user_record(in.audit);
  if (!r) return;
  base::Arena& arena = in.audit.arena;
  const EventType type = outcome_of(*r) == Outcome::failed ? EventType::service_fail
                         : r->type == kServiceStart        ? EventType::service_start
                                                           : EventType::service_stop;
  begin_record_act(*r, in, out, result, type);
  write_outcome(*r, out);
  std::string_view unit = said(*r, Key::unit, arena);
  if (unit.empty()) unit = said(*r, Key::comm, arena);  // upstart of RHEL 6 names the service so
  out.set_text_if(FieldId::audit_unit, unit);
}

void power_family(Source& in, event::Event& out, Result& result) {
  const Record* r = user_record(in.audit);
  if (!r) return;
  base::Arena& arena = in.audit.arena;
  const EventType type = r->type == kSystemBoot ? EventType::system_boot : r->type == kSystemShutdown ? EventType::system_shutdown : EventType::run_level_change;
  begin_record_act(*r, in, out, result, type);
  write_outcome(*r, out);
  out.set_text_if(FieldId::op_value, said(*r, "new-level", arena));
  const std::string_view old = said(*r, "old-level", arena);
  if (old != "N") out.set_text_if(FieldId::op_value_old, old);  // runlevel(8): none
}

}  // namespace aurochs::normalize
