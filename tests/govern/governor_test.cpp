// SPDX-License-Identifier: Apache-2.0
#include "govern/governor.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace aurochs;
using namespace aurochs::govern;
using event::EventType;
using F = event::FieldId;

namespace {

constexpr int64_t kNow = 1700000000000;

/// A governor of that policy, and one event at a time.
struct Gate {
  Governor governor;
  std::unique_ptr<event::Event> e = std::make_unique<event::Event>();

  explicit Gate(std::string_view policy) : governor(policy) { REQUIRE(parse_policy(policy)); }
  event::Event& make(EventType type, std::string_view program = "/bin/a", std::string_view object = "/tmp/x") {
    e->clear(type);
    e->set_copy(F::proc_file_path, program);
    e->set_copy(F::file_path, object);
    return *e;
  }
  bool admits(EventType type, int64_t at = kNow, std::string_view program = "/bin/a", std::string_view object = "/tmp/x") {
    return governor.admit(make(type, program, object), at);
  }
};

std::string reason(std::string_view policy) {
  auto parsed = parse_policy(policy);
  return parsed ? "none" : parsed.error().message;
}

}  // namespace

TEST_SUITE("govern") {
  TEST_CASE("without a policy everything goes out, and equal events too") {
    Gate g("");
    for (int i = 0; i < 5000; ++i) CHECK(g.admits(EventType::file_modify));
    CHECK_FALSE(g.governor.next(*g.e, kNow + 1000000));
  }
  TEST_CASE("on and off: the later line wins, all means all, the sensor's own events pass") {
    Gate g("off all\non FileModifyNix\n");
    CHECK(g.admits(EventType::file_modify));
    CHECK_FALSE(g.admits(EventType::file_create));
    CHECK(g.admits(EventType::sensor_heartbeat));
    CHECK(g.admits(EventType::sensor_drop));
    CHECK_FALSE(g.governor.wants(EventType::process_fork));
  }
  TEST_CASE("equal events of a window become one, with the right sum; others stay by themselves") {
    Gate g("fold FileModify 60");
    CHECK(g.admits(EventType::file_modify));
    for (int i = 1; i <= 6; ++i) CHECK_FALSE(g.admits(EventType::file_modify, kNow + i * 1000));
    CHECK(g.admits(EventType::file_modify, kNow, "/bin/b"));
    CHECK(g.admits(EventType::file_modify, kNow, "/bin/a", "/tmp/y"));
    CHECK(g.admits(EventType::file_create));
    CHECK_FALSE(g.governor.next(*g.e, kNow + 59999));
    REQUIRE(g.governor.next(*g.e, kNow + 60000));
    CHECK(g.e->type() == EventType::file_modify);
    CHECK(g.e->number(F::event_count) == 6);
    CHECK(g.e->text(F::file_path) == "/tmp/x");
    CHECK_FALSE(g.governor.next(*g.e, kNow + 60000));
    CHECK(g.admits(EventType::file_modify, kNow + 60001));  // a new window
  }
  TEST_CASE("AuditRuleRemovedNix: rules of ours that go together are one event more, those of a site are told by key") {
    Gate g(profile_policy(1));
    uint64_t passed = 0;
    const auto removed = [&](const char* key) {
      g.make(EventType::audit_rule_removed, "/sbin/auditctl").set_text(F::audit_key, key);
      g.e->remove(F::file_path);
      passed += g.governor.admit(*g.e, kNow);
    };
    for (int i = 0; i < 100; ++i) removed(i % 2 ? "aurochs-exec" : "aurochs-files");
    CHECK(passed == 1);
    removed("identity");
    removed("time-change");
    CHECK(passed == 3);
    REQUIRE(g.governor.next(*g.e, kNow + 10000));
    CHECK(g.e->number(F::event_count) == 99);
    CHECK_FALSE(g.governor.next(*g.e, kNow + 10000));
  }
  TEST_CASE("a flood of different windows is bounded and nothing is lost: folded counts plus what passed are all") {
    Gate g("fold FileModify 60");
    uint64_t passed = 0, told = 0;
    for (int i = 0; i < 40000; ++i) passed += g.admits(EventType::file_modify, kNow, "/bin/a", "/tmp/" + std::to_string(i % 8000));
    while (g.governor.next(*g.e, kNow + 60000)) told += g.e->number(F::event_count);
    CHECK(passed + told == 40000);
    CHECK(told > 1000);
  }
  TEST_CASE("a cap drops what is above it, counts it, and says so when the minute is over") {
    Gate g("cap FileModify 10");
    int passed = 0;
    for (int i = 0; i < 25; ++i) passed += g.admits(EventType::file_modify, kNow + i);
    CHECK(passed == 10);
    CHECK_FALSE(g.governor.next(*g.e, kNow + 59999));
    REQUIRE(g.governor.next(*g.e, kNow + 60000));
    CHECK(g.e->type() == EventType::sensor_drop);
    CHECK(g.e->text(F::sensor_loss_cause) == "capped");
    CHECK(g.e->text(F::op_name) == "FileModifyNix");
    CHECK(g.e->number(F::event_count) == 15);
    CHECK(g.admits(EventType::file_modify, kNow + 60001));
  }
  TEST_CASE("rules: drop, keep, sample and lean, by conditions") {
    Gate g("keep FileModify where file_path = /etc/shadow\ndrop FileModify where proc_file_path ~ */noisy and file_path != \"/tmp/two words\"\nsample 4 FileCreate\nlean ProcessCreate where proc_file_path = /bin/a\ncap FileModify 1");
    CHECK(g.admits(EventType::file_modify, kNow, "/opt/noisy", "/etc/shadow"));
    CHECK(g.admits(EventType::file_modify, kNow, "/opt/noisy", "/etc/shadow"));  // kept: not capped
    CHECK_FALSE(g.admits(EventType::file_modify, kNow, "/opt/noisy", "/tmp/x"));
    CHECK(g.admits(EventType::file_modify, kNow, "/opt/noisy", "/tmp/two words"));
    int passed = 0;
    for (int i = 0; i < 20; ++i)
      if (g.admits(EventType::file_create)) {
        ++passed;
        CHECK(g.e->number(F::event_count) == 4);
      }
    CHECK(passed == 5);
    event::Event& e = g.make(EventType::process_create);
    e.set_text(F::proc_env, "PATH=/bin");
    CHECK(g.governor.admit(e, kNow));
    CHECK_FALSE(e.has(F::proc_env));
  }
  TEST_CASE("conditions on numbers, booleans and absent fields") {
    Gate g("drop ProcessExit where op_exit = -1\ndrop ProcessCreate where proc_issnapshot = true\ndrop FileRead where proc_usr_e_id != 0");
    event::Event& e = g.make(EventType::process_exit);
    e.set_integer(F::op_exit, -1);
    CHECK_FALSE(g.governor.admit(e, kNow));
    e.set_integer(F::op_exit, 1);
    CHECK(g.governor.admit(e, kNow));
    e.clear(EventType::process_create);
    CHECK(g.governor.admit(e, kNow));
    e.set_bool(F::proc_issnapshot, true);
    CHECK_FALSE(g.governor.admit(e, kNow));
    e.clear(EventType::file_read);
    CHECK_FALSE(g.governor.admit(e, kNow));  // absent is not 0
    e.set_number(F::proc_usr_e_id, 0);
    CHECK(g.governor.admit(e, kNow));
  }
  TEST_CASE("errors name the line, the reason and the nearest name") {
    CHECK(reason("on FileModifyNix\n\noff FileModifx\n").find("line 3: off FileModifx: no such type of event; did you mean FileModify") == 0);
    for (const char* bad : {"nothing", "on", "on A B", "fold FileModify", "fold FileModify x", "cap FileModify 99999999", "sample FileModify", "sample 1 FileModify",
                            "drop FileModify if x = y", "drop FileModify where x = y", "drop FileModify where file_path", "drop FileModify where file_path < 3",
                            "drop FileModify where file_path =", "drop FileModify where file_path = a or file_path = b", "defaults now"}) {
      CAPTURE(bad);
      CHECK(reason(bad).find("line 1: ") == 0);
    }
    CHECK(reason("# a comment\n  on all   # another\n") == "none");
    std::string many;
    for (size_t i = 0; i <= limits::kTelemetryRules; ++i) many += "drop FileModify\n";
    CHECK(reason(many).find("line 257") == 0);
  }
  TEST_CASE("patterns") {
    CHECK(matches_pattern("/usr/bin/x", "/usr/*"));
    CHECK(matches_pattern("abc", "*"));
    CHECK(matches_pattern("", "*"));
    CHECK(matches_pattern("a.b.c", "a*b*c"));
    CHECK_FALSE(matches_pattern("abc", "abd"));
    CHECK_FALSE(matches_pattern("abc", "ab"));
    CHECK_FALSE(matches_pattern(std::string(100000, 'a'), std::string("*a*a*a*a*b")));
  }
  TEST_CASE("ProcessBurstNix: equal children of one parent, told once a window; FileOpBurstNix: files of one process") {
    Gate g("");
    int bursts = 0;
    for (uint32_t i = 0; i < limits::kBurstProcesses * 2; ++i) {
      event::Event& e = g.make(EventType::process_create);
      e.set_text(F::proc_p_guid, "parent");
      CHECK(g.governor.admit(e, kNow + i));
      if (!g.governor.burst(e, kNow + i)) continue;
      ++bursts;
      CHECK(e.type() == EventType::process_burst);
      CHECK(e.number(F::event_count) == limits::kBurstProcesses);
    }
    CHECK(bursts == 1);
    bursts = 0;
    for (uint32_t i = 0; i < limits::kBurstFiles * 2; ++i) {
      event::Event& e = g.make(EventType::file_delete, "/bin/a", "/tmp/" + std::to_string(i));
      e.set_text(F::proc_guid, "one");
      e.set_text(F::file_op, "delete");
      bursts += g.governor.burst(e, kNow + 2 * i);
      if (bursts == 1 && e.type() == EventType::file_op_burst) CHECK(e.text(F::file_path).size() > 5);
    }
    CHECK(bursts == 1);
    for (uint32_t i = 0; i < limits::kBurstFiles * 2; ++i) {  // slowly: no burst
      event::Event& e = g.make(EventType::file_delete);
      e.set_text(F::proc_guid, "two");
      e.set_text(F::file_op, "delete");
      CHECK_FALSE(g.governor.burst(e, kNow + i * 1000));
    }
  }
  TEST_CASE("the meter: bytes by type, largest first") {
    Gate g("");
    g.governor.wrote(EventType::file_create, 10);
    g.governor.wrote(EventType::process_create, 3000);
    g.governor.wrote(EventType::file_create, 15);
    event::Event& e = g.make(EventType::sensor_heartbeat);
    g.governor.report(e);
    CHECK(e.number(F::sensor_bytes) == 3025);
    CHECK(e.text(F::sensor_bytes_by_type) == "ProcessCreate=3000|FileCreate=25");
  }
  TEST_CASE("the default profile is a policy that can be read; what the catalogue marks off is off") {
    const std::string text = profile_policy(1);
    Gate g(text);
    CHECK_FALSE(g.governor.wants(EventType::process_fork));
    CHECK(g.governor.wants(EventType::process_create));
    Gate more(text + switch_types("ProcessForkNix | ", true));
    CHECK(more.governor.wants(EventType::process_fork));
  }
  TEST_CASE("each profile names itself and turns off what the catalogue marks 0 in it, not what it polls") {
    for (unsigned p = 1; p <= kProfiles; ++p) {
      const auto policy = parse_policy(profile_policy(p));
      REQUIRE(policy);
      CHECK(policy->profile == p);
      CHECK(policy->of(EventType::network_connect).off == (p == kHighNetwork));
      CHECK(policy->of(EventType::network_connection_info).off == (p != kHighNetwork));
      CHECK(policy->of(EventType::file_create).off == (p == kHighFile));
      CHECK(policy->of(EventType::file_info).off == (p != kHighFile));
      CHECK(policy->of(EventType::process_create_fail).off == (p == kHighProcess));
      CHECK_FALSE(policy->of(EventType::process_create).off);
    }
    CHECK_FALSE(parse_policy("profile fast\n"));
    CHECK_FALSE(parse_policy("profile highnet now\n"));
  }
}
