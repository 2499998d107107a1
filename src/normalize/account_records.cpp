// SPDX-License-Identifier: Apache-2.0
// Accounts and groups as shadow, passwd and libuser tell of them. The type of the record says little (Debian's usermod writes
// USER_CHAUTHTOK for a new shell), so op= decides. Each tool tells its work file by file; only the first telling is the event.
#include "normalize/message.h"

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Record;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kUserAcct = 1101, kUserMgmt = 1102, kChangeToken = 1108, kAddUser = 1114, kDelUser = 1115, kAddGroup = 1116,
                   kDelGroup = 1117, kGroupMgmt = 1132, kGroupToken = 1133, kLock = 1135, kUnlock = 1136, kLockTimed = 2205,
                   kUnlockTimed = 2206, kLocked = 2207;
constexpr EventType kNoEvent = EventType::count_;

/// Words that stand in op= of what repeats or accompanies another record, or only looks.
constexpr std::string_view kEchoes[] = {"shadow group", "gshadow", "/etc/passwd; group", "mail", "display", "subids", "lastlog", "unlocking", "locking "};
constexpr std::string_view kAgingWords[] = {"aging", "age", "expir", "inactiv", "warning", "last change"};

bool is_echo(const Folded& op, uint16_t record) {
  for (const std::string_view word : kEchoes)
    if (op.has(word)) return true;
  const bool of_account = record == kAddUser || record == kDelUser || record == kUserMgmt;
  if (of_account && op.has("home dir") && (op.begins("add") || op.begins("delet"))) return true;
  return record == kDelUser && op.has("from group");
}

bool is_aging(const Folded& op) {
  for (const std::string_view word : kAgingWords)
    if (op.has(word)) return true;
  return false;
}

/// usermod, passwd, chage of one account: USER_CHAUTHTOK and USER_MGMT.
EventType type_of_change(const Folded& op, bool has_group) {
  if (has_group && op.begins("add") && op.has("to group")) return EventType::group_member_add;
  if (has_group && (op.begins("delet") || op.begins("remov")) && op.has("from group")) return EventType::group_member_remove;
  if (op.begins("password of group")) return EventType::group_password;
  if (op.text() == "updating passwd") return EventType::user_account_lock;      // usermod -L
  if (op.text() == "updating password") return EventType::user_account_unlock;  // usermod -U
  if (is_aging(op)) return EventType::user_password_policy;
  if (op.has("chauthtok") || op.has("password")) return EventType::user_password_change;
  return EventType::user_account_modify;
}

EventType type_of_group_change(const Folded& op) {
  if (op.has("password")) return EventType::group_password;
  if (op.has("added") || op.has("to group")) return EventType::group_member_add;
  if (op.has("removed by") || op.has("from group")) return EventType::group_member_remove;
  return EventType::group_modify;
}

EventType type_of_account(const Record& r, const Folded& op) {
  const bool failed = outcome_of(r) == Outcome::failed;
  if (is_echo(op, r.type) && !(failed && op.text().empty())) return kNoEvent;
  // groupadd and groupdel end with op= without words, groupmod with "modifying group": news only where it failed.
  const bool closes = op.text().empty() || (r.type == kUserAcct && op.text() == "modifying group");
  switch (r.type) {
    case kAddUser: return op.has("group") || op.has("selinux") ? EventType::user_account_modify : EventType::user_account_create;
    case kDelUser: return op.has("selinux") ? EventType::user_account_modify : EventType::user_account_delete;
    case kAddGroup: return closes && !failed ? kNoEvent : EventType::group_create;
    case kDelGroup: return closes && !failed ? kNoEvent : EventType::group_delete;
    case kUserAcct: return closes && !failed ? kNoEvent : type_of_group_change(op);
    case kGroupMgmt: return type_of_group_change(op);
    case kGroupToken: return EventType::group_password;
    case kLock:
    case kLocked:
    case kLockTimed: return EventType::user_account_lock;
    case kUnlock:
    case kUnlockTimed: return EventType::user_account_unlock;
    case kUserMgmt:
    case kChangeToken: return type_of_change(op, r.find_in_message(Key::grp) != nullptr);
    default: return kNoEvent;
  }
}

bool is_of_group(EventType type) {
  return type == EventType::group_create || type == EventType::group_delete || type == EventType::group_modify || type == EventType::group_password ||
         type == EventType::group_member_add || type == EventType::group_member_remove;
}

/// gpasswd: "user NAME added by ADMIN to group GROUP".
std::string_view member_in(std::string_view op) {
  if (!base::starts_with(op, "user ")) return {};
  op.remove_prefix(5);
  return op.substr(0, op.find(' '));
}

void write_group(const Record& r, base::Arena& arena, event::Event& out) {
  uint64_t id = 0;
  const std::string_view group = said(r, Key::grp, arena), account = said(r, Key::acct, arena);
  out.set_text_if(FieldId::group_name, group.empty() ? account : group);
  if (out.type() == EventType::group_member_add || out.type() == EventType::group_member_remove) {
    const std::string_view member = group.empty() ? member_in(said_op(r)) : account;
    out.set_text_if(FieldId::usr_tgt_name, member);
    return;
  }
  if (decode::number_of(r.find_in_message(Key::id), id) && id < UINT32_MAX) out.set_number(FieldId::group_id, id);
}

}  // namespace

void account_family(Source& in, event::Event& out, Result& result) {
  const Record* r = user_record(in.audit);
  if (!r) return;
  base::Arena& arena = in.audit.arena;
  const Folded op(said_op(*r));
  const EventType type = type_of_account(*r, op);
  if (type == kNoEvent) return;
  begin_user_act(*r, in, out, result, type);
  // usermod says failed before it has tried (shadow 4.x, new_pw_passwd).
  if (r->type == kChangeToken && (type == EventType::user_account_lock || type == EventType::user_account_unlock))
    for (const FieldId f : {FieldId::op_status, FieldId::audit_res, FieldId::auth_result}) out.remove(f);
  if (is_of_group(type)) return write_group(*r, arena, out);
  write_account(*r, arena, out);
  out.set_text_if(FieldId::group_name, said(*r, Key::grp, arena));
  uint64_t id = 0;  // pam_faillock: suid= is whom it locks
  if (r->type >= kLockTimed && !out.has(FieldId::usr_tgt_id) && decode::number_of(r->find_in_message(Key::suid), id)) out.set_number(FieldId::usr_tgt_id, id);
}

}  // namespace aurochs::normalize
