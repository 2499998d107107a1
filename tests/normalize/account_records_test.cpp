// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

namespace {

std::string record(const std::string& type, const std::string& op, const std::string& who, const std::string& tool, const std::string& res = "success") {
  return type + " pid=40 uid=0 auid=1000 ses=3 msg='op=" + op + " " + who + " exe=\"/usr/sbin/" + tool + "\" hostname=? addr=? terminal=pts/0 res=" + res + "'";
}
EventType type_of(const std::string& line) {
  const Normalized n({line});
  return n.result.has_event ? n.type() : EventType::count_;
}
constexpr EventType kNone = EventType::count_;

struct Case {
  const char *type, *op, *who, *tool;
  EventType wanted;
};
constexpr Case kCases[] = {
    {"ADD_USER", "adding user", "id=5", "useradd", EventType::user_account_create},
    {"ADD_USER", "add-user", "acct=\"a\"", "useradd", EventType::user_account_create},
    {"ADD_USER", "adding home directory", "id=5", "useradd", kNone},
    {"USER_MGMT", "add-home-dir", "id=5", "useradd", kNone},
    {"DEL_USER", "deleting user entries", "id=5", "userdel", EventType::user_account_delete},
    {"DEL_USER", "delete-user", "id=5", "userdel", EventType::user_account_delete},
    {"DEL_USER", "deleting home directory", "id=5", "userdel", kNone},
    {"DEL_USER", "deleting user from shadow group", "id=5", "userdel", kNone},
    {"DEL_USER", "deleting mail file", "id=5", "userdel", kNone},
    {"USER_CHAUTHTOK", "PAM:chauthtok", "acct=\"a\"", "passwd", EventType::user_password_change},
    {"USER_CHAUTHTOK", "changing password", "id=5", "usermod", EventType::user_password_change},
    {"USER_CHAUTHTOK", "deleted-password", "id=5", "passwd", EventType::user_password_change},
    {"USER_CHAUTHTOK", "changing comment", "id=5", "usermod", EventType::user_account_modify},
    {"USER_CHAUTHTOK", "changing home directory", "id=5", "usermod", EventType::user_account_modify},
    {"USER_CHAUTHTOK", "changing uid", "id=5", "usermod", EventType::user_account_modify},
    {"USER_CHAUTHTOK", "updating passwd", "id=5", "usermod", EventType::user_account_lock},
    {"USER_CHAUTHTOK", "updating password", "id=5", "usermod", EventType::user_account_unlock},
    {"USER_CHAUTHTOK", "changing expiration date", "id=5", "usermod", EventType::user_password_policy},
    {"USER_CHAUTHTOK", "change max age", "id=5", "chage", EventType::user_password_policy},
    {"USER_CHAUTHTOK", "change inactive days", "id=5", "chage", EventType::user_password_policy},
    {"USER_CHAUTHTOK", "display aging info", "id=5", "chage", kNone},
    {"USER_MGMT", "expired-password", "id=5", "passwd", EventType::user_password_policy},
    {"USER_MGMT", "changed-password-aging", "min=1 id=5", "passwd", EventType::user_password_policy},
    {"USER_MGMT", "add-user-to-group", "grp=\"g\" acct=\"a\"", "usermod", EventType::group_member_add},
    {"USER_MGMT", "add-user-to-shadow-group", "grp=\"g\" acct=\"a\"", "usermod", kNone},
    {"USER_MGMT", "delete-user-from-group", "grp=\"g\" acct=\"a\"", "usermod", EventType::group_member_remove},
    {"ACCT_LOCK", "locked-password", "id=5", "passwd", EventType::user_account_lock},
    {"ACCT_UNLOCK", "unlocked-password", "id=5", "passwd", EventType::user_account_unlock},
    {"ACCT_UNLOCK", "refreshing-lastlog", "id=5", "lastlog", kNone},
    {"RESP_ACCT_LOCK_TIMED", "pam_faillock", "suid=5", "sshd", EventType::user_account_lock},
    {"RESP_ACCT_UNLOCK_TIMED", "pam_faillock", "suid=5", "sshd", EventType::user_account_unlock},
    {"ADD_GROUP", "adding group to /etc/group", "id=5", "groupadd", EventType::group_create},
    {"ADD_GROUP", "adding group to /etc/gshadow", "id=5", "groupadd", kNone},
    {"ADD_GROUP", "", "id=5", "groupadd", kNone},
    {"ADD_GROUP", "adding group", "acct=\"g\"", "useradd", EventType::group_create},
    {"GRP_MGMT", "add-shadow-group", "id=5", "groupadd", kNone},
    {"DEL_GROUP", "removing group from /etc/group", "id=5", "groupdel", EventType::group_delete},
    {"DEL_GROUP", "deleting shadow group", "acct=\"g\"", "userdel", kNone},
    {"GRP_MGMT", "modify-group", "acct=\"g\"", "groupmod", EventType::group_modify},
    {"GRP_CHAUTHTOK", "change-password", "grp=\"g\"", "gpasswd", EventType::group_password},
    {"USER_ACCT", "changing /etc/group; group g/5, new gid: 6", "acct=\"g\"", "groupmod", EventType::group_modify},
    {"USER_ACCT", "changing /etc/passwd; group g/5, new gid: 6", "acct=\"g\"", "groupmod", kNone},
    {"USER_ACCT", "modifying group", "acct=\"g\"", "groupmod", kNone},
    {"USER_ACCT", "user a added by root to group g", "acct=\"g\"", "gpasswd", EventType::group_member_add},
    {"USER_ACCT", "user a removed by root from group g", "acct=\"g\"", "gpasswd", EventType::group_member_remove},
    {"USER_ACCT", "PAM:accounting", "acct=\"a\"", "chage", kNone},
    {"USER_CHAUTHTOK", "password of group g removed by root", "acct=\"g\"", "gpasswd", EventType::group_password},
};

}  // namespace

TEST_SUITE("normalize") {
  TEST_CASE("accounts: op= says what was done, whatever the type of the record; echoes give no event") {
    for (const Case& c : kCases) {
      CAPTURE(c.type);
      CAPTURE(c.op);
      CHECK(type_of(record(c.type, c.op, c.who, c.tool)) == c.wanted);
    }
  }
  TEST_CASE("accounts: what failed is told, also where success would be an echo") {
    CHECK(type_of(record("ADD_GROUP", "", "id=5", "groupadd", "failed")) == EventType::group_create);
    CHECK(type_of(record("USER_ACCT", "modifying group", "acct=\"g\"", "groupmod", "failed")) == EventType::group_modify);
    const Normalized n({record("DEL_USER", "deleting-user-not-found", "acct=\"a\"", "userdel", "failed")});
    CHECK(n.type() == EventType::user_account_delete);
    CHECK(n.number(F::op_status) == 0);
    CHECK(n.text(F::auth_result) == "failed");
  }
  TEST_CASE("UserAccountLockNix: usermod says failed before it has tried, so nothing is said of the result") {
    const Normalized n({record("USER_CHAUTHTOK", "updating passwd", "id=5", "usermod", "failed")});
    CHECK_FALSE(n.has(F::op_status));
    CHECK_FALSE(n.has(F::auth_result));
    CHECK(n.number(F::usr_tgt_id) == 5);
  }
  TEST_CASE("groups and members: id= is a gid here, acct= may be the group") {
    const Normalized group({record("ADD_GROUP", "adding group to /etc/group", "id=1005", "groupadd")});
    CHECK(group.number(F::group_id) == 1005);
    CHECK_FALSE(group.has(F::usr_tgt_id));
    const Normalized member({record("USER_ACCT", "user nora added by root to group ops", "acct=\"ops\"", "gpasswd")});
    CHECK(member.text(F::group_name) == "ops");
    CHECK(member.text(F::usr_tgt_name) == "nora");
    const Normalized rhel({record("USER_MGMT", "add-user-to-group", "grp=\"wheel\" acct=\"vera\"", "usermod")});
    CHECK(rhel.text(F::group_name) == "wheel");
    CHECK(rhel.text(F::usr_tgt_name) == "vera");
    CHECK(Normalized({record("RESP_ACCT_LOCK", "pam_faillock", "suid=1100", "sshd")}).number(F::usr_tgt_id) == 1100);
  }
  TEST_CASE("accounts: hostile op= texts") {
    CHECK(type_of("ADD_USER pid=1 uid=0") == EventType::user_account_create);
    CHECK(type_of(record("USER_ACCT", "user", "acct=\"g\"", "gpasswd")) == EventType::group_modify);
    CHECK(type_of(record("USER_ACCT", "user ", "acct=\"g\"", "gpasswd")) == EventType::group_modify);
    CHECK(type_of(record("USER_MGMT", std::string(20000, '-'), "id=5", "x")) == EventType::user_account_modify);
    const std::string all("\x01\x02\xff{}();,=\"", 11);
    CHECK(type_of(record("USER_MGMT", all, "id=5", "x")) != EventType::logon_success);
  }
}
