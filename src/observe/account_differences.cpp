// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "observe/account_files.h"

namespace aurochs::observe {
namespace {

using event::EventType;
using event::FieldId;
constexpr std::string_view kAgingNames[] = {"last", "min", "max", "warn", "inactive", "expire"};
constexpr size_t kLast = 0, kMin = 1, kMax = 2, kWarn = 3;

std::string date(int64_t days) {
  char text[24];
  return std::string(text, base::format_time_ms(days * 86400000, text)).substr(0, 10);
}

class Comparison {
 public:
  Comparison(const AccountFiles& before, const AccountFiles& now, int64_t today, event::Event& e, const std::function<void()>& give)
      : before_(before), now_(now), today_(today), e_(e), give_(give) {}

  void accounts();
  void groups();

 private:
  using Name = std::string_view;
  static bool is_in(const std::vector<Name>& names, Name name) { return std::find(names.begin(), names.end(), name) != names.end(); }
  void begin(EventType type) {
    e_.clear(type);
    changed_.clear();
  }
  void tell() {
    if (!changed_.empty()) e_.set_copy(FieldId::op_name, changed_);
    give_();
  }
  void changed(std::string_view what) {
    if (!changed_.empty()) changed_ += '|';
    changed_ += what;
  }
  void account_fields(Name name, const Account& a, const AccountFiles& files);
  void groups_of(Name name, const Account& a, const AccountFiles& files);
  void password_fields(const Account& a);
  void group_fields(Name name, const Group& g);
  void account(Name name_before, const Account& before, Name name, const Account& now);
  void root_or_changed(Name name_before, const Account& before, Name name, const Account& now);
  void password(Name name, const Account& before, const Account& now);
  bool aging(const Account& before, const Account& now, bool is_password_new);
  void group(Name name_before, const Group& before, Name name, const Group& now);
  void member(EventType type, Name group_name, const Group& group, const std::string& user, const AccountFiles& files);
  void changed_text(std::string_view what, FieldId field, const std::string& before, const std::string& now, FieldId old);
  Name renamed_account(const Account& gone) const;
  Name renamed_group(const Group& gone) const;

  const AccountFiles& before_;
  const AccountFiles& now_;
  const int64_t today_;
  event::Event& e_;
  const std::function<void()>& give_;
  std::string changed_;
  std::vector<Name> renamed_accounts_, renamed_groups_;  ///< their new names
};

void Comparison::groups_of(Name name, const Account& a, const AccountFiles& files) {
  std::string text;
  auto add = [&](uint64_t gid, std::string_view group_name) {
    if (text.size() > limits::kGroupsText) return;
    if (!text.empty()) text += '|';
    text += std::to_string(gid);
    text += '(';
    text += group_name;
    text += ')';
  };
  for (const auto& [group_name, g] : files.groups)
    if (g.gid == a.gid) add(g.gid, group_name);
  for (const auto& [group_name, g] : files.groups)
    if (g.gid != a.gid && std::binary_search(g.members.begin(), g.members.end(), name)) add(g.gid, group_name);
  if (!text.empty()) e_.set_copy(FieldId::usr_tgt_groups, text);
}

void Comparison::password_fields(const Account& a) {
  const Password& p = a.password;
  if (p.state == Password::State::usable) e_.set_text(FieldId::usr_tgt_pwd_algo, p.kind);
  if (p.is_locked)
    e_.set_text(FieldId::usr_tgt_attrib, "BlockedPassword");
  else if (p.state != Password::State::usable)
    e_.set_text(FieldId::usr_tgt_attrib, p.state == Password::State::empty ? "EmptyPassword" : "NoPassword");
  // Day 0 is no day: it asks for a new password at the next logon.
  if (a.aging[kLast] > 0 && a.aging[kLast] < limits::kDays) {
    e_.set_copy(FieldId::usr_tgt_pwd_last_set, date(a.aging[kLast]));
    if (today_ >= a.aging[kLast]) e_.set_integer(FieldId::usr_tgt_pwd_age, today_ - a.aging[kLast]);
  }
  auto days = [&](FieldId field, size_t which) {
    if (a.aging[which] >= 0) e_.set_integer(field, a.aging[which]);
  };
  days(FieldId::usr_tgt_pwd_age_min, kMin);
  days(FieldId::usr_tgt_pwd_age_max, kMax);
  days(FieldId::usr_tgt_pwd_age_warn, kWarn);
}

void Comparison::account_fields(Name name, const Account& a, const AccountFiles& files) {
  e_.set_copy(FieldId::usr_tgt_name, name);
  e_.set_number(FieldId::usr_tgt_id, a.uid);
  e_.set_number(FieldId::usr_tgt_group_id, a.gid);
  e_.set_text_if(FieldId::usr_tgt_home_dir, a.home);
  e_.set_text_if(FieldId::usr_tgt_shell, a.shell);
  e_.set_text_if(FieldId::usr_tgt_description, a.description);
  groups_of(name, a, files);
  password_fields(a);
}

void Comparison::group_fields(Name name, const Group& g) {
  e_.set_copy(FieldId::group_name, name);
  e_.set_number(FieldId::group_id, g.gid);
  e_.set_bool(FieldId::group_pwd_exists, g.password.state == Password::State::usable);
}

/// The one new name with the numbers of the account that is gone; empty: it is deleted.
Comparison::Name Comparison::renamed_account(const Account& gone) const {
  for (const auto& [name, a] : now_.accounts)
    if (a.uid == gone.uid && a.gid == gone.gid && !before_.accounts.count(name)) return name;
  return {};
}

Comparison::Name Comparison::renamed_group(const Group& gone) const {
  for (const auto& [name, g] : now_.groups)
    if (g.gid == gone.gid && !before_.groups.count(name)) return name;
  return {};
}

void Comparison::changed_text(std::string_view what, FieldId field, const std::string& before, const std::string& now, FieldId old) {
  if (before == now) return;
  changed(what);
  e_.set_text(field, now);
  if (old != FieldId::count_) e_.set_text(old, before);
}

void Comparison::root_or_changed(Name name_before, const Account& before, Name name, const Account& now) {
  begin(now.uid == 0 && before.uid != 0 ? EventType::user_uid_zero : EventType::user_account_modify);
  account_fields(name, now, now_);
  if (name != name_before) {
    changed("name");
    e_.set_copy(FieldId::usr_tgt_name_old, name_before);
  }
  if (now.uid != before.uid) {
    changed("uid");
    e_.set_number(FieldId::usr_tgt_id_old, before.uid);
  }
  if (now.gid != before.gid) {
    changed("gid");
    e_.set_number(FieldId::usr_tgt_group_id_old, before.gid);
  }
  changed_text("home", FieldId::usr_tgt_home_dir, before.home, now.home, FieldId::usr_tgt_home_dir_old);
  changed_text("shell", FieldId::usr_tgt_shell, before.shell, now.shell, FieldId::usr_tgt_shell_old);
  changed_text("description", FieldId::usr_tgt_description, before.description, now.description, FieldId::op_value_old);
  if (!changed_.empty()) tell();
}

bool Comparison::aging(const Account& before, const Account& now, bool is_password_new) {
  for (size_t i = is_password_new ? kMin : kLast; i < now.aging.size(); ++i) {
    if (now.aging[i] == before.aging[i]) continue;
    changed(kAgingNames[i]);
    // Days since 1970 or a number of days; what has a field of its own is there as well.
    if (now.aging[i] >= 0) e_.set_copy(FieldId::op_value, std::to_string(now.aging[i]));
    if (before.aging[i] >= 0) e_.set_copy(FieldId::op_value_old, std::to_string(before.aging[i]));
  }
  return !changed_.empty();
}

void Comparison::password(Name name, const Account& before, const Account& now) {
  const bool is_new = now.password.digest != before.password.digest;
  const bool is_empty = now.password.state == Password::State::empty;
  EventType type = EventType::count_;
  if (is_empty && before.password.state != Password::State::empty)
    type = EventType::user_empty_password;
  else if (is_new)
    type = EventType::user_password_change;
  else if (now.password.is_locked != before.password.is_locked)
    type = now.password.is_locked ? EventType::user_account_lock : EventType::user_account_unlock;
  if (type != EventType::count_) {
    begin(type);
    account_fields(name, now, now_);
    tell();
  }
  if (!before.has_shadow || !now.has_shadow) return;
  begin(EventType::user_password_policy);
  account_fields(name, now, now_);
  if (aging(before, now, type != EventType::count_)) tell();
}

void Comparison::account(Name name_before, const Account& before, Name name, const Account& now) {
  root_or_changed(name_before, before, name, now);
  // A reading without shadow (not permitted, being replaced) says nothing on passwords.
  if (before.has_shadow == now.has_shadow) password(name, before, now);
}

void Comparison::accounts() {
  for (const auto& [name, before] : before_.accounts) {
    if (const auto at = now_.accounts.find(name); at != now_.accounts.end()) {
      account(name, before, name, at->second);
      continue;
    }
    if (const Name renamed = renamed_account(before); !renamed.empty() && !is_in(renamed_accounts_, renamed)) {
      renamed_accounts_.push_back(renamed);
      account(name, before, renamed, now_.accounts.find(renamed)->second);
      continue;
    }
    begin(EventType::user_account_delete);
    account_fields(name, before, before_);
    tell();
  }
  for (const auto& [name, a] : now_.accounts) {
    if (before_.accounts.count(name) || is_in(renamed_accounts_, name)) continue;
    begin(a.uid == 0                                           ? EventType::user_uid_zero
          : a.password.state == Password::State::empty ? EventType::user_empty_password
                                                       : EventType::user_account_create);
    account_fields(name, a, now_);
    if (e_.type() != EventType::user_account_create) changed("create");
    tell();
  }
}

void Comparison::member(EventType type, Name group_name, const Group& group, const std::string& user, const AccountFiles& files) {
  begin(type);
  group_fields(group_name, group);
  e_.set_text(FieldId::usr_tgt_name, user);
  if (const auto at = files.accounts.find(user); at != files.accounts.end()) {
    e_.set_number(FieldId::usr_tgt_id, at->second.uid);
    groups_of(user, at->second, files);
  }
  tell();
}

void Comparison::group(Name name_before, const Group& before, Name name, const Group& now) {
  begin(EventType::group_modify);
  group_fields(name, now);
  if (name != name_before) {
    changed("name");
    e_.set_copy(FieldId::op_value, name);
    e_.set_copy(FieldId::op_value_old, name_before);
  }
  if (now.gid != before.gid) {
    changed("gid");
    e_.set_number(FieldId::group_id_old, before.gid);
  }
  if (!changed_.empty()) tell();
  if (now.password.digest != before.password.digest || now.password.is_locked != before.password.is_locked) {
    // A group that gets its first gshadow line changes from 'x' to '!': no password before and after.
    const bool any = now.password.state == Password::State::usable || before.password.state == Password::State::usable;
    begin(EventType::group_password);
    group_fields(name, now);
    if (any) tell();
  }
  for (const std::string& user : now.members)
    if (!std::binary_search(before.members.begin(), before.members.end(), user) && !is_in(renamed_accounts_, user))
      member(EventType::group_member_add, name, now, user, now_);
  // An account that is gone or has another name left its groups by that; it is told once.
  for (const std::string& user : before.members)
    if (!std::binary_search(now.members.begin(), now.members.end(), user) && (now_.accounts.count(user) || !before_.accounts.count(user)))
      member(EventType::group_member_remove, name, now, user, now_);
}

void Comparison::groups() {
  for (const auto& [name, before] : before_.groups) {
    if (const auto at = now_.groups.find(name); at != now_.groups.end()) {
      group(name, before, name, at->second);
      continue;
    }
    if (const Name renamed = renamed_group(before); !renamed.empty() && !is_in(renamed_groups_, renamed)) {
      renamed_groups_.push_back(renamed);
      group(name, before, renamed, now_.groups.find(renamed)->second);
      continue;
    }
    begin(EventType::group_delete);
    group_fields(name, before);
    tell();
  }
  for (const auto& [name, g] : now_.groups) {
    if (before_.groups.count(name) || is_in(renamed_groups_, name)) continue;
    begin(EventType::group_create);
    group_fields(name, g);
    tell();
    for (const std::string& user : g.members) member(EventType::group_member_add, name, g, user, now_);
  }
}

}  // namespace

void compare(const AccountFiles& before, const AccountFiles& now, int64_t today, event::Event& e, const std::function<void()>& give) {
  Comparison c(before, now, today, e, give);
  c.accounts();
  c.groups();
}

}  // namespace aurochs::observe
