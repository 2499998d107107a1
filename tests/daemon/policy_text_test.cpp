// SPDX-License-Identifier: Apache-2.0
#include "daemon/policy_text.h"

#include <doctest/doctest.h>

#include "govern/policy.h"

using namespace aurochs;

TEST_SUITE("daemon") {
  TEST_CASE("policy text: the profile, then what the configuration switches") {
    config::Config config;
    config.events_on = "DirCreate";
    config.events_off = "FileCreate";
    const auto text = daemon::policy_text(config, 1);
    REQUIRE(text);
    const auto policy = govern::parse_policy(*text);
    REQUIRE(policy);
    CHECK(policy->wants("DirCreateNix"));
    CHECK_FALSE(policy->wants("FileCreateNix"));
    CHECK(policy->wants("ProcessCreateNix"));
    CHECK_FALSE(policy->wants("DirDeleteNix"));
  }

  TEST_CASE("policy text: an unknown type and a file that is not there are errors that say what to do") {
    config::Config config;
    config.events_on = "NoSuchType";
    auto text = daemon::policy_text(config, 1);
    REQUIRE_FALSE(text);
    CHECK(text.error().message.find("NoSuchType") != std::string::npos);
    config.events_on.clear();
    config.events_policy = "/nowhere/policy.conf";
    text = daemon::policy_text(config, 1);
    REQUIRE_FALSE(text);
    CHECK(text.error().message.find("/nowhere/policy.conf") != std::string::npos);
  }
}
