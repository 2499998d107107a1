// SPDX-License-Identifier: Apache-2.0
#include "capture/blind.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "base/fd.h"
#include "capture/rule.h"
#include "capture/rule_parser.h"
#include "support/fake_kernel.h"

using namespace aurochs;
using capture::Answer;

namespace {

/// A rule as the kernel lists it; what our own parser takes, and for the rest of the lists by hand.
std::string ours(const char* text) {
  auto parsed = capture::parse_rules(text, "t", "x86_64");
  REQUIRE(parsed.rules.size() == 1);
  return parsed.rules[0].data;
}

std::string rule(uint32_t list, uint32_t action, std::initializer_list<std::pair<uint32_t, uint32_t>> fields = {}) {
  capture::RuleHead head;
  head.flags = list;
  head.action = action;
  for (uint32_t& word : head.mask) word = UINT32_MAX;
  for (const auto& [field, value] : fields) {
    head.fields[head.field_count] = field;
    head.operators[head.field_count] = capture::rule_operator::kEqual;
    head.values[head.field_count++] = value;
  }
  return std::string(reinterpret_cast<const char*>(&head), sizeof head);
}

std::string names(const capture::Surroundings& s) { return capture::joined_names(capture::blind_spots(s)); }

capture::Surroundings healthy() {
  capture::Surroundings s;
  s.has_status = s.has_rules = s.boots_audited = true;
  s.status.enabled = 1;
  s.status.failure = 1;
  s.status.backlog_limit = 8192;
  s.x32 = s.io_uring = Answer::no;
  s.first_pid = s.first_net = Answer::yes;
  s.rules = {ours("-a always,exit -F arch=b64 -S execve -k aurochs-exec")};
  return s;
}

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("a host on which all is as it should be has no blind spot, and what can not be asked is none") {
    CHECK(names(healthy()).empty());
    CHECK(names({}).empty());
  }
  TEST_CASE("every blind spot by its sign") {
    const struct {
      const char* name;
      void (*make)(capture::Surroundings&);
      const char* found;
    } rows[] = {
        {"audit_off", [](capture::Surroundings& s) { s.status.enabled = 0; }, "enabled 0"},
        {"audit_locked", [](capture::Surroundings& s) { s.status.enabled = 2; }, "enabled 2"},
        {"namespace", [](capture::Surroundings& s) { s.first_net = Answer::no; }, "network"},
        {"namespace", [](capture::Surroundings& s) { s.first_pid = Answer::no; }, "PID"},
        {"no_multicast", [](capture::Surroundings& s) { s.has_multicast = false; }, "multicast"},
        {"no_connector", [](capture::Surroundings& s) { s.has_connector = false; }, "connector"},
        {"rate_limit", [](capture::Surroundings& s) { s.status.rate_limit = 100; }, "100"},
        {"panic", [](capture::Surroundings& s) { s.status.failure = 2; }, "2"},
        {"small_backlog", [](capture::Surroundings& s) { s.status.backlog_limit = 64; }, "64"},
        {"lost", [](capture::Surroundings& s) { s.status.lost = 5; s.status.pid = 1; }, "lost 5"},
        {"old_processes", [](capture::Surroundings& s) { s.boots_audited = false; s.census.processes = 9; s.census.older = 2; s.census.older_names = {"1/init", "7/sshd"}; },
         "2 of 9 processes: 1/init; 7/sshd"},
        {"unset_login", [](capture::Surroundings& s) { s.census.without_login = 3; }, "3"},
        {"net_namespaces", [](capture::Surroundings& s) { s.census.net_namespaces = 4; }, "4"},
        {"x32", [](capture::Surroundings& s) { s.x32 = Answer::yes; }, "x32"},
        {"io_uring", [](capture::Surroundings& s) { s.io_uring = Answer::yes; }, "can not"},
        {"io_uring", [](capture::Surroundings& s) { s.io_uring = s.io_uring_rules = Answer::yes; }, "could tell"},
        {"hiding_rules", [](capture::Surroundings& s) { s.rules.insert(s.rules.begin(), rule(1, 0)); }, "never"},
        {"excluding_rules", [](capture::Surroundings& s) { s.rules.push_back(rule(5, 2, {{capture::rule_field::kMsgtype, 1320}})); }, "EOE"},
    };
    std::vector<std::string_view> tried;
    for (const auto& row : rows) {
      CAPTURE(row.name);
      capture::Surroundings s = healthy();
      row.make(s);
      const auto spots = capture::blind_spots(s);
      REQUIRE(spots.size() == 1);
      CHECK(spots[0].name == row.name);
      CHECK(spots[0].found.find(row.found) != std::string::npos);
      CHECK_FALSE(spots[0].unseen.empty());
      CHECK_FALSE(spots[0].remedy.empty());
      tried.push_back(spots[0].name);
    }
    for (const std::string_view name : capture::blind_spot_names()) CHECK(std::count(tried.begin(), tried.end(), name) > 0);
    CHECK(capture::joined_names({{"a", "", "", ""}, {"b", "", "", ""}}) == "a|b");
  }
  TEST_CASE("a never rule hides what comes after it: before ours it counts, behind ours not; of tasks always") {
    const std::string mine = ours("-a always,exit -F arch=b64 -S execve -k aurochs-exec"), never = rule(4, 0, {{capture::rule_field::kUid, 33}}), task = rule(1, 0);
    CHECK(capture::hiding_rules({}).empty());
    CHECK(capture::hiding_rules({mine, never}).empty());
    CHECK(capture::hiding_rules({never, mine}).size() == 1);
    CHECK(capture::hiding_rules({never}).size() == 1);  // none of ours there yet: ours will stand behind it
    CHECK(capture::hiding_rules({mine, task}).size() == 1);
    CHECK(capture::hiding_rules({rule(4, 0), task, mine, never}).size() == 2);
    CHECK(capture::hiding_rules({rule(4, 2), mine}).empty());
    CHECK(capture::hiding_rules({"damaged", std::string(5000, 'x')}).empty());
    CHECK(capture::hiding_rules({rule(5, 0)}).empty());
  }
  TEST_CASE("a long list of rules is cut in its line") {
    capture::Surroundings s = healthy();
    for (uint32_t uid = 0; uid < 30; ++uid) s.rules.insert(s.rules.begin(), rule(4, 0, {{capture::rule_field::kUid, uid}}));
    const auto spots = capture::blind_spots(s);
    REQUIRE(spots.size() == 1);
    CHECK(spots[0].found.find("and 22 more") != std::string::npos);
  }
  TEST_CASE("lost means something where an audit daemon is registered, or where it can be reset") {
    capture::AuditStatus status;
    CHECK_FALSE(capture::is_lost_meaningful(status));
    status.feature_bitmap = 1;  // kernel < 3.19: the version
    CHECK_FALSE(capture::is_lost_meaningful(status));
    status.pid = 7;
    CHECK(capture::is_lost_meaningful(status));
    status.pid = 0;
    status.feature_bitmap = 0x7F;
    CHECK(capture::is_lost_meaningful(status));
  }
  TEST_CASE("the census reads what /proc says, names with blanks and brackets too") {
    char top[] = "/tmp/aurochs-blind-XXXXXX";
    REQUIRE(::mkdtemp(top));
    const std::string proc = top;
    auto process = [&](int pid, const char* comm, int terminal, unsigned flags, unsigned start, const char* login) {
      const std::string directory = proc + "/" + std::to_string(pid);
      REQUIRE(::mkdir(directory.c_str(), 0700) == 0);
      REQUIRE(base::write_file_atomically(directory + "/stat",
                                          std::to_string(pid) + " (" + comm + ") S 1 1 1 " + std::to_string(terminal) + " -1 " + std::to_string(flags) +
                                              " 0 0 0 0 0 0 0 0 20 0 1 0 " + std::to_string(start) + " 1 1\n",
                                          0600));
      REQUIRE(base::write_file_atomically(directory + "/loginuid", login, 0600));
    };
    process(1, "init", 0, 0, 5, "4294967295");
    process(2, "kthreadd", 0, 0x200040, 5, "4294967295");
    process(30, "a ) S (b", 34816, 0, 900, "4294967295");
    process(31, "bash", 34816, 0, 901, "1000");
    capture::LookOptions o;
    o.proc = proc;
    auto census = capture::take_census(o);
    CHECK(census.processes == 3);
    CHECK(census.older == 3);
    CHECK(census.without_login == 1);
    o.enabled_ticks = 900;
    census = capture::take_census(o);
    CHECK(census.older == 1);
    REQUIRE(census.older_names.size() == 1);
    CHECK(census.older_names[0] == "1/init");
    test::FakeKernel kernel;
    kernel.status.enabled = 1;
    kernel.status.pid = 31;
    kernel.rules = {rule(1, 0)};
    auto socket = kernel.socket();
    capture::AuditControl control(*socket);
    capture::Surroundings s;
    o.enabled_ticks = 0;
    capture::look_at_audit(&control, o, s);
    CHECK(s.has_status);
    CHECK(s.rules.size() == 1);
    CHECK(s.census.older == 2);  // than the audit daemon
    CHECK(kernel.rules.size() == 1);
    REQUIRE(std::system(("rm -r " + proc).c_str()) == 0);
  }
  TEST_CASE("this host can be looked at") {
    const auto s = capture::look_at_host({});
    CHECK(s.x32 != Answer::unknown);
    CHECK(s.io_uring != Answer::unknown);
    CHECK(capture::take_census({}).processes > 0);
  }
}
