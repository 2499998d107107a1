// SPDX-License-Identifier: Apache-2.0
#include "enrich/differences.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "event/pack.h"

namespace aurochs::enrich {
namespace {

using event::EventType;
using event::FieldId;
using Kind = Differences::Kind;

Kind kind_of(EventType type) {
  switch (type) {
    case EventType::user_account_create:
    case EventType::user_account_delete:
    case EventType::user_account_modify:
    case EventType::user_password_change:
    case EventType::user_account_lock:
    case EventType::user_account_unlock:
    case EventType::user_password_policy:
    case EventType::user_uid_zero:
    case EventType::user_empty_password:
    case EventType::group_create:
    case EventType::group_delete:
    case EventType::group_modify:
    case EventType::group_member_add:
    case EventType::group_member_remove:
    case EventType::group_password: return Kind::account;
    case EventType::mount_add:
    case EventType::mount_remove:
    case EventType::mount_remount:
    case EventType::mount_bind:
    case EventType::mount_over_proc:
    case EventType::mount_remote:
    case EventType::removable_mount: return Kind::mount;
    case EventType::sysctl_change:
    case EventType::usermode_helper_path: return Kind::sysctl;
    case EventType::sudoers_change: return Kind::sudoers;
    case EventType::package_install:
    case EventType::package_remove:
    case EventType::package_upgrade: return Kind::package;
    default: return Kind::none;
  }
}

/// What a record calls a change of an account without saying which.
bool is_general(EventType type) {
  return type == EventType::user_account_modify || type == EventType::user_password_change || type == EventType::group_modify;
}
bool is_create(EventType type) { return type == EventType::user_account_create || type == EventType::group_create; }
bool is_delete(EventType type) { return type == EventType::user_account_delete || type == EventType::group_delete; }

/// The more special of two types of one act wins; between equals the difference, which saw what came of it.
int speciality(EventType type) {
  switch (type) {
    case EventType::mount_over_proc: return 3;
    case EventType::mount_remote:
    case EventType::removable_mount: return 2;
    case EventType::mount_bind:
    case EventType::usermode_helper_path: return 1;
    default: return 0;
  }
}

bool has_failed(const event::Event& e) {
  return (e.has(FieldId::op_status) && !e.number(FieldId::op_status)) || (e.has(FieldId::audit_res) && !e.number(FieldId::audit_res));
}

/// sysctl_name, or what a path below /proc/sys names.
void sysctl_subject(const event::Event& e, std::string& out) {
  constexpr std::string_view kSys = "/proc/sys/";
  out = e.text(FieldId::sysctl_name);
  const std::string_view path = e.text(FieldId::file_path);
  if (!out.empty() || !base::starts_with(path, kSys)) return;
  out = path.substr(kSys.size());
  std::replace(out.begin(), out.end(), '/', '.');
}

/// A name with a number, either of which may be missing or be another one than before.
struct Identity {
  bool has_id;
  uint64_t id, id_old;
  std::string_view name, name_old;
};

/// 1: equal, -1: different, 0: one of them does not say. A record may name what is changed by its old name or its new one.
int compare(const Identity& a, const Identity& b) {
  auto is_one_of = [](const auto& x, const auto& y, const auto& x_old, const auto& y_old) { return x == y || x_old == y || x == y_old; };
  if (!a.name.empty() && !b.name.empty()) return is_one_of(a.name, b.name, a.name_old, b.name_old) ? 1 : -1;
  return a.has_id && b.has_id ? (is_one_of(a.id, b.id, a.id_old, b.id_old) ? 1 : -1) : 0;
}

/// Field `old` where the difference has it, else the same as now.
uint64_t number_before(const event::Event& e, FieldId now, FieldId old) { return e.number(e.has(old) ? old : now); }

}  // namespace

void Differences::describe(const event::Event& e, Kind kind, Held& h) {
  h.kind = kind;
  h.type = e.type();
  h.is_difference = !e.has(FieldId::event_serial);
  h.is_told = false;
  h.process = e.number(FieldId::proc_id);
  h.time_ms = e.integer(FieldId::event_utc_time);
  h.has_user = e.has(FieldId::usr_tgt_id);
  h.user_id = e.number(FieldId::usr_tgt_id);
  h.user_id_old = number_before(e, FieldId::usr_tgt_id, FieldId::usr_tgt_id_old);
  h.user = e.text(FieldId::usr_tgt_name);
  h.user_old = e.text(e.has(FieldId::usr_tgt_name_old) ? FieldId::usr_tgt_name_old : FieldId::usr_tgt_name);
  h.has_group = e.has(FieldId::group_id);
  h.group_id = e.number(FieldId::group_id);
  h.group_id_old = number_before(e, FieldId::group_id, FieldId::group_id_old);
  h.group = e.text(FieldId::group_name);
  const bool is_renamed = h.type == EventType::group_modify && h.is_difference && e.has(FieldId::op_value_old);
  h.group_old = e.text(is_renamed ? FieldId::op_value_old : FieldId::group_name);
  h.subject.clear();
  if (kind == Kind::mount) h.subject = e.text(FieldId::mnt_dst);
  if (kind == Kind::sudoers) h.subject = e.text(FieldId::file_path);
  if (kind == Kind::package) h.subject = e.text(FieldId::app_productname);
  if (kind == Kind::sysctl) sysctl_subject(e, h.subject);
}

/// As compare().
int Differences::same_subject(const Held& a, const Held& b) {
  if (a.kind != Kind::account) return a.subject.empty() || b.subject.empty() ? 0 : a.subject == b.subject ? 1 : -1;
  auto user_of = [](const Held& h) { return Identity{h.has_user, h.user_id, h.user_id_old, h.user, h.user_old}; };
  auto group_of = [](const Held& h) { return Identity{h.has_group, h.group_id, h.group_id_old, h.group, h.group_old}; };
  const int user = compare(user_of(a), user_of(b)), group = compare(group_of(a), group_of(b));
  return std::min(user, group) < 0 ? -1 : std::max(user, group);
}

/// 0: not the same act; more: the better.
int Differences::likeness(const Held& audit, const Held& difference) {
  if (audit.kind != difference.kind || same_subject(audit, difference) <= 0) return 0;
  const int64_t apart_ms = audit.time_ms - difference.time_ms;
  if (apart_ms > kWaitMs || apart_ms < -kWaitMs) return 0;
  const bool is_account = audit.kind == Kind::account;
  if (audit.is_told && (!is_account || audit.look_ms != difference.time_ms)) return 0;
  if (audit.type == difference.type) return 3;
  if (is_account) {
    if (is_general(audit.type)) return 2;
    return is_create(audit.type) && !is_create(difference.type) && !is_delete(difference.type) ? 1 : 0;
  }
  const bool is_removal = audit.type == EventType::mount_remove || difference.type == EventType::mount_remove;
  return audit.kind == Kind::mount && is_removal ? 0 : 2;
}

/// A record about what a record of the same process told already: "add-shadow-group" after "add-group".
bool Differences::repeats(const Held& h) const {
  if (h.kind != Kind::account || h.is_difference || !h.process) return false;
  return std::any_of(held_.begin(), held_.end(), [&](const Held& known) {
    return !known.is_difference && known.process == h.process && same_subject(known, h) > 0 && (known.type == h.type || is_general(h.type)) &&
           (known.user == h.user || known.user.empty() || h.user.empty()) && (known.group == h.group || known.group.empty() || h.group.empty());
  });
}

bool Differences::take(event::Event& e) {
  const Kind kind = kind_of(e.type());
  if (kind == Kind::none || !is_live_ || e.has(FieldId::event_node) || has_failed(e) || held_.size() >= limits::kDifferences) return true;
  if (spare_.empty()) spare_.emplace_back();
  Held& h = spare_.back();
  describe(e, kind, h);
  if (repeats(h)) return false;
  h.packed.clear();
  event::pack(e, h.packed);
  held_.push_back(std::move(h));
  spare_.pop_back();
  return false;
}

Differences::Held* Differences::act_of(const Held& difference) {
  Held* best = nullptr;
  int best_likeness = 0;
  for (Held& h : held_) {
    const int like = h.is_difference ? 0 : likeness(h, difference);
    if (!like || (best && like < best_likeness) || (best && like == best_likeness && best->is_told < h.is_told)) continue;
    best = &h;
    best_likeness = like;
  }
  return best;
}

/// The event of audit with what only the difference says.
bool Differences::join(Held& audit, const Held& difference, event::Event& e) {
  if (!event::unpack(difference.packed, *changed_) || !event::unpack(audit.packed, e)) return false;
  changed_->each([&](FieldId f) {
    // Of what was changed the difference knows the name and number that it has now.
    const bool is_identity = f == FieldId::usr_tgt_name || f == FieldId::usr_tgt_id || f == FieldId::group_name || f == FieldId::group_id;
    if ((e.has(f) && !is_identity) || f == FieldId::event_log_source) return;
    event::field_row(f).type == event::Type::text ? e.set_copy(f, changed_->text(f)) : e.set_number(f, changed_->number(f));
  });
  e.retype(speciality(audit.type) > speciality(difference.type) ? audit.type : difference.type);
  if (audit.kind == Kind::account) e.set_text(FieldId::auth_sources, "audit|diff");
  audit.is_told = true;
  audit.look_ms = difference.time_ms;
  return true;
}

void Differences::drop(size_t at) {
  spare_.push_back(std::move(held_[at]));
  held_.erase(held_.begin() + static_cast<ptrdiff_t>(at));
}

bool Differences::next(event::Event& e, int64_t now_ms) {
  for (size_t i = 0; i < held_.size(); ++i) {
    if (!held_[i].is_difference) continue;
    Held* const act = act_of(held_[i]);
    if (!act || !join(*act, held_[i], e)) continue;
    drop(i);
    return true;
  }
  for (size_t i = 0; i < held_.size();) {
    Held& h = held_[i];
    // A clock that was set back must not hold anything for that long.
    const bool is_due = now_ms - h.time_ms >= (h.is_difference ? kDifferenceWaitMs : kWaitMs) || h.time_ms - now_ms > kWaitMs;
    const bool is_to_tell = is_due && !h.is_told && event::unpack(h.packed, e);
    const bool is_audit_account = h.kind == Kind::account && !h.is_difference;
    if (is_due) drop(i);
    if (is_to_tell && is_audit_account) e.set_text(FieldId::auth_sources, "audit");
    if (is_to_tell) return true;
    i += !is_due;
  }
  return false;
}

}  // namespace aurochs::enrich
