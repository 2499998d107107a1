// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/act_lines.h"
#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

namespace {
const std::string kCwd = "CWD cwd=\"/mnt\"";
Normalized mount(const std::string& flags, const std::string& exit = "0") {
  return Normalized({act(165, "a0=1 a1=2 a2=3 a3=" + flags, exit), kCwd, path_line(0, "\"data\""), path_line(1, "\"/dev/sdb1\"")});
}
}  // namespace

TEST_SUITE("normalize") {
  TEST_CASE("MountAddNix, MountBindNix, MountRemountNix: by the flags") {
    const Normalized add = mount("6");
    CHECK(add.type() == EventType::mount_add);
    CHECK(add.text(F::mnt_dst) == "/mnt/data");
    CHECK(add.text(F::mnt_src) == "/dev/sdb1");
    CHECK(add.text(F::mnt_flags) == "nosuid|nodev");
    CHECK_FALSE(add.has(F::mnt_type));
    CHECK(mount("0").has(F::mnt_flags) == false);
    CHECK(mount("5000").type() == EventType::mount_bind);
    CHECK(mount("5000").text(F::mnt_flags) == "bind|rec");
    CHECK(mount("21").type() == EventType::mount_remount);
    CHECK(mount("1021").type() == EventType::mount_remount);
    CHECK_FALSE(mount("21").has(F::mnt_src));
    CHECK(mount("c0ed0000").type() == EventType::mount_add);  // the old magic number is no flag
    CHECK(mount("c0ed0021").text(F::mnt_flags) == "ro|remount");
    CHECK(mount("80000000", "-22").text(F::mnt_flags) == "0x80000000");
    CHECK_FALSE(mount("44000").result.has_event);  // propagation
    CHECK_FALSE(mount("100000").result.has_event);
    CHECK(mount("0", "-1").integer(F::op_exit) == -1);
  }
  TEST_CASE("MountAddNix and MountRemountNix: the calls of kernel 5.2 and 5.12") {
    const Normalized move({act(429, "a0=5 a1=55d0 a2=ffffff9c a3=55e0"), kCwd, path_line(0, "\"\""), path_line(1, "\"/mnt/x\"")});
    CHECK(move.type() == EventType::mount_add);
    CHECK(move.text(F::mnt_dst) == "/mnt/x");
    CHECK(Normalized({act(429, "a0=5 a1=55d0 a2=ffffff9c a3=55e0"), kCwd, path_line(0, "\"/mnt/x\"")}).text(F::mnt_dst) == "/mnt/x");
    const Normalized attributes({act(442, "a0=ffffff9c a1=55d0 a2=0 a3=7ffd0"), kCwd, path_line(0, "\"/mnt/x\"")});
    CHECK(attributes.type() == EventType::mount_remount);
    CHECK(attributes.text(F::mnt_dst) == "/mnt/x");
    CHECK_FALSE(Normalized({act(432, "a0=3 a1=0 a2=0 a3=0", "4")}).result.has_event);  // fsmount: nothing is anywhere yet
  }
  TEST_CASE("MountRemoveNix: both calls") {
    const Normalized n({act(166, "a0=55d0 a1=2 a2=0 a3=0"), kCwd, path_line(0, "\"/mnt/x\"")});
    CHECK(n.type() == EventType::mount_remove);
    CHECK(n.text(F::mnt_dst) == "/mnt/x");
    CHECK(n.text(F::mnt_flags) == "detach");
    CHECK_FALSE(Normalized({act_i386(22, "a0=55d0 a1=2 a2=0 a3=0"), kCwd, path_line(0, "\"/mnt/x\"")}).has(F::mnt_flags));
    CHECK(Normalized({act_i386(52, "a0=55d0 a1=1 a2=0 a3=0"), kCwd, path_line(0, "\"/mnt/x\"")}).text(F::mnt_flags) == "force");
  }
  TEST_CASE("NamespaceUnshareNix, NamespaceSetNix, NamespaceCloneNix, UserNamespaceCreateNix") {
    const Normalized u({act(272, "a0=6c020000 a1=0 a2=0 a3=0")});
    CHECK(u.type() == EventType::namespace_unshare);
    CHECK(u.text(F::ns_flags) == "mnt|pid|net|ipc|uts");
    CHECK(Normalized({act(272, "a0=80 a1=0 a2=0 a3=0")}).text(F::ns_flags) == "time");
    CHECK_FALSE(Normalized({act(272, "a0=200 a1=0 a2=0 a3=0")}).result.has_event);  // CLONE_FS
    const Normalized s({act(308, "a0=5 a1=40000000 a2=0 a3=0")});
    CHECK(s.type() == EventType::namespace_set);
    CHECK(s.text(F::ns_flags) == "net");
    CHECK(s.result.file.file_fd == 5);
    const Normalized c({act(56, "a0=28000011 a1=0 a2=0 a3=0", "812")});
    CHECK(c.type() == EventType::namespace_clone);
    CHECK(c.text(F::ns_flags) == "pid|ipc");
    CHECK(c.number(F::tgt_proc_id) == 812);
    CHECK(c.result.is_fork);
    CHECK(Normalized({act_aarch64(220, "a0=20000011 a1=0 a2=0 a3=0", "812")}).text(F::ns_flags) == "pid");
    const Normalized plain({act(56, "a0=1200011 a1=0 a2=0 a3=0", "812")});
    CHECK_FALSE(plain.result.has_event);
    CHECK(plain.result.is_fork);
    Act user;
    user.number = 272;
    user.arguments = "a0=10020000 a1=0 a2=0 a3=0";
    CHECK(Normalized({user.line()}).type() == EventType::namespace_unshare);
    user.ids = "uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000";
    CHECK(Normalized({user.line()}).type() == EventType::user_namespace_create);
    CHECK(Normalized({user.line()}).text(F::ns_flags) == "user|mnt");
    user.number = 56;
    CHECK(Normalized({user.line()}).type() == EventType::user_namespace_create);
  }
  TEST_CASE("SwapChangeNix: what is swapped to") {
    const Normalized n({act(167, "a0=55d0 a1=8005 a2=0 a3=0"), kCwd, path_line(0, "\"swap\"")});
    CHECK(n.type() == EventType::swap_change);
    CHECK(n.text(F::file_path) == "/mnt/swap");
    CHECK(n.text(F::op_value) == "SWAP_FLAG_PREFER");
    CHECK(Normalized({act(168, "a0=55d0 a1=0 a2=0 a3=0", "-2")}).text(F::op_func_name) == "swapoff");
  }
}
