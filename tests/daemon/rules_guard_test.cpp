// SPDX-License-Identifier: Apache-2.0
#include "daemon/rules_guard.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "capture/rule_parser.h"
#include "daemon/truce.h"
#include "support/fake_kernel.h"

using namespace aurochs;
using daemon::RulesGuard;
using daemon::Truce;
using F = event::FieldId;

namespace {

const std::string kOurs =
    "-a always,exit -F arch=b64 -S execve -k aurochs-exec\n"
    "-w /etc/x -p wa -k aurochs-file\n";

std::string make_directory() {
  char name[] = "/tmp/aurochs-guard-XXXXXX";
  REQUIRE(::mkdtemp(name));
  return name;
}

struct Host {
  struct Told {
    std::string what, text;
    uint64_t count;
  };
  explicit Host(bool restores = true) : guard(control, settings, true, restores, [this](const event::Event& e) {
    CHECK(e.type() == event::EventType::sensor_rules_update);
    told.push_back({std::string(e.text(F::op_name)), std::string(e.text(F::op_text)), e.number(F::event_count)});
  }) {
    kernel.status.backlog_limit = 64;
    REQUIRE(settings.raise());
    REQUIRE(capture::apply_rules(control, wanted));
    guard.tell_start(wanted.size(), false);
    told.clear();
  }
  ~Host() {
    ::unlink((directory + "/audit-before").c_str());
    ::rmdir(directory.c_str());
  }
  /// A sign of change, and the look that it brings.
  void look() {
    guard.changed(now_ms);
    now_ms = std::max(now_ms, guard.next_look_ms());
    refused = guard.poll(now_ms, wanted);
  }
  std::string last() const { return told.empty() ? std::string() : told.back().what; }

  test::FakeKernel kernel;
  std::unique_ptr<test::FakeKernel::Socket> socket = kernel.socket();
  capture::AuditControl control{*socket};
  const std::string directory = make_directory();
  capture::AuditGuard settings{control, directory + "/audit-before", "boot"};
  std::vector<capture::Rule> wanted = capture::parse_rules(kOurs, "a.rules", "x86_64").rules;
  std::vector<Told> told;
  std::vector<capture::RefusedRule> refused;
  int64_t now_ms = 1000000;
  RulesGuard guard;
};

std::string foreign() {
  std::string rule = capture::parse_rules("-w /etc/x -p wa -k aurochs-file\n", "x", "x86_64").rules[0].data;
  return rule.replace(rule.find("aurochs-"), 8, "the-site");
}

}  // namespace

TEST_SUITE("daemon") {
  TEST_CASE("truce: so many restores in the window, then a truce that doubles to an hour, and calm forgives") {
    Truce truce;
    int64_t now_ms = 1000;
    auto fight = [&] {
      for (int i = 0; i < limits::kRestores; ++i) REQUIRE(truce.ask(now_ms += 300) == Truce::Answer::restore);
      REQUIRE(truce.ask(now_ms += 300) == Truce::Answer::give_up);
      CHECK(truce.ask(now_ms + 1) == Truce::Answer::leave);
      CHECK(truce.ask(now_ms + truce.length_ms() - 1) == Truce::Answer::leave);
      now_ms += truce.length_ms();
    };
    for (const int64_t minutes : {5, 10, 20, 40, 60, 60}) {
      fight();
      CHECK(truce.length_ms() == minutes * 60000);
    }
    now_ms += 3600001;
    fight();
    CHECK(truce.length_ms() == limits::kTruceMs);
    Truce slow;
    for (int i = 0; i < 100; ++i) CHECK(slow.ask(now_ms += limits::kRestoreWindowMs / limits::kRestores) == Truce::Answer::restore);
  }
  TEST_CASE("our rules are back at a sign of change, and at the next look without one; the site's stay gone") {
    Host host;
    host.kernel.rules.push_back(foreign());
    for (int i = 0; i < 3; ++i) {
      host.kernel.rules.clear();
      const int64_t before_ms = host.now_ms;
      host.look();
      CHECK(host.now_ms - before_ms <= limits::kRestoreMs);
      CHECK(host.kernel.rules.size() == 2);
      REQUIRE(host.last() == "put_back");
      CHECK(host.told.back().count == 2);
      CHECK(host.told.back().text.find("aurochs-exec, aurochs-file") != std::string::npos);
    }
    host.kernel.rules.pop_back();
    host.now_ms = host.guard.next_look_ms();
    host.told.clear();
    (void)host.guard.poll(host.now_ms, host.wanted);
    CHECK(host.kernel.rules.size() == 2);
    CHECK(host.told.size() == 1);
    host.look();
    CHECK(host.told.size() == 1);
  }
  TEST_CASE("a slow removal is one: looked at when it has ended, or at the next look in any case") {
    Host host;
    (void)host.guard.poll(host.now_ms, host.wanted);
    const int64_t begin_ms = host.now_ms;
    for (; host.now_ms < begin_ms + 2000; host.now_ms += 50) {
      host.kernel.rules.clear();
      host.guard.changed(host.now_ms);
      CHECK(host.guard.must_wait(host.now_ms));
      (void)host.guard.poll(host.now_ms, host.wanted);
    }
    CHECK(host.told.empty());
    host.now_ms = host.guard.next_look_ms();
    (void)host.guard.poll(host.now_ms, host.wanted);
    CHECK(host.told.size() == 1);
    CHECK(host.now_ms - begin_ms < 2000 + limits::kRestoreMs);
    const int64_t without_end_ms = host.now_ms;
    while (host.told.size() == 1) {
      host.kernel.rules.clear();
      host.guard.changed(host.now_ms += 50);
      (void)host.guard.poll(host.now_ms, host.wanted);
      REQUIRE(host.now_ms - without_end_ms <= limits::kRulePollMs + 100);
    }
  }
  TEST_CASE("who keeps removing them gets his way, told once; after the truce they come back") {
    Host host;
    for (int i = 0; i < limits::kRestores + 3; ++i) {
      host.kernel.rules = {foreign()};
      host.look();
    }
    CHECK(host.last() == "given_up");
    CHECK(host.told.size() == static_cast<size_t>(limits::kRestores) + 1);
    CHECK(host.kernel.rules.size() == 1);
    CHECK(host.guard.must_wait(host.now_ms));
    host.now_ms += limits::kTruceMs;
    host.look();
    CHECK(host.last() == "put_back");
    CHECK(host.kernel.rules.size() == 3);
  }
  TEST_CASE("audit that is turned off comes back, and is off again when we leave") {
    Host host;
    host.kernel.status.enabled = 0;
    host.look();
    CHECK(host.last() == "turned_on");
    CHECK(host.kernel.status.enabled == 1);
    for (int i = 0; i < limits::kRestores + 2; ++i) {
      host.kernel.status.enabled = 0;
      host.look();
    }
    CHECK(host.last() == "given_up");
    CHECK(host.kernel.status.enabled == 0);
    REQUIRE(host.settings.restore());
    CHECK(host.kernel.status.enabled == 0);
  }
  TEST_CASE("turned off where it was on before us: on while we run, off as its owner wanted when we leave") {
    Host host;
    REQUIRE(host.settings.restore());
    host.kernel.status.enabled = 1;
    REQUIRE(host.settings.raise());
    host.kernel.status.enabled = 0;
    host.look();
    CHECK(host.kernel.status.enabled == 1);
    REQUIRE(host.settings.restore());
    CHECK(host.kernel.status.enabled == 0);
    CHECK(host.kernel.status.backlog_limit == 64);
  }
  TEST_CASE("an audit daemon that came meanwhile leaves audit on, so do we") {
    Host host;
    host.kernel.other_auditd(static_cast<uint32_t>(::getppid()));
    host.look();
    host.kernel.other_auditd(0);
    REQUIRE(host.settings.restore());
    CHECK(host.kernel.status.enabled == 1);
    CHECK(host.kernel.status.backlog_limit == 64);
  }
  TEST_CASE("locked while we run: told once, nothing is tried any more") {
    Host host;
    host.kernel.rules.clear();
    host.kernel.immutable();
    host.look();
    CHECK(host.last() == "locked");
    CHECK(host.guard.is_locked());
    const int questions = host.kernel.questions;
    host.look();
    CHECK(host.told.size() == 1);
    CHECK(host.kernel.questions == questions);
    REQUIRE(host.settings.restore());
    CHECK(host.kernel.status.enabled == 2);
  }
  TEST_CASE("capture.guard = no: told once each, nothing is put back") {
    Host host(false);
    host.kernel.rules.clear();
    for (int i = 0; i < 3; ++i) host.look();
    host.kernel.status.enabled = 0;
    for (int i = 0; i < 3; ++i) host.look();
    REQUIRE(host.told.size() == 2);
    CHECK(host.told[0].what == "left_out");
    CHECK(host.told[1].what == "left_off");
    CHECK(host.kernel.rules.empty());
  }
  TEST_CASE("a lowered backlog_limit is left alone, also when we leave") {
    Host host;
    host.kernel.status.backlog_limit = 320;
    for (int i = 0; i < 3; ++i) host.look();
    CHECK(host.kernel.status.backlog_limit == 320);
    CHECK(host.told.empty());
    REQUIRE(host.settings.restore());
    CHECK(host.kernel.status.backlog_limit == 320);
  }
  TEST_CASE("a rule that the kernel refuses is given to the caller and is no fight") {
    Host host;
    host.kernel.rules.clear();
    host.kernel.unknown_field = capture::rule_field::kPath;
    host.look();
    CHECK(host.kernel.rules.size() == 1);
    CHECK(host.last() == "put_back");
    CHECK(host.told.back().count == 1);
    REQUIRE(host.refused.size() == 1);
    CHECK(host.refused[0].code == EINVAL);
    CHECK(host.refused[0].data == host.wanted[1].data);
  }
  TEST_CASE("what the start did is told: loaded, or locked") {
    Host host;
    host.guard.tell_start(2, false);
    CHECK(host.last() == "loaded");
    CHECK(host.told.back().count == 2);
    host.guard.tell_start(0, true);
    CHECK(host.last() == "locked");
    CHECK(host.guard.is_locked());
  }
}
