// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/act_lines.h"
#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

TEST_SUITE("normalize") {
  TEST_CASE("ProcessSignalSendNix: the signal, and the process that the record names") {
    const struct {
      std::string line;
      unsigned signal;
      const char* name;
    } rows[] = {
        {act(62, "a0=2328 a1=9 a2=0 a3=0"), 9, "SIGKILL"},          {act(200, "a0=2328 a1=f a2=9 a3=0"), 15, "SIGTERM"},
        {act(234, "a0=2328 a1=2328 a2=13 a3=0"), 19, "SIGSTOP"},    {act(424, "a0=5 a1=2 a2=0 a3=0"), 2, "SIGINT"},
        {act_i386(37, "a0=2328 a1=9 a2=0 a3=0"), 9, "SIGKILL"},     {act_aarch64(129, "a0=2328 a1=9 a2=0 a3=0"), 9, "SIGKILL"},
        {act_aarch64(131, "a0=2328 a1=1 a2=40 a3=0"), 64, ""},
    };
    for (const auto& row : rows) {
      CAPTURE(row.line);
      const Normalized n({row.line, obj_pid(9000)});
      REQUIRE(n.result.has_event);
      CHECK(n.type() == EventType::process_signal_send);
      CHECK(n.number(F::op_signal) == row.signal);
      CHECK(n.text(F::op_name) == row.name);
      CHECK(n.number(F::tgt_proc_id) == 9000);
      CHECK(n.text(F::tgt_comm) == "victim");
      CHECK(n.number(F::tgt_usr_id) == 33);
      CHECK(n.number(F::tgt_usr_audit_id) == 1000);
      CHECK(n.text(F::proc_comm) == "actor");
      CHECK_FALSE(n.has(F::op_value));
    }
  }
  TEST_CASE("ProcessSignalSendNix: several, none, itself, nobody") {
    const Normalized group({act(62, "a0=fffffffffffffc18 a1=f a2=0 a3=0"), obj_pid(701), obj_pid(9001, "oauid=-1 ouid=0 oses=-1 ocomm=612062"), obj_pid(9002)});
    CHECK(group.number(F::tgt_proc_id) == 9001);
    CHECK(group.text(F::op_value) == "9001|9002");
    CHECK(group.text(F::tgt_comm) == "a b");
    CHECK_FALSE(group.has(F::tgt_usr_audit_id));
    const Normalized old_kernel({act(62, "a0=2328 a1=9 a2=0 a3=0")});
    CHECK(old_kernel.number(F::tgt_proc_id) == 0x2328);
    const Normalized every({act(62, "a0=ffffffffffffffff a1=9 a2=0 a3=0")});
    CHECK(every.result.has_event);
    CHECK_FALSE(every.has(F::tgt_proc_id));
    CHECK(every.text(F::op_value) == "-1");
    CHECK_FALSE(Normalized({act(62, "a0=2328 a1=0 a2=0 a3=0")}).result.has_event);
    CHECK_FALSE(Normalized({act(62, "a0=2328 a1=9 a2=0 a3=0", "-3")}).result.has_event);
    CHECK_FALSE(Normalized({act(62, "a0=2bd a1=9 a2=0 a3=0"), obj_pid(701)}).result.has_event);
    CHECK_FALSE(Normalized({act(234, "a0=2bd a1=2bd a2=6 a3=0")}).result.has_event);
    const Normalized damaged({act(62, "a0=2328 a1=9"), "OBJ_PID opid=x ocomm=\"y\"", "OBJ_PID", obj_pid(0)});
    CHECK(damaged.number(F::tgt_proc_id) == 0x2328);  // a cut record takes nothing away
  }
  TEST_CASE("SensorSignalNix: by our key, by the name where a rule of the site took the call, never to itself") {
    const auto with_key = [](std::string line, const std::string& key) { return line.replace(line.find("\"aurochs-acts\""), 14, key); };
    const Normalized killed({with_key(act(62, "a0=2328 a1=9 a2=0 a3=0"), "\"aurochs-self\""), obj_pid(9000, "oauid=-1 ouid=0 oses=-1 ocomm=\"aurochsd\"")});
    CHECK(killed.type() == EventType::sensor_signal);
    CHECK(killed.text(F::op_name) == "SIGKILL");
    CHECK(killed.number(F::proc_id) == 701);
    CHECK(killed.number(F::tgt_proc_id) == 9000);
    const Normalized taken({with_key(act(62, "a0=2328 a1=f a2=0 a3=0"), "\"site\""), obj_pid(9000, "oauid=-1 ouid=0 oses=-1 ocomm=\"aurochsd\"")});
    CHECK(taken.type() == EventType::sensor_signal);
    // Two keys: 73697465 01 6175726F6368732D73656C66
    CHECK(Normalized({with_key(act(62, "a0=2328 a1=f a2=0 a3=0"), "73697465016175726F6368732D73656C66")}).type() == EventType::sensor_signal);
    CHECK(Normalized({with_key(act(101, "a0=10 a1=2328 a2=0 a3=0"), "\"aurochs-self\"")}).text(F::op_name) == "PTRACE_ATTACH");
    CHECK(Normalized({with_key(act(101, "a0=4206 a1=2328 a2=0 a3=0"), "\"aurochs-self\"")}).type() == EventType::sensor_signal);
    const Normalized written({with_key(act(311, "a0=2328 a1=7ffe a2=1 a3=7ffe", "8"), "\"aurochs-self\"")});
    CHECK(written.type() == EventType::sensor_signal);
    CHECK(written.number(F::tgt_proc_id) == 0x2328);
    CHECK_FALSE(Normalized({with_key(act(62, "a0=2bd a1=f a2=0 a3=0"), "\"aurochs-self\""), obj_pid(701, "oauid=-1 ouid=0 oses=-1 ocomm=\"aurochsd\"")}).result.has_event);
    CHECK_FALSE(Normalized({with_key(act(62, "a0=2328 a1=0 a2=0 a3=0"), "\"aurochs-self\"")}).result.has_event);
  }
  TEST_CASE("ProcessSignalSendNix: a line of pids has its bound") {
    Lines lines{act(62, "a0=0 a1=f a2=0 a3=0")};
    for (int pid = 100000; pid < 100200; ++pid) lines.push_back(obj_pid(pid));
    const Normalized n(lines);
    CHECK(n.number(F::tgt_proc_id) == 100000);
    CHECK(n.text(F::op_value).size() <= 256);
    CHECK(n.text(F::op_value).substr(0, 14) == "100000|100001|");
  }
  TEST_CASE("ProcessChrootNix and ProcessPivotRootNix: the new root, absolute") {
    const Normalized c({act(161, "a0=1 a1=0 a2=0 a3=0"), "CWD cwd=\"/srv\"", path_line(0, "\"../jail\"")});
    CHECK(c.type() == EventType::process_chroot);
    CHECK(c.text(F::file_path) == "/jail");
    CHECK(c.text(F::file_name) == "jail");
    const Normalized p({act(155, "a0=1 a1=2 a2=0 a3=0"), "CWD cwd=\"/new\"", path_line(0, "\".\""), path_line(1, "\"old\"")});
    CHECK(p.type() == EventType::process_pivot_root);
    CHECK(p.text(F::file_path) == "/new");
    CHECK(p.text(F::op_value) == "/new/old");
    const Normalized nothing({act(161, "a0=1 a1=0 a2=0 a3=0", "-14")});
    CHECK(nothing.type() == EventType::process_chroot);
    CHECK_FALSE(nothing.has(F::file_path));
  }
  TEST_CASE("ProcessPriorityChangeNix: priorities are signed, policies have names") {
    const Normalized p({act(141, "a0=0 a1=2328 a2=ffffffec a3=0")});
    CHECK(p.type() == EventType::process_priority_change);
    CHECK(p.text(F::op_value) == "-20");
    CHECK(p.text(F::op_name) == "PRIO_PROCESS");
    CHECK(p.number(F::tgt_proc_id) == 0x2328);
    CHECK_FALSE(Normalized({act(141, "a0=1 a1=2328 a2=5 a3=0")}).has(F::tgt_proc_id));
    CHECK(Normalized({act(144, "a0=0 a1=40000001 a2=0 a3=0")}).text(F::op_value) == "SCHED_FIFO");
    CHECK(Normalized({act(144, "a0=0 a1=63 a2=0 a3=0")}).text(F::op_value) == "0x63");
  }
  TEST_CASE("ProcessLimitChangeNix: which limit; a question is none") {
    const Normalized n({act(302, "a0=2328 a1=7 a2=7ffd0 a3=0")});
    CHECK(n.type() == EventType::process_limit_change);
    CHECK(n.text(F::op_value) == "RLIMIT_NOFILE");
    CHECK(n.number(F::tgt_proc_id) == 0x2328);
    CHECK_FALSE(Normalized({act(302, "a0=0 a1=7 a2=0 a3=7ffd0")}).result.has_event);
    CHECK(Normalized({act(160, "a0=4 a1=7ffd0 a2=0 a3=0")}).text(F::op_value) == "RLIMIT_CORE");
  }
  TEST_CASE("ProcessPersonalityNix: only where randomization goes, not where it is asked for") {
    CHECK(Normalized({act(135, "a0=440000 a1=0 a2=0 a3=0")}).text(F::op_value) == "ADDR_NO_RANDOMIZE|READ_IMPLIES_EXEC");
    CHECK(Normalized({act(135, "a0=40000 a1=0 a2=0 a3=0")}).type() == EventType::process_personality);
    CHECK_FALSE(Normalized({act(135, "a0=ffffffff a1=0 a2=0 a3=0")}).result.has_event);
    CHECK_FALSE(Normalized({act(135, "a0=8 a1=0 a2=0 a3=0")}).result.has_event);
  }
  TEST_CASE("ProcessDumpableNix: prctl") {
    const Normalized n({act(157, "a0=59616d61 a1=2328 a2=0 a3=0")});
    CHECK(n.type() == EventType::process_dumpable);
    CHECK(n.text(F::op_name) == "PR_SET_PTRACER");
    CHECK(n.number(F::tgt_proc_id) == 0x2328);
    const Normalized any({act(157, "a0=59616d61 a1=ffffffffffffffff a2=0 a3=0")});
    CHECK(any.text(F::op_value) == "-1");
    CHECK_FALSE(any.has(F::tgt_proc_id));
    CHECK(Normalized({act(157, "a0=4 a1=1 a2=0 a3=0")}).text(F::op_value) == "1");
    CHECK_FALSE(Normalized({act(157, "a0=f a1=1 a2=0 a3=0")}).result.has_event);  // PR_SET_NAME
  }
}
