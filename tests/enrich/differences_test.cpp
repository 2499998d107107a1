// SPDX-License-Identifier: Apache-2.0
#include "enrich/differences.h"

#include <doctest/doctest.h>

#include <memory>

using namespace aurochs;
using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kNow = 1700000000000;

class Line {
 public:
  explicit Line(bool is_live = true) : differences(is_live) {}
  /// An event of audit where `process` is not 0.
  bool take(EventType type, int64_t at_ms, uint64_t process, FieldId what, std::string_view value, FieldId more = FieldId::count_, std::string_view more_value = {}) {
    e->clear(type);
    e->set_time(FieldId::event_utc_time, kNow + at_ms);
    if (!process) e->set_text(FieldId::event_log_source, "LinuxProc");
    if (process) {
      e->set_number(FieldId::event_serial, 7);
      e->set_number(FieldId::proc_id, process);
    }
    set(what, value);
    if (more != FieldId::count_) set(more, more_value);
    return differences.take(*e);
  }
  bool next(int64_t at_ms) { return differences.next(*e, kNow + at_ms); }
  std::string type() const { return std::string(event::event_row(e->type()).type); }
  std::unique_ptr<event::Event> e = std::make_unique<event::Event>();
  enrich::Differences differences;

 private:
  void set(FieldId f, std::string_view value) {
    if (event::field_row(f).type == event::Type::text)
      e->set_copy(f, value);
    else
      e->set_number(f, std::stoull(std::string(value)));
  }
};

}  // namespace

TEST_CASE("an account: the record and the difference are one event, whichever comes first") {
  for (const bool record_first : {true, false}) {
    Line line;
    auto record = [&] { CHECK_FALSE(line.take(EventType::user_account_create, 0, 4711, FieldId::usr_tgt_id, "1006")); };
    if (record_first) record();
    CHECK_FALSE(line.take(EventType::user_account_create, 20, 0, FieldId::usr_tgt_id, "1006", FieldId::usr_tgt_shell, "/bin/sh"));
    if (!record_first) record();
    REQUIRE(line.next(500));
    CHECK(line.type() == "UserAccountCreateNix");
    CHECK(line.e->number(FieldId::proc_id) == 4711);
    CHECK(line.e->text(FieldId::usr_tgt_shell) == "/bin/sh");
    CHECK(line.e->text(FieldId::auth_sources) == "audit|diff");
    CHECK(line.e->integer(FieldId::event_utc_time) == kNow);
    CHECK_FALSE(line.next(500));
    CHECK_FALSE(line.next(10000));
  }
}

TEST_CASE("each alone goes out when its wait is over") {
  Line line;
  CHECK_FALSE(line.take(EventType::user_account_lock, 0, 4711, FieldId::usr_tgt_name, "vera"));
  CHECK_FALSE(line.take(EventType::user_account_lock, 0, 0, FieldId::usr_tgt_name, "ines"));
  CHECK_FALSE(line.next(1900));
  REQUIRE(line.next(2000));
  CHECK(line.e->text(FieldId::usr_tgt_name) == "ines");
  CHECK_FALSE(line.next(3900));
  REQUIRE(line.next(4000));
  CHECK(line.e->text(FieldId::auth_sources) == "audit");
  CHECK_FALSE(line.next(4000));
}

TEST_CASE("a general record lends its process to every difference of that account") {
  Line line;
  CHECK_FALSE(line.take(EventType::user_password_change, 0, 4711, FieldId::usr_tgt_name, "vera"));
  CHECK_FALSE(line.take(EventType::user_account_modify, 10, 0, FieldId::usr_tgt_name, "vera"));
  CHECK_FALSE(line.take(EventType::user_account_lock, 10, 0, FieldId::usr_tgt_name, "vera"));
  CHECK_FALSE(line.take(EventType::user_account_lock, 10, 0, FieldId::usr_tgt_name, "ines"));
  REQUIRE(line.next(500));
  CHECK(line.type() == "UserAccountModifyNix");
  CHECK(line.e->number(FieldId::proc_id) == 4711);
  REQUIRE(line.next(500));
  CHECK(line.type() == "UserAccountLockNix");
  CHECK(line.e->number(FieldId::proc_id) == 4711);
  CHECK_FALSE(line.next(500));
  REQUIRE(line.next(5000));
  CHECK(line.e->text(FieldId::usr_tgt_name) == "ines");
  CHECK_FALSE(line.next(5000));
}

TEST_CASE("a rename: by the old name or the new one, and not by a record of its number before") {
  Line line;
  CHECK_FALSE(line.take(EventType::group_create, 0, 4711, FieldId::group_id, "1002"));
  CHECK_FALSE(line.take(EventType::group_create, 5, 0, FieldId::group_id, "1002", FieldId::group_name, "old"));
  REQUIRE(line.next(100));
  CHECK_FALSE(line.take(EventType::group_modify, 700, 4712, FieldId::group_name, "old"));
  CHECK_FALSE(line.take(EventType::group_modify, 710, 0, FieldId::group_name, "new", FieldId::op_value_old, "old"));
  REQUIRE(line.next(800));
  CHECK(line.e->number(FieldId::proc_id) == 4712);
  CHECK(line.e->text(FieldId::group_name) == "new");
  CHECK_FALSE(line.next(10000));
}

TEST_CASE("a record that went out lends its process to its own look alone") {
  Line line;
  CHECK_FALSE(line.take(EventType::user_password_change, 0, 4711, FieldId::usr_tgt_name, "vera"));
  CHECK_FALSE(line.take(EventType::user_password_change, 10, 0, FieldId::usr_tgt_name, "vera"));
  REQUIRE(line.next(500));
  CHECK_FALSE(line.e->has(FieldId::event_log_source));
  CHECK_FALSE(line.take(EventType::user_account_lock, 2000, 0, FieldId::usr_tgt_name, "vera"));
  CHECK_FALSE(line.next(2100));
  REQUIRE(line.next(4100));
  CHECK_FALSE(line.e->has(FieldId::proc_id));
}

TEST_CASE("several records of one program about one thing are one act") {
  Line line;
  CHECK_FALSE(line.take(EventType::group_create, 0, 4711, FieldId::group_id, "1006"));
  CHECK_FALSE(line.take(EventType::group_create, 1, 4711, FieldId::group_id, "1006"));
  CHECK_FALSE(line.take(EventType::group_modify, 2, 4711, FieldId::group_id, "1006"));
  CHECK_FALSE(line.take(EventType::group_create, 2, 4712, FieldId::group_id, "1007"));
  REQUIRE(line.next(5000));
  REQUIRE(line.next(5000));
  CHECK_FALSE(line.next(5000));
}

TEST_CASE("members of two groups are two acts; the group must be the same") {
  Line line;
  CHECK_FALSE(line.take(EventType::group_member_add, 0, 4711, FieldId::usr_tgt_name, "vera", FieldId::group_name, "adm"));
  CHECK_FALSE(line.take(EventType::group_member_add, 0, 4711, FieldId::usr_tgt_name, "vera", FieldId::group_name, "sudo"));
  CHECK_FALSE(line.take(EventType::group_member_add, 9, 0, FieldId::usr_tgt_name, "vera", FieldId::group_name, "sudo"));
  REQUIRE(line.next(500));
  CHECK(line.e->text(FieldId::group_name) == "sudo");
  CHECK_FALSE(line.next(500));
  REQUIRE(line.next(5000));
  CHECK(line.e->text(FieldId::group_name) == "adm");
}

TEST_CASE("a mount: the more special type wins; a removal is no mount") {
  Line line;
  CHECK_FALSE(line.take(EventType::mount_bind, 0, 4711, FieldId::mnt_dst, "/srv"));
  CHECK_FALSE(line.take(EventType::mount_add, 5, 0, FieldId::mnt_dst, "/srv", FieldId::mnt_type, "ext4"));
  REQUIRE(line.next(500));
  CHECK(line.type() == "MountBindNix");
  CHECK(line.e->text(FieldId::mnt_type) == "ext4");
  CHECK_FALSE(line.take(EventType::mount_add, 10, 4711, FieldId::mnt_dst, "/mnt"));
  CHECK_FALSE(line.take(EventType::mount_remote, 15, 0, FieldId::mnt_dst, "/mnt"));
  REQUIRE(line.next(500));
  CHECK(line.type() == "MountRemoteNix");
  CHECK_FALSE(line.take(EventType::mount_add, 10, 4711, FieldId::mnt_dst, "/opt"));
  CHECK_FALSE(line.take(EventType::mount_remove, 15, 0, FieldId::mnt_dst, "/opt"));
  CHECK_FALSE(line.next(500));
}

TEST_CASE("a kernel parameter: by name or by its path") {
  Line line;
  CHECK_FALSE(line.take(EventType::usermode_helper_path, 0, 4711, FieldId::file_path, "/proc/sys/kernel/core_pattern"));
  CHECK_FALSE(line.take(EventType::sysctl_change, 1500, 0, FieldId::sysctl_name, "kernel.core_pattern", FieldId::sysctl_value, "|/tmp/x"));
  REQUIRE(line.next(1600));
  CHECK(line.type() == "UsermodeHelperPathNix");
  CHECK(line.e->text(FieldId::sysctl_value) == "|/tmp/x");
}

TEST_CASE("rules of sudoers and packages") {
  Line line;
  CHECK_FALSE(line.take(EventType::sudoers_change, 0, 4711, FieldId::file_path, "/etc/sudoers"));
  CHECK_FALSE(line.take(EventType::sudoers_change, 1500, 0, FieldId::file_path, "/etc/sudoers", FieldId::sudoers_rule, "+x"));
  REQUIRE(line.next(1600));
  CHECK(line.e->text(FieldId::sudoers_rule) == "+x");
  CHECK_FALSE(line.take(EventType::package_install, 0, 4711, FieldId::app_productname, "bash"));
  CHECK_FALSE(line.take(EventType::package_upgrade, 0, 0, FieldId::app_productname, "bash", FieldId::app_version_old, "5.1"));
  REQUIRE(line.next(100));
  CHECK(line.type() == "PackageUpgradeNix");
}

TEST_CASE("what does not wait: other types, a log, a failure, another node, a full table") {
  Line line, log(false);
  CHECK(line.take(EventType::file_modify, 0, 4711, FieldId::file_path, "/etc/sudoers"));
  CHECK(log.take(EventType::user_account_create, 0, 4711, FieldId::usr_tgt_id, "1006"));
  CHECK(line.take(EventType::user_account_create, 0, 4711, FieldId::usr_tgt_id, "1006", FieldId::audit_res, "0"));
  CHECK(line.take(EventType::mount_add, 0, 4711, FieldId::mnt_dst, "/srv", FieldId::op_status, "0"));
  CHECK(line.take(EventType::mount_add, 0, 4711, FieldId::mnt_dst, "/srv", FieldId::event_node, "n2"));
  int held = 0;
  while (!line.take(EventType::mount_add, 0, 1, FieldId::mnt_dst, "/m" + std::to_string(held))) ++held;
  CHECK(held == 128);
  for (int i = 0; i < held; ++i) CHECK(line.next(INT64_MAX - kNow));
  CHECK_FALSE(line.next(INT64_MAX - kNow));
}

TEST_CASE("a clock that was set back does not hold an event") {
  Line line;
  CHECK_FALSE(line.take(EventType::mount_add, 0, 1, FieldId::mnt_dst, "/srv"));
  CHECK(line.next(-3600000));
}
