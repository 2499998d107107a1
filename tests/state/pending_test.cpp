// SPDX-License-Identifier: Apache-2.0
#include "state/pending.h"

#include <doctest/doctest.h>

#include <string>

#include "support/fake_proc.h"

using aurochs::state::PendingSnapshots;

namespace {
std::string look(const char* comm, unsigned long long ticks = 1) {
  FakeTask t;
  t.pid = 7;
  t.comm = comm;
  t.ticks = ticks;
  return t.sections();
}
}  // namespace

TEST_SUITE("state") {
  TEST_CASE("looks of a PID are taken first in, first out, each once") {
    PendingSnapshots p(aurochs::limits::kPendingSnapshots);
    p.put(7, look("sh", 1), 0);
    p.put(8, look("other", 9), 0);
    p.put(7, look("sh", 2), 0);
    for (const unsigned long long ticks : {1ull, 2ull}) {
      const std::string* s = p.take(7, "sh");
      REQUIRE(s);
      CHECK(*s == look("sh", ticks));
    }
    CHECK_FALSE(p.take(7, "sh"));
    CHECK(p.take(8, ""));
    CHECK_FALSE(p.take(9, ""));
  }
  TEST_CASE("a look serves the exec whose task name it shows; what is skipped over is dropped") {
    PendingSnapshots p(aurochs::limits::kPendingSnapshots);
    p.put(7, look("env"), 0);
    p.put(7, look("python3"), 0);
    const std::string* s = p.take(7, "python3");
    REQUIRE(s);
    CHECK(*s == look("python3"));
    CHECK_FALSE(p.take(7, "env"));
    p.put(7, look("ls"), 0);
    CHECK_FALSE(p.take(7, "cat"));
    CHECK_FALSE(p.take(7, ""));
  }
  TEST_CASE("PIDs of one bucket do not disturb one another") {
    PendingSnapshots p(aurochs::limits::kPendingSnapshots);
    for (int pid = 5; pid < 5 + 1024 * 4; pid += 1024) p.put(pid, look("x", static_cast<unsigned>(pid)), 0);
    for (const int pid : {5 + 2048, 5, 5 + 3072, 5 + 1024}) {
      const std::string* s = p.take(pid, "x");
      REQUIRE(s);
      CHECK(*s == look("x", static_cast<unsigned>(pid)));
    }
  }
  TEST_CASE("at the bound the oldest is overwritten") {
    PendingSnapshots p(aurochs::limits::kPendingSnapshots);
    const int n = static_cast<int>(aurochs::limits::kPendingSnapshots);
    for (int pid = 1; pid <= n + 3; ++pid) p.put(pid, look("x"), 0);
    for (int pid = 1; pid <= 3; ++pid) CHECK_FALSE(p.take(pid, ""));
    for (int pid = 4; pid <= n + 3; ++pid) CHECK(p.take(pid, ""));
  }
}
