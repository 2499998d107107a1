// SPDX-License-Identifier: Apache-2.0
#include "govern/load.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "govern/policy.h"

using namespace aurochs::govern;
namespace limits = aurochs::limits;

namespace {

/// A host whose rates stay until they are changed; every second is one reading.
struct Host {
  explicit Host(unsigned budget) : load(budget) { (void)load.second(now); }

  Load load;
  Reading now;
  unsigned cpu_percent = 1;                     ///< in the default profile
  unsigned cpu_percent_polled = 1;              ///< in any other
  uint64_t programs = 0, connections = 0, files = 0;  ///< a second
  std::vector<std::string> told;                ///< "PROFILE at SECOND"

  void run(int64_t seconds) {
    for (int64_t i = 0; i < seconds; ++i) {
      const bool is_default = load.profile() == 1;
      now.now_ms += 1000;
      now.cpu_us += (is_default ? cpu_percent : cpu_percent_polled) * 10000;
      now.events[0] += load.profile() == kHighProcess ? programs / 100 : programs;
      now.events[1] += load.profile() == kHighNetwork ? 0 : connections;
      now.events[2] += load.profile() == kHighFile ? 0 : files;
      now.done[0] += programs * 3;
      now.done[1] += connections;
      if (const auto s = load.second(now)) told.push_back(std::string(profile_name(s->profile)));
    }
  }
  void minutes(int64_t n) { run(n * 60); }
};

}  // namespace

TEST_SUITE("load") {
  TEST_CASE("families: those of the catalogue, and a profile for each") {
    CHECK(family_of(aurochs::event::EventType::process_create) == Family::process);
    CHECK(family_of(aurochs::event::EventType::network_connect) == Family::network);
    CHECK(family_of(aurochs::event::EventType::dns_query) == Family::network);
    CHECK(family_of(aurochs::event::EventType::file_modify) == Family::file);
    CHECK(family_of(aurochs::event::EventType::sensor_start) == Family::other);
    CHECK(profile_of(Family::file) == kHighFile);
    for (unsigned p = 1; p <= kProfiles; ++p) CHECK(profile_by_name(profile_name(p)) == p);
    CHECK(profile_by_name("auto") == 0);
  }

  TEST_CASE("a storm of a minute changes nothing, one that lasts does, and its family decides") {
    Host host(10);
    host.minutes(5);
    host.cpu_percent = 40;
    host.programs = 500;
    host.connections = 20;
    host.minutes(1);
    host.cpu_percent = 1;
    host.programs = 1;
    host.minutes(3);
    CHECK(host.told.empty());
    host.cpu_percent = 40;
    host.connections = 800;
    host.programs = 10;
    host.minutes(limits::kProfileOverMinutes + 1);
    CHECK(host.told == std::vector<std::string>{"highnet"});
    CHECK(host.load.cpu_percent() <= 40);
  }

  TEST_CASE("a storm that goes on keeps its profile, though the sensor idles; when it is over the default comes back, once") {
    Host host(10);
    host.cpu_percent = 60;
    host.programs = 2000;
    host.minutes(120);
    CHECK(host.told == std::vector<std::string>{"highproc"});
    host.programs = 5;
    host.cpu_percent = 1;
    host.minutes(limits::kProfileUnderMinutes - 2);
    CHECK(host.told.size() == 1);
    host.minutes(5);
    CHECK(host.told == std::vector<std::string>{"highproc", "default"});
    host.minutes(600);
    CHECK(host.told.size() == 2);
  }

  TEST_CASE("files, whose rate nobody knows meanwhile: tried again after ever longer waits, no flapping") {
    Host host(10);
    host.cpu_percent = 50;
    host.files = 3000;
    host.minutes(24 * 60);
    CHECK(host.told.front() == "highfile");
    // Without patience: a return every 13 minutes or so, 220 switches a day.
    CHECK(host.told.size() <= 50);
    CHECK(host.told.size() >= 4);
  }

  TEST_CASE("a load around the budget does not flap") {
    Host host(10);
    host.programs = 100;
    host.cpu_percent_polled = 4;
    for (int i = 0; i < 200; ++i) {
      host.cpu_percent = i % 2 ? 11 : 9;
      host.minutes(1);
    }
    CHECK(host.told.empty());
  }

  TEST_CASE("another family takes over while the first profile holds: switched after its hold, not before") {
    Host host(10);
    host.cpu_percent = host.cpu_percent_polled = 50;
    host.programs = 1000;
    host.minutes(limits::kProfileOverMinutes + 1);
    REQUIRE(host.told == std::vector<std::string>{"highproc"});
    host.connections = 1000;
    host.run(limits::kProfileHoldMs / 1000 - 120);
    CHECK(host.told.size() == 1);
    host.minutes(4);
    CHECK(host.told == std::vector<std::string>{"highproc", "highnet"});
  }

  TEST_CASE("losses: at once, and only then; a single one is no storm") {
    Host host(10);
    host.files = 9000;
    host.run(20);
    host.now.drops += 100;
    host.run(10);
    CHECK(host.told.empty());
    for (int i = 0; i < 3; ++i) {
      host.now.drops += 100;
      host.run(1);
    }
    CHECK(host.told == std::vector<std::string>{"highfile"});
  }

  TEST_CASE("a kernel's queue above three quarters: within seconds, though the sensor came to see nothing") {
    Host host(10);
    host.run(10);
    host.now.backlog_limit = 8192;
    host.now.backlog = 6000;
    host.run(5);
    CHECK(host.told.empty());
    host.now.backlog = 7000;
    host.now.done[0] += 50000;
    host.run(3);
    CHECK(host.told == std::vector<std::string>{"highproc"});
    host.run(600);  // of that family no more can be had: stays
    CHECK(host.told.size() == 1);
  }

  TEST_CASE("a count that is set back is no loss; by hand the load is told") {
    Host host(10);
    host.now.drops = 1000;
    host.run(1);
    host.now.drops = 0;
    host.programs = 10;
    host.run(10);
    CHECK(host.told.empty());
    host.load.use(kHighFile, host.now);
    CHECK(host.load.profile() == kHighFile);
    host.minutes(limits::kProfileUnderMinutes + 6);
    CHECK(host.told == std::vector<std::string>{"default"});
  }
}
