// SPDX-License-Identifier: Apache-2.0
#include "daemon/canary.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "capture/rule_parser.h"
#include "daemon/lost_counter.h"

using namespace aurochs;
using daemon::Canary;

namespace {

constexpr int64_t kEvery = 60000, kPatience = limits::kCanaryPatienceMs;

/// Seconds pass; `sees`: acts come back at once.
struct Run {
  Canary canary{kEvery};
  int64_t now = 1000;
  uint32_t seen = 0;
  int acts = 0, blind = 0, recovered = 0;
  void pass(int64_t seconds, bool sees, bool is_behind = false) {
    for (int64_t i = 0; i < seconds; ++i, now += 1000) {
      if (sees && acts) seen = canary.number();
      const Canary::Turn turn = canary.look(seen, is_behind, now);
      blind += turn == Canary::Turn::blind;
      recovered += turn == Canary::Turn::sees;
      acts += canary.is_due(now);
    }
  }
};

}  // namespace

TEST_SUITE("daemon") {
  TEST_CASE("acts that come back are one a minute, and nothing is told") {
    Run r;
    r.pass(600, true);
    CHECK(r.acts == 10);
    CHECK(r.blind == 0);
    CHECK(r.recovered == 0);
    CHECK(r.canary.has_seen());
  }
  TEST_CASE("missed twice in a row: blind, told once; come back: told once") {
    Run r;
    r.pass(30, true);
    r.pass(kEvery / 1000 + 2 * kPatience / 1000 + 3, false);
    CHECK(r.blind == 1);
    CHECK(r.canary.is_blind());
    r.pass(300, false);
    CHECK(r.blind == 1);
    r.pass(kPatience / 1000 + 3, true);
    CHECK(r.recovered == 1);
    CHECK_FALSE(r.canary.is_blind());
    r.pass(300, true);
    CHECK(r.recovered == 1);
    CHECK(r.blind == 1);
  }
  TEST_CASE("missed once is bad luck") {
    Run r;
    r.pass(kPatience / 1000 + 1, false);
    r.pass(100, true);
    CHECK(r.blind == 0);
    CHECK(r.recovered == 0);
  }
  TEST_CASE("while records wait, an act is late and not missed; a queue that does not move is") {
    Run r;
    r.pass(3 * kPatience / 1000, false, true);
    CHECK(r.blind == 0);
    CHECK(r.acts == 1);
    r.pass(150, false, true);
    CHECK(r.blind == 1);
  }
  TEST_CASE("an act of before does not count for a later one") {
    Run r;
    r.pass(kPatience / 1000 + 2, false);
    REQUIRE(r.canary.number() == 2);
    r.seen = 1;
    r.pass(kPatience / 1000 + 2, false);
    CHECK(r.blind == 1);
  }
  TEST_CASE("no canary, no act") {
    Canary none(0);
    CHECK_FALSE(none.is_due(1000000));
  }
  TEST_CASE("its rule is one that we take, and the act can be done") {
    const auto parsed = capture::parse_rules(daemon::canary_rule(0xFFFFFFF1), "canary", capture::this_machine());
    REQUIRE(parsed.errors.empty());
    REQUIRE(parsed.rules.size() == 1);
    CHECK(capture::is_ours(parsed.rules[0].data));
    CHECK(daemon::do_canary_act(1, 1));
  }
  TEST_CASE("why an act did not come back, by the kernel's state") {
    const auto mine = capture::parse_rules(daemon::canary_rule(5), "canary", capture::this_machine()).rules.at(0).data;
    capture::AuditStatus status;
    status.enabled = 1;
    auto why = [&](const std::vector<std::string>& rules, uint32_t pid = 0) { return daemon::why_blind(&status, rules, mine, pid); };
    CHECK(daemon::why_blind(nullptr, {mine}, mine, 0).find("asked") != std::string::npos);
    CHECK(why({}).find("rules are gone") != std::string::npos);
    CHECK(why({mine}).find("stream is dead") != std::string::npos);
    capture::RuleHead head;
    head.flags = capture::rule_list::kExit;
    const std::string never(reinterpret_cast<const char*>(&head), sizeof head);
    CHECK(why({never, mine}).find("come first: -a never,exit") != std::string::npos);
    head.flags = capture::rule_list::kExclude;
    const std::string exclude(reinterpret_cast<const char*>(&head), sizeof head);
    CHECK(why({mine, exclude}).find("drop records") != std::string::npos);
    status.backlog = 77;
    CHECK(why({mine}).find("77 records wait") != std::string::npos);
    status.pid = 9;
    CHECK(why({mine}, 8).find("process 9 holds") != std::string::npos);
    status.enabled = 0;
    CHECK(why({mine}).find("audit is off") != std::string::npos);
  }
  TEST_CASE("the kernel's count of lost records: steps, a reset, a wrap, a count that says nothing") {
    capture::AuditStatus s;
    s.pid = 1;
    daemon::LostCounter counter;
    auto note = [&](uint32_t lost) {
      s.lost = lost;
      return counter.note(s);
    };
    CHECK(note(500) == 0);  // of before
    CHECK(note(500) == 0);
    CHECK(note(507) == 7);
    CHECK(note(3) == 3);  // auditctl --reset-lost, then three more
    CHECK(note(0) == 0);  // and again
    CHECK(note(1) == 1);
    daemon::LostCounter wrapping;
    s.lost = UINT32_MAX - 1;
    CHECK(wrapping.note(s) == 0);
    s.lost = 2;
    CHECK(wrapping.note(s) == 4);
    s.pid = 0;
    CHECK(note(100) == 0);
    CHECK_FALSE(counter.is_meaningful());
    s.pid = 1;
    CHECK(note(101) == 1);
    CHECK(counter.is_meaningful());
  }
}
