// SPDX-License-Identifier: Apache-2.0
#include "observe/accounts.h"

#include "enrich/temp_tree.h"
#include "observe/seen.h"

using namespace aurochs;

namespace {

// Hashes of no password: the right prefix, then filler.
constexpr const char* kHash = "$6$saltsalt$0123456789012345678901234567890123456789";
constexpr const char* kOther = "$y$j9T$saltsalt$9876543210987654321098765432109876543";

struct Files {
  std::string passwd = "root:x:0:0:root:/root:/bin/bash\nvera:x:1005:1005:Vera:/home/vera:/bin/sh\n";
  std::string shadow = std::string("root:*:19000:0:99999:7:::\nvera:") + kHash + ":19000:0:99999:7:::\n";
  std::string group = "root:x:0:\nvera:x:1005:\nsudo:x:27:\n";
  std::string gshadow = "root:*::\nvera:!::\nsudo:*::\n";
  void replace(std::string& in, const std::string& what, const std::string& by) { in.replace(in.find(what), what.size(), by); }
};

/// Differences of two states of the files.
Seen differences(const Files& before, const Files& now, int64_t today = 19010) {
  observe::AccountFiles a, b;
  REQUIRE(a.read(before.passwd, before.shadow, before.group, before.gshadow));
  REQUIRE(b.read(now.passwd, now.shadow, now.group, now.gshadow));
  Seen seen;
  const auto e = std::make_unique<event::Event>();
  observe::compare(a, b, today, *e, [&] { seen.take(*e); });
  for (const auto& one : seen.all)
    for (const auto& field : one.fields) {
      CHECK_MESSAGE(field.second.find("0123456789") == std::string::npos, field.first);
      CHECK_MESSAGE(field.second.find("98765") == std::string::npos, field.first);
      CHECK_MESSAGE(field.second.find("saltsalt") == std::string::npos, field.first);
    }
  return seen;
}

}  // namespace

TEST_CASE("UserAccountCreateNix: a line in passwd, with its groups and what shadow says") {
  Files before, now;
  now.passwd += "ines:x:1006:1005:Ines,,,:/home/ines:/bin/bash\n";
  now.shadow += std::string("ines:") + kOther + ":19009:1:90:7:::\n";
  now.replace(now.group, "sudo:x:27:", "sudo:x:27:ines");
  Seen seen = differences(before, now);
  CHECK(seen.types() == "UserAccountCreateNix GroupMemberAddNix");
  const auto& e = seen.all[0];
  CHECK(e["usr_tgt_name"] == "ines");
  CHECK(e["usr_tgt_id"] == "1006");
  CHECK(e["usr_tgt_group_id"] == "1005");
  CHECK(e["usr_tgt_groups"] == "1005(vera)|27(sudo)");
  CHECK(e["usr_tgt_home_dir"] == "/home/ines");
  CHECK(e["usr_tgt_shell"] == "/bin/bash");
  CHECK(e["usr_tgt_description"] == "Ines,,,");
  CHECK(e["usr_tgt_pwd_algo"] == "yescrypt");
  CHECK(e["usr_tgt_pwd_last_set"] == "2022-01-17");
  CHECK(e["usr_tgt_pwd_age"] == "1");
  CHECK(e["usr_tgt_pwd_age_min"] == "1");
  CHECK(e["usr_tgt_pwd_age_max"] == "90");
  CHECK(e["usr_tgt_pwd_age_warn"] == "7");
  CHECK(e["usr_tgt_attrib"] == "(absent)");
}

TEST_CASE("UserAccountDeleteNix: the line went; leaving its groups is no event of its own") {
  Files before, now;
  before.replace(before.group, "sudo:x:27:", "sudo:x:27:vera");
  now.replace(now.passwd, "vera:x:1005:1005:Vera:/home/vera:/bin/sh\n", "");
  now.shadow = "root:*:19000:0:99999:7:::\n";
  const auto e = differences(before, now).only();
  CHECK(e.type == "UserAccountDeleteNix");
  CHECK(e["usr_tgt_name"] == "vera");
  CHECK(e["usr_tgt_groups"] == "1005(vera)|27(sudo)");
}

TEST_CASE("UserAccountModifyNix: uid, gid, home, shell and description with the values before") {
  Files before, now;
  now.replace(now.passwd, "vera:x:1005:1005:Vera:/home/vera:/bin/sh", "vera:x:1007:27:V.:/srv/vera:/usr/sbin/nologin");
  const auto e = differences(before, now).only();
  CHECK(e.type == "UserAccountModifyNix");
  CHECK(e["op_name"] == "uid|gid|home|shell|description");
  CHECK(e["usr_tgt_id"] == "1007");
  CHECK(e["usr_tgt_id_old"] == "1005");
  CHECK(e["usr_tgt_group_id"] == "27");
  CHECK(e["usr_tgt_group_id_old"] == "1005");
  CHECK(e["usr_tgt_home_dir_old"] == "/home/vera");
  CHECK(e["usr_tgt_shell"] == "/usr/sbin/nologin");
  CHECK(e["usr_tgt_shell_old"] == "/bin/sh");
  CHECK(e["usr_tgt_description"] == "V.");
  CHECK(e["op_value_old"] == "Vera");
}

TEST_CASE("UserAccountModifyNix: another name with the same numbers is a rename, its groups follow") {
  Files before, now;
  before.replace(before.group, "sudo:x:27:", "sudo:x:27:vera");
  now.replace(now.passwd, "vera:x", "wera:x");
  now.replace(now.shadow, "vera:", "wera:");
  now.replace(now.group, "sudo:x:27:", "sudo:x:27:wera");
  const auto e = differences(before, now).only();
  CHECK(e.type == "UserAccountModifyNix");
  CHECK(e["op_name"] == "name");
  CHECK(e["usr_tgt_name"] == "wera");
  CHECK(e["usr_tgt_name_old"] == "vera");
}

TEST_CASE("UserPasswordChangeNix: another hash; only its kind is told") {
  Files before, now;
  now.replace(now.shadow, std::string(kHash) + ":19000", std::string(kOther) + ":19010");
  const auto e = differences(before, now).only();
  CHECK(e.type == "UserPasswordChangeNix");
  CHECK(e["usr_tgt_pwd_algo"] == "yescrypt");
  CHECK(e["usr_tgt_pwd_last_set"] == "2022-01-18");
}

TEST_CASE("UserAccountLockNix and UserAccountUnlockNix: '!' before the same hash") {
  Files before, now;
  now.replace(now.shadow, "vera:$6$", "vera:!$6$");
  auto e = differences(before, now).only();
  CHECK(e.type == "UserAccountLockNix");
  CHECK(e["usr_tgt_attrib"] == "BlockedPassword");
  CHECK(e["usr_tgt_pwd_algo"] == "sha512crypt");
  e = differences(now, before).only();
  CHECK(e.type == "UserAccountUnlockNix");
  CHECK(e["usr_tgt_attrib"] == "(absent)");
  // A first password where '!' stood is a new password, no unlocking.
  Files fresh;
  fresh.replace(fresh.shadow, kHash, "!");
  CHECK(differences(fresh, before).only().type == "UserPasswordChangeNix");
}

TEST_CASE("UserPasswordPolicyNix: aging fields and expiry; a forced change") {
  Files before, now;
  now.replace(now.shadow, "19000:0:99999:7:::\nvera", "19000:0:99999:7:::\nvera");
  now.shadow = std::string("root:*:19000:0:99999:7:::\nvera:") + kHash + ":19000:2:60:7::20000:\n";
  auto e = differences(before, now).only();
  CHECK(e.type == "UserPasswordPolicyNix");
  CHECK(e["op_name"] == "min|max|expire");
  CHECK(e["usr_tgt_pwd_age_min"] == "2");
  CHECK(e["usr_tgt_pwd_age_max"] == "60");
  CHECK(e["op_value"] == "20000");
  Files forced;
  forced.replace(forced.shadow, std::string(kHash) + ":19000", std::string(kHash) + ":0");
  e = differences(before, forced).only();
  CHECK(e.type == "UserPasswordPolicyNix");
  CHECK(e["op_name"] == "last");
  CHECK(e["usr_tgt_pwd_last_set"] == "(absent)");
}

TEST_CASE("UserUidZeroNix: a new account or a changed one") {
  Files before, now;
  now.passwd += "toor:x:0:0::/root:/bin/sh\n";
  auto e = differences(before, now).only();
  CHECK(e.type == "UserUidZeroNix");
  CHECK(e["usr_tgt_name"] == "toor");
  CHECK(e["op_name"] == "create");
  Files changed;
  changed.replace(changed.passwd, "vera:x:1005:1005", "vera:x:0:1005");
  e = differences(before, changed).only();
  CHECK(e.type == "UserUidZeroNix");
  CHECK(e["usr_tgt_id_old"] == "1005");
}

TEST_CASE("UserEmptyPasswordNix: in shadow, and in passwd where its 'x' went") {
  Files before, now;
  now.replace(now.shadow, kHash, "");
  auto e = differences(before, now).only();
  CHECK(e.type == "UserEmptyPasswordNix");
  CHECK(e["usr_tgt_attrib"] == "EmptyPassword");
  Files bare;
  bare.replace(bare.passwd, "vera:x:", "vera::");
  CHECK(differences(before, bare).only().type == "UserEmptyPasswordNix");
}

TEST_CASE("GroupCreateNix, GroupDeleteNix, GroupModifyNix") {
  Files before, now;
  now.group += "audio:x:29:vera\n";
  Seen seen = differences(before, now);
  CHECK(seen.types() == "GroupCreateNix GroupMemberAddNix");
  CHECK(seen.all[0]["group_name"] == "audio");
  CHECK(seen.all[0]["group_id"] == "29");
  CHECK(seen.all[0]["group_pwd_exists"] == "0");
  seen = differences(now, before);
  CHECK(seen.only().type == "GroupDeleteNix");
  Files other;
  other.replace(other.group, "sudo:x:27", "sudo:x:28");
  auto e = differences(before, other).only();
  CHECK(e.type == "GroupModifyNix");
  CHECK(e["group_id_old"] == "27");
  Files renamed;
  renamed.replace(renamed.group, "sudo:x:27", "admin:x:27");
  e = differences(before, renamed).only();
  CHECK(e.type == "GroupModifyNix");
  CHECK(e["op_value_old"] == "sudo");
  CHECK(e["group_name"] == "admin");
}

TEST_CASE("GroupMemberAddNix and GroupMemberRemoveNix") {
  Files before, now;
  now.replace(now.group, "sudo:x:27:", "sudo:x:27: vera,ghost");
  Seen seen = differences(before, now);
  CHECK(seen.types() == "GroupMemberAddNix GroupMemberAddNix");
  CHECK(seen.all[1]["usr_tgt_name"] == "vera");
  CHECK(seen.all[1]["usr_tgt_id"] == "1005");
  CHECK(seen.all[1]["group_name"] == "sudo");
  CHECK(seen.all[1]["usr_tgt_groups"] == "1005(vera)|27(sudo)");
  CHECK(seen.all[0]["usr_tgt_id"] == "(absent)");
  seen = differences(now, before);
  CHECK(seen.types() == "GroupMemberRemoveNix GroupMemberRemoveNix");
}

TEST_CASE("GroupPasswordNix: set and taken away; '!' for '*' is none") {
  Files before, now, same;
  now.replace(now.gshadow, "sudo:*", std::string("sudo:") + kHash);
  auto e = differences(before, now).only();
  CHECK(e.type == "GroupPasswordNix");
  CHECK(e["group_pwd_exists"] == "1");
  CHECK(differences(now, before).only()["group_pwd_exists"] == "0");
  same.replace(same.gshadow, "sudo:*", "sudo:!");
  CHECK(differences(before, same).all.empty());
}

TEST_CASE("a reading without shadow says nothing on passwords") {
  Files before, now;
  now.shadow.clear();
  CHECK(differences(before, now).all.empty());
}

TEST_CASE("lines that are none are passed over; an empty passwd is not believed") {
  observe::AccountFiles a;
  CHECK_FALSE(a.read("", "", "", ""));
  CHECK_FALSE(a.read("a:b\n::::::\n+nis\n#x:x:1:1:::\nn:x:99999999999999999999:0:::\n", "", "", ""));
  REQUIRE(a.read(std::string("a:x:1:1:::\na:x:2:2:::\nnul\0:x:3:3:::\n", 36), "a:!!\n:::\na:x:1:2:3:4:5:6:7:8:9\n", "g:x:7:a,,b,a,\n", "nobody:*::\n"));
  CHECK(a.accounts.find("a")->second.uid == 1);
  CHECK(a.accounts.find("a")->second.password.is_locked);
  CHECK(a.groups.find("g")->second.members == std::vector<std::string>{"a", "b"});
}

TEST_CASE("the kind of a hash") {
  const std::pair<const char*, const char*> kinds[] = {{"$1$a$b", "md5crypt"}, {"$2b$05$x", "bcrypt"},       {"$5$a$b", "sha256crypt"}, {"$6$a$b", "sha512crypt"},
                                                       {"$y$j9T$a$b", "yescrypt"}, {"$gy$j9T$a$b", "gost-yescrypt"}, {"abcdefghijklm", "descrypt"}, {"*", ""}, {"x", ""}};
  for (const auto& [hash, kind] : kinds) {
    observe::AccountFiles a;
    REQUIRE(a.read("u:x:1:1:::\n", std::string("u:") + hash + ":1\n", "", ""));
    CHECK(a.accounts.find("u")->second.password.kind == kind);
  }
}

TEST_CASE("SudoersChangeNix: rules that came and went") {
  const auto before = observe::sudoers_rules("# comment\nroot ALL=(ALL)\tALL\n\n%admin ALL=(ALL) \\\n   ALL\n#includedir /etc/sudoers.d\n");
  REQUIRE(before.size() == 3);
  CHECK(before[1] == "%admin ALL=(ALL) ALL");
  const auto now = observe::sudoers_rules("root ALL=(ALL) ALL\nvera ALL=(ALL) NOPASSWD: ALL\n#includedir /etc/sudoers.d\n");
  CHECK(observe::sudoers_difference(before, now) == "+vera ALL=(ALL) NOPASSWD: ALL|-%admin ALL=(ALL) ALL");
  CHECK(observe::sudoers_difference(now, now).empty());
}

TEST_CASE("Accounts looks when the files rest and no lock is held") {
  TempTree tree;
  Files files;
  auto write = [&] {
    tree.file("/etc/passwd", files.passwd);
    tree.file("/etc/shadow", files.shadow);
    tree.file("/etc/group", files.group);
  };
  write();
  tree.file("/etc/sudoers", "root ALL=(ALL) ALL\n");
  StillClock clock;
  observe::Options options;
  options.root = tree.root();
  options.clock = &clock;
  observe::Accounts accounts;
  REQUIRE(accounts.open(options));
  Seen seen;
  auto look = [&] {
    clock.pass(500);
    accounts.poll(clock.steady_ms, seen.sink());
  };
  look();
  look();
  CHECK(seen.all.empty());
  files.passwd += "ines:x:1006:1006::/home/ines:/bin/bash\n";
  tree.file("/etc/passwd.lock", "1");
  write();
  look();
  look();
  CHECK(seen.all.empty());
  ::unlink(tree.path("/etc/passwd.lock").c_str());
  look();
  const auto e = seen.only();
  CHECK(e.type == "UserAccountCreateNix");
  CHECK(e["auth_sources"] == "diff");
  CHECK(e["event_log_source"] == "LinuxProc");
  // A lock that its owner left behind holds nothing up for ever.
  tree.file("/etc/passwd.lock", "1");
  files.passwd += "otto:x:1007:1007::/home/otto:/bin/bash\n";
  write();
  for (int i = 0; i < 10; ++i) look();
  CHECK(seen.only()["usr_tgt_name"] == "otto");
  // passwd that is gone for a moment deletes nobody.
  ::rename(tree.path("/etc/passwd").c_str(), tree.path("/etc/passwd.old").c_str());
  for (int i = 0; i < 4; ++i) look();
  ::rename(tree.path("/etc/passwd.old").c_str(), tree.path("/etc/passwd").c_str());
  for (int i = 0; i < 4; ++i) look();
  CHECK(seen.all.empty());
  tree.file("/etc/sudoers.d/vera", "vera ALL=(ALL) NOPASSWD: ALL\n");
  for (int i = 0; i < 6; ++i) look();
  const auto rule = seen.only();
  CHECK(rule.type == "SudoersChangeNix");
  CHECK(rule["file_path"] == "/etc/sudoers.d/vera");
  CHECK(rule["sudoers_rule"] == "+vera ALL=(ALL) NOPASSWD: ALL");
  ::unlink(tree.path("/etc/sudoers.d/vera").c_str());
  for (int i = 0; i < 6; ++i) look();
  CHECK(seen.only()["sudoers_rule"] == "-vera ALL=(ALL) NOPASSWD: ALL");
}
