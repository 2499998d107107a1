// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/act_lines.h"
#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

TEST_SUITE("normalize") {
  TEST_CASE("ProcessPrivChangeNix: ids after the call, and by which") {
    const struct {
      int x86_64, i386, i386_16, aarch64;
      const char* how;
      EventType type;
    } rows[] = {
        {105, 213, 23, 146, "setuid", EventType::process_uidchange},      {113, 203, 70, 145, "setreuid", EventType::process_uidchange},
        {117, 208, 164, 147, "setresuid", EventType::process_uidchange},  {106, 214, 46, 144, "setgid", EventType::process_gidchange},
        {114, 204, 71, 143, "setregid", EventType::process_gidchange},    {119, 210, 170, 149, "setresgid", EventType::process_gidchange},
        {116, 206, 81, 159, "setgroups", EventType::process_groups_change},
    };
    for (const auto& row : rows) {
      CAPTURE(row.how);
      const std::string a = "a0=3 a1=3e8 a2=3e8 a3=0";
      for (const std::string& line : {act(row.x86_64, a), act_i386(row.i386, a), act_i386(row.i386_16, a), act_aarch64(row.aarch64, a)}) {
        const Normalized n({line});
        REQUIRE(n.result.has_event);
        CHECK(n.type() == row.type);
        CHECK(n.text(F::proc_priv_how) == row.how);
        CHECK(n.has(F::proc_usr_r_id));
      }
      CHECK_FALSE(Normalized({act(row.x86_64, a, "-1")}).result.has_event);
    }
    CHECK(Normalized({act(116, "a0=3 a1=7ffd0 a2=0 a3=0")}).text(F::op_value) == "3");
  }
  TEST_CASE("ProcessPrivChangeNix: setfsuid returns the id before; the same is no change") {
    Act a;
    a.number = 122;
    a.ids = "uid=0 gid=0 euid=0 suid=0 fsuid=1000 egid=0 sgid=0 fsgid=0";
    const Normalized n({a.line()});
    REQUIRE(n.result.has_event);
    CHECK(n.type() == EventType::process_uidchange);
    CHECK(n.number(F::proc_usr_fs_id) == 1000);
    CHECK(n.text(F::op_value) == "1000");
    CHECK(n.text(F::op_value_old) == "0");
    a.exit = "1000";
    CHECK_FALSE(Normalized({a.line()}).result.has_event);
    a.number = 123;  // setfsgid
    a.exit = "5";
    const Normalized g({a.line()});
    CHECK(g.type() == EventType::process_gidchange);
    CHECK(g.text(F::op_value) == "0");
    CHECK(g.text(F::op_value_old) == "5");
    a.ids = "uid=0";
    CHECK_FALSE(Normalized({a.line()}).result.has_event);
  }
  TEST_CASE("ProcessPrivChangeNix: capset by its record") {
    const std::string line = act(126, "a0=1 a1=2 a2=0 a3=0");
    const Normalized n({line, "CAPSET pid=701 cap_pi=0000000000000000 cap_pp=0000000000003000 cap_pe=0000000000001000 cap_pa=0000000000000000"});
    REQUIRE(n.result.has_event);
    CHECK(n.type() == EventType::process_cap_set);
    CHECK(n.number(F::proc_cap_pp) == 0x3000);
    CHECK(n.number(F::proc_cap_pe) == 0x1000);
    CHECK(Normalized({line, "CAPSET pid=701 cap_pi=0 cap_pp=1 cap_pe=0"}).has(F::proc_cap_pe));  // kernel < 4.3: no cap_pa
    CHECK_FALSE(Normalized({line}).result.has_event);
    CHECK_FALSE(Normalized({line, "CAPSET pid=701 cap_pp=zz cap_pe=1"}).result.has_event);
    CHECK_FALSE(Normalized({act(126, "a0=1 a1=2", "-1"), "CAPSET pid=701 cap_pp=1 cap_pe=1"}).result.has_event);
  }
  TEST_CASE("ProcessPrivChangeNix: prctl") {
    const struct {
      const char* arguments;
      EventType type;
      const char *name, *value;
    } rows[] = {
        {"a0=18 a1=15 a2=0 a3=0", EventType::process_cap_drop, "PR_CAPBSET_DROP", "CAP_SYS_ADMIN"},
        {"a0=18 a1=63 a2=0 a3=0", EventType::process_cap_drop, "PR_CAPBSET_DROP", "99"},
        {"a0=2f a1=2 a2=d a3=0", EventType::process_cap_drop, "PR_CAP_AMBIENT_RAISE", "CAP_NET_RAW"},
        {"a0=2f a1=4 a2=0 a3=0", EventType::process_cap_drop, "PR_CAP_AMBIENT_CLEAR_ALL", ""},
        {"a0=1c a1=2f a2=0 a3=0", EventType::process_securebits, "PR_SET_SECUREBITS", "NOROOT|NOROOT_LOCKED|NO_SETUID_FIXUP|NO_SETUID_FIXUP_LOCKED|KEEP_CAPS_LOCKED"},
        {"a0=8 a1=1 a2=0 a3=0", EventType::process_securebits, "PR_SET_KEEPCAPS", "1"},
        {"a0=26 a1=1 a2=0 a3=0", EventType::process_no_new_privs, "PR_SET_NO_NEW_PRIVS", "1"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.arguments);
      const Normalized n({act(157, row.arguments)});
      REQUIRE(n.result.has_event);
      CHECK(n.type() == row.type);
      CHECK(n.text(F::op_name) == row.name);
      CHECK(n.text(F::op_value) == row.value);
    }
    CHECK_FALSE(Normalized({act(157, "a0=2f a1=1 a2=d a3=0")}).result.has_event);  // asks whether it is set
  }
}
