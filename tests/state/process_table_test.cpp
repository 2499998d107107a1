// SPDX-License-Identifier: Apache-2.0
#include "state/process_table.h"

#include <doctest/doctest.h>

#include <string>

#include "base/limits.h"
#include "base/text.h"

using namespace aurochs;
using namespace aurochs::state;

namespace {

Identity identity() {
  Identity i;
  REQUIRE(base::parse_uuid("6f1d3a52-77aa-4d0e-9c5b-2a5f8e0c4b11", i.dev_id));
  i.boot_id = "boot-1";
  i.boot_time_ms = 1700000000000;
  return i;
}

}  // namespace

TEST_SUITE("state") {
  TEST_CASE("a PID finds the process that has it now; the one before is known by its handle") {
    ProcessTable t(identity());
    Process& first = t.add(100, 1, nullptr, Origin::exec_event);
    const Handle h = first.self;
    CHECK(t.find(100) == &first);
    t.exit(first, 5);
    CHECK(t.find(100) == &first);
    Process& second = t.add(100, 1, nullptr, Origin::exec_event);
    CHECK(t.find(100) == &second);
    CHECK(t.get(h) == &first);
    CHECK(t.get(h)->exited_ms == 5);
    CHECK_FALSE(t.find(101));
    CHECK_FALSE(t.get({}));
    CHECK(t.size() == 2);
  }
  TEST_CASE("who loses its PID to another is gone") {
    ProcessTable t(identity());
    const Handle h = t.add(100, 1, nullptr, Origin::exec_event).self;
    (void)t.add(100, 1, nullptr, Origin::fork_event);
    REQUIRE(t.get(h));
    CHECK(t.get(h)->exited_ms != 0);
  }
  TEST_CASE("a guid depends on host, boot, PID and start, and on nothing else") {
    auto guid_of = [](const Identity& id, int32_t pid, uint64_t ticks, int64_t event_ms) {
      ProcessTable t(id);
      Process& p = t.add(pid, 1, nullptr, Origin::exec_event);
      (void)t.learn_start(p, ticks);
      return t.guid(p, event_ms, static_cast<uint32_t>(event_ms));
    };
    const base::Uuid g = guid_of(identity(), 100, 5000, 1);
    CHECK(g == guid_of(identity(), 100, 5000, 999));
    CHECK(g != guid_of(identity(), 101, 5000, 1));
    CHECK(g != guid_of(identity(), 100, 5001, 1));
    Identity boot = identity(), host = identity();
    boot.boot_id = "boot-2";
    host.dev_id.bytes[0] ^= 1;
    CHECK(g != guid_of(boot, 100, 5000, 1));
    CHECK(g != guid_of(host, 100, 5000, 1));
    CHECK((g.bytes[6] >> 4) == 5);
    // Made by another implementation: uuid5(dev_id, "boot-1:100:5000").
    CHECK(base::to_string(g) == "84ff242f-dcfa-57aa-9673-f6d0f8bdb30e");
  }
  TEST_CASE("a process whose start nobody read is named by its first event, and keeps that name") {
    ProcessTable t(identity());
    Process& p = t.add(100, 1, nullptr, Origin::exec_event);
    const base::Uuid g = t.guid(p, 1700000005000, 7);
    CHECK(p.start_from_event);
    CHECK(p.start_ms == 1700000005000);
    CHECK_FALSE(t.learn_start(p, 5000));
    CHECK(t.guid(p, 1700000009000, 8) == g);
    CHECK(p.start_ms == 1700000005000);
    Process& q = t.add(101, 1, nullptr, Origin::exec_event);
    CHECK(t.guid(q, 1700000005000, 7) != g);
  }
  TEST_CASE("start ticks: learned once, and a contradiction is told") {
    ProcessTable t(identity());
    Process& p = t.add(100, 1, nullptr, Origin::exec_event);
    CHECK_FALSE(t.learn_start(p, 5000));
    CHECK(p.start_ms == 1700000050000);
    CHECK_FALSE(t.learn_start(p, 5000));
    CHECK(t.learn_start(p, 5001));
    CHECK(p.start_ticks == 5000);
  }
  TEST_CASE("a fork has everything of its parent but identity") {
    ProcessTable t(identity());
    Process& parent = t.add(100, 1, nullptr, Origin::exec_event);
    parent.uid_real = 1000;
    parent.uid_effective = 0;
    parent.session = 90;
    parent.has_caps = true;
    parent.cap_effective = 3;
    parent.chrooted = 1;
    (void)t.learn_start(parent, 5);
    const base::Uuid parent_guid = t.guid(parent, 1, 1);
    t.set_text(parent, "/bin/sh", "sh -c x", "/tmp", "/a|/b");
    Process& child = t.fork(&parent, 100, 101);
    CHECK(child.path() == "/bin/sh");
    CHECK(child.command_line() == "sh -c x");
    CHECK(child.cwd() == "/tmp");
    CHECK(child.cgroups() == "/a|/b");
    CHECK(child.uid_real == 1000);
    CHECK(child.uid_effective == 0);
    CHECK(child.session == 90);
    CHECK(child.cap_effective == 3);
    CHECK(child.chrooted == 1);
    CHECK(child.parent_pid == 100);
    CHECK(t.get(child.parent) == &parent);
    CHECK(child.start_ticks == 0);
    CHECK(t.guid(child, 2, 2) != parent_guid);
    t.set_text(parent, "/bin/other", "", "", "");
    CHECK(child.path() == "/bin/sh");
    Process& orphan = t.fork(nullptr, 55, 102);
    CHECK(orphan.parent_pid == 55);
    CHECK(orphan.path().empty());
  }
  TEST_CASE("texts may be replaced by views of themselves, and are cut on a character") {
    ProcessTable t(identity());
    Process& p = t.add(100, 1, nullptr, Origin::exec_event);
    t.set_text(p, "/path/of/image", "the line", "/cwd", "/group");
    t.set_text(p, p.cwd(), p.path(), p.cgroups(), p.command_line());
    CHECK(p.path() == "/cwd");
    CHECK(p.command_line() == "/path/of/image");
    CHECK(p.cwd() == "/group");
    CHECK(p.cgroups() == "the line");
    std::string cyrillic = "x";
    for (int i = 0; i < 3000; ++i) cyrillic += "д";
    t.set_text(p, cyrillic, cyrillic, cyrillic, cyrillic);
    CHECK(p.command_line().size() == limits::kTableCommandLineBytes - 1);
    CHECK(base::valid_utf8_prefix(p.path()) == p.path().size());
    CHECK(p.path().size() == 1023);
    CHECK(p.cgroups().size() == 1023);
    t.set_text(p, "", "", "", "");
    CHECK(p.path().empty());
    CHECK(p.cgroups().empty());
  }
  TEST_CASE("at the bound of entries the longest gone goes first; only a live one that goes is a loss") {
    ProcessTable t(identity(), 4);
    Handle h[4];
    for (int i = 0; i < 4; ++i) h[i] = t.add(100 + i, 1, nullptr, Origin::exec_event).self;
    t.exit(*t.get(h[2]), 10);
    t.exit(*t.get(h[1]), 20);
    (void)t.add(200, 1, nullptr, Origin::exec_event);
    CHECK_FALSE(t.get(h[2]));
    CHECK(t.get(h[1]));
    CHECK(t.forgotten() == 0);
    (void)t.add(201, 1, nullptr, Origin::exec_event);
    CHECK_FALSE(t.get(h[1]));
    CHECK(t.forgotten() == 0);
    (void)t.add(202, 1, nullptr, Origin::exec_event);
    CHECK_FALSE(t.get(h[0]));
    CHECK_FALSE(t.find(100));
    CHECK(t.find(103));
    CHECK(t.forgotten() == 1);
    CHECK(t.size() == 4);
  }
  TEST_CASE("a handle goes stale with its entry, although the place is used again") {
    ProcessTable t(identity(), 1);
    const Handle first = t.add(100, 1, nullptr, Origin::exec_event).self;
    Process& second = t.add(200, 100, t.get(first), Origin::exec_event);
    CHECK_FALSE(t.get(first));
    CHECK_FALSE(t.get(second.parent));
    CHECK(second.self.index == first.index);
    CHECK(t.get(second.self) == &second);
  }
  TEST_CASE("at the bound of bytes the texts of the longest gone make room, then texts stay empty") {
    ProcessTable t(identity(), 1000, 64u << 10);
    const std::string line(1000, 'x');
    Handle h[200];
    for (int i = 0; i < 60; ++i) {
      Process& p = t.add(100 + i, 1, nullptr, Origin::exec_event);
      h[i] = p.self;
      t.set_text(p, "/x", line, "", "");
      t.exit(p, 10 + i);
    }
    for (int i = 60; i < 70; ++i) {
      Process& p = t.add(100 + i, 1, nullptr, Origin::exec_event);
      h[i] = p.self;
      t.set_text(p, "/x", line, "", "");
      CHECK(p.command_line() == line);
    }
    CHECK_FALSE(t.get(h[0]));
    CHECK(t.get(h[59]));
    CHECK(t.get(h[59])->command_line() == line);
    for (int i = 70; i < 200; ++i) {
      Process& p = t.add(100 + i, 1, nullptr, Origin::exec_event);
      t.set_text(p, "/x", line, "", "");
      CHECK((p.command_line() == line || p.command_line().empty()));
    }
    CHECK(t.find(100 + 60)->command_line() == line);
    CHECK(t.find(100 + 199)->command_line().empty());
    CHECK(t.forgotten() == 0);
  }
  TEST_CASE("those that are gone have a bound of their own, which costs no live one") {
    ProcessTable t(identity());
    const Handle alive = t.add(1, 0, nullptr, Origin::exec_event).self;
    const auto n = static_cast<int>(limits::kGoneProcesses);
    Handle first, second;
    for (int i = 0; i < n + 1; ++i) {
      Process& p = t.add(100 + i, 1, t.get(alive), Origin::exec_event);
      if (i == 0) first = p.self;
      if (i == 1) second = p.self;
      t.exit(p, 1000 + i);
    }
    CHECK_FALSE(t.get(first));
    CHECK(t.get(second));
    CHECK(t.get(alive));
    CHECK(t.size() == limits::kGoneProcesses + 1);
    CHECK(t.forgotten() == 0);
  }
  TEST_CASE("a million processes come and go in the same memory") {
    ProcessTable t(identity(), 100);
    for (int i = 0; i < 1000000; ++i) {
      Process& p = t.fork(t.find(1 + (i + 49) % 50), 1, 1 + i % 50);
      if (i % 3) t.exit(p, i + 1);
    }
    CHECK(t.size() == 100);
    for (int pid = 1; pid <= 50; ++pid) {
      REQUIRE(t.find(pid));
      CHECK(t.find(pid)->pid == pid);
    }
    CHECK(t.forgotten() == 0);
  }
}
