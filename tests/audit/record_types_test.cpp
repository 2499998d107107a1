// SPDX-License-Identifier: Apache-2.0
#include "audit/record_types.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>

using namespace aurochs::audit;

TEST_SUITE("audit") {
  TEST_CASE("every named type has one name, and the name leads back to its number") {
    std::set<std::string> names;
    for (unsigned n = 0; n <= UINT16_MAX; ++n) {
      const std::string name(record_type_name(static_cast<uint16_t>(n)));
      if (name.empty()) continue;
      CAPTURE(name);
      CHECK(names.insert(name).second);
      CHECK(record_type_number(name) == n);
    }
    CHECK(names.size() > 150);
  }
  TEST_CASE("the types that the line names are what the kernel calls them") {
    const struct {
      uint16_t number;
      const char* name;
    } rows[] = {{type::kLogin, "LOGIN"},          {type::kUserAvc, "USER_AVC"},     {type::kUserTty, "USER_TTY"},   {type::kTrustedApp, "TRUSTED_APP"},
                {type::kSyscall, "SYSCALL"},      {type::kPath, "PATH"},            {type::kConfigChange, "CONFIG_CHANGE"},
                {type::kSockaddr, "SOCKADDR"},    {type::kCwd, "CWD"},              {type::kExecve, "EXECVE"},      {type::kObjPid, "OBJ_PID"},
                {type::kEoe, "EOE"},              {type::kBprmFcaps, "BPRM_FCAPS"}, {type::kCapset, "CAPSET"},      {type::kProctitle, "PROCTITLE"},
                {type::kReplace, "REPLACE"},      {type::kAvc, "AVC"},              {type::kAnomAbend, "ANOM_ABEND"}};
    for (const auto& row : rows) {
      CAPTURE(row.name);
      CHECK(record_type_name(row.number) == row.name);
    }
  }
  TEST_CASE("a type newer than the table is read as UNKNOWN[n] or as a number") {
    CHECK(record_type_number("UNKNOWN[1334]") == 1334);
    CHECK(record_type_number("1300") == 1300);
    CHECK(record_type_number("UNKNOWN[65535]") == 65535);
    for (const char* bad : {"", "UNKNOWN", "UNKNOWN[]", "UNKNOWN[x]", "UNKNOWN[65536]", "UNKNOWN[-1]", "syscall", "NO_SUCH_TYPE", "1300 "}) {
      CAPTURE(bad);
      CHECK(record_type_number(bad) == 0);
    }
  }
  TEST_CASE("types that stand alone, and types that have companions") {
    constexpr uint16_t kAlone[] = {1100, 1112, 1200, 1299, 2100, 2500, 1701};
    for (const uint16_t t : kAlone) CHECK(is_single_record_type(t));
    // LOGIN, CONFIG_CHANGE and AVC come alone or before a SYSCALL of the same stamp.
    constexpr uint16_t kAccompanied[] = {1006, 1300, 1302, 1305, 1309, 1320, 1327, 1400, 1325, 1334, 0};
    for (const uint16_t t : kAccompanied) CHECK_FALSE(is_single_record_type(t));
  }
}
