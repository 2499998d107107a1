// SPDX-License-Identifier: Apache-2.0
#include "state/id_changes.h"

#include <doctest/doctest.h>

#include <string>

#include "base/limits.h"
#include "state/lineage.h"
#include "support/fake_proc.h"

using namespace aurochs;
using namespace aurochs::state;
using audit::ProcessWhat;

namespace {

constexpr int64_t kNow = 1700000000000;
constexpr Handle kOne{1, 1};

struct Host {
  FakeProc proc;
  Lineage lineage;

  Host() : lineage(identity(), proc) {}
  static Identity identity() {
    Identity i;
    i.boot_id = "boot-1";
    i.boot_time_ms = kNow - 1000000;
    return i;
  }
  void note(ProcessWhat what, int pid, int parent = 0, uint32_t a = 0, uint32_t b = 0, int64_t at = kNow) {
    audit::ProcessFrame f;
    f.what = static_cast<uint32_t>(what);
    f.pid = pid;
    f.parent = parent;
    f.a = a;
    f.b = b;
    ExitView ended;
    lineage.note(f, at, ended);
  }
  ExecView exec(int pid, uint32_t uid, uint32_t euid, const char* exe = "/bin/task", int64_t at = kNow) {
    ExecFacts f;
    f.pid = pid;
    f.parent_pid = 1;
    f.event_ms = at;
    f.comm = "task";
    f.path = f.exe = exe;
    f.uid_real = f.gid_real = f.gid_effective = uid;
    f.uid_effective = euid;
    return lineage.exec(f);
  }
  IdNews set(int pid, Ids now, int64_t at = kNow) { return lineage.set_ids(pid, IdKind::user, now, at, before); }
  bool alarm(int pid, Ids now, const char* exe = "/bin/task") { return lineage.is_unexplained(pid, now, exe, before); }
  Ids before;
};

}  // namespace

TEST_SUITE("state") {
  TEST_CASE("a change is taken by what it led to, the oldest first, and once") {
    IdChanges c;
    Ids before;
    c.put(kOne, IdKind::user, {0, 0}, {5, 5}, kNow);
    c.put(kOne, IdKind::user, {5, 5}, {0, 0}, kNow + 1);
    c.put(kOne, IdKind::user, {7, 7}, {5, 5}, kNow + 2);
    CHECK_FALSE(c.take({1, 2}, IdKind::user, {5, 5}, kNow, before));
    CHECK_FALSE(c.take(kOne, IdKind::group, {5, 5}, kNow, before));
    CHECK(c.take(kOne, IdKind::user, {5, 5}, kNow, before));
    CHECK(before.real == 0);
    CHECK(c.take(kOne, IdKind::user, {5, 5}, kNow, before));
    CHECK(before.real == 7);
    CHECK_FALSE(c.take(kOne, IdKind::user, {5, 5}, kNow, before));
    CHECK_FALSE(c.take(kOne, IdKind::user, {0, 0}, kNow + 5000, before));  // of long before the call
    CHECK(c.take(kOne, IdKind::user, {0, 0}, kNow + 900, before));
  }
  TEST_CASE("changes are bounded: the newest stay") {
    IdChanges c;
    Ids before;
    for (uint32_t i = 0; i < limits::kIdChanges + 10; ++i) c.put(kOne, IdKind::user, {i, i}, {i + 1, i + 1}, kNow);
    CHECK_FALSE(c.take(kOne, IdKind::user, {10, 10}, kNow, before));
    CHECK(c.take(kOne, IdKind::user, {11, 11}, kNow, before));
  }
  TEST_CASE("ids before a call: the connector may be ahead of the record, behind it, or not there") {
    Host h;
    h.exec(50, 0, 0);
    SUBCASE("ahead by two changes") {
      h.note(ProcessWhat::uid, 50, 0, 0, 1000);
      h.note(ProcessWhat::uid, 50, 0, 0, 0);
      CHECK(h.set(50, {0, 1000, 0}) == IdNews::changed);
      CHECK(h.before.effective == 0);
      CHECK(h.before.saved == 0);
      CHECK(h.set(50, {0, 0, 0}) == IdNews::changed);
      CHECK(h.before.effective == 1000);
    }
    SUBCASE("behind") {
      CHECK(h.set(50, {1000, 1000, 1000}) == IdNews::changed);
      CHECK(h.before.real == 0);
      h.note(ProcessWhat::uid, 50, 0, 1000, 1000);
      CHECK(h.set(50, {1000, 1000, 1000}) == IdNews::same);
    }
    SUBCASE("not there") {
      CHECK(h.set(50, {0, 0, 0}) == IdNews::same);
      CHECK(h.set(50, {0, 0, 5}) == IdNews::changed);  // the saved id alone
      CHECK(h.before.saved == 0);
      CHECK(h.set(50, {5, 5, 5}) == IdNews::changed);
      CHECK(h.set(50, {5, 5, 5}) == IdNews::same);
    }
    SUBCASE("of a child that forked") {
      h.note(ProcessWhat::fork, 51, 50);
      CHECK(h.set(51, {9, 9, 9}) == IdNews::changed);
      CHECK(h.before.real == 0);
      CHECK(h.lineage.table().find(50)->uid_real == 0);
    }
    SUBCASE("of nobody known") { CHECK(h.set(99, {9, 9, 9}) == IdNews::unknown_before); }
    SUBCASE("every thread of a process makes the call: told once") {
      h.note(ProcessWhat::uid, 50, 0, 7, 7);
      h.note(ProcessWhat::uid, 50, 0, 7, 7);
      CHECK(h.set(50, {7, 7, 7}) == IdNews::changed);
      CHECK(h.set(50, {7, 7, 7}) == IdNews::same);
    }
  }
  TEST_CASE("an exec of a setuid file, told by the connector first, still shows who called it") {
    Host h;
    h.exec(50, 1000, 1000);
    h.note(ProcessWhat::exec, 50);
    h.note(ProcessWhat::uid, 50, 0, 1000, 0);
    CHECK(h.exec(50, 1000, 0).uid_effective_before == 1000);
  }
  TEST_CASE("capabilities go with root's ids") {
    Host h;
    Process& p = *h.exec(50, 0, 0).process;
    p.has_caps = true;
    CHECK(h.set(50, {0, 0, 9}) == IdNews::changed);
    CHECK(p.has_caps);
    CHECK(h.set(50, {9, 9, 9}) == IdNews::changed);
    CHECK_FALSE(p.has_caps);
  }
  TEST_CASE("root's ids that nothing explains, and all that explains them") {
    Host h;
    const Ids root{0, 0, 0};
    h.exec(50, 1000, 1000);
    CHECK_FALSE(h.alarm(50, {1000, 1000, 1000}));
    SUBCASE("unexplained, told once") {
      CHECK(h.alarm(50, root));
      CHECK(h.before.effective == 1000);
      CHECK_FALSE(h.alarm(50, root));
    }
    SUBCASE("a child of it too") {
      h.note(ProcessWhat::fork, 51, 50);
      CHECK(h.alarm(51, root));
      CHECK(h.alarm(50, root));
    }
    SUBCASE("an exec whose event is to come") {
      h.note(ProcessWhat::exec, 50);
      CHECK_FALSE(h.alarm(50, root));
    }
    SUBCASE("a word of the connector") {
      h.note(ProcessWhat::uid, 50, 0, 1000, 0);
      h.note(ProcessWhat::uid, 50, 0, 1000, 1000);
      CHECK_FALSE(h.alarm(50, root));
    }
    SUBCASE("a call") {
      h.set(50, {1000, 1000, 0});
      h.set(50, {1000, 1000, 1000});
      CHECK_FALSE(h.alarm(50, root));
    }
    SUBCASE("a setuid exec, and the exec behind it") {
      CHECK(h.exec(50, 1000, 0, "/usr/bin/sudo").was_rootless);
      CHECK_FALSE(h.alarm(50, root, "/usr/bin/sudo"));
      CHECK_FALSE(h.exec(50, 1000, 1000).was_rootless);
      CHECK(h.alarm(50, root));
    }
    SUBCASE("another image: the PID is another's") { CHECK_FALSE(h.alarm(50, root, "/usr/sbin/daemon")); }
    SUBCASE("a process that was only looked at") {
      FakeTask& t = h.proc.task(70, 1, 5);
      t.uid = t.euid = 1000;
      REQUIRE(h.lineage.find_or_look(70));
      CHECK_FALSE(h.alarm(70, root));
    }
    SUBCASE("nobody known") { CHECK_FALSE(h.alarm(98, root)); }
  }
}
