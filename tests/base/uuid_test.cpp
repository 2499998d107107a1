// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

#include <doctest/doctest.h>

using namespace aurochs::base;

TEST_SUITE("base") {
  TEST_CASE("uuid text round trip and version bits") {
    Uuid u;
    REQUIRE(parse_uuid("6ba7b810-9dad-11d1-80b4-00C04FD430C8", u));
    CHECK(to_string(u) == "6ba7b810-9dad-11d1-80b4-00c04fd430c8");
    for (const char* bad : {"", "6ba7b810-9dad-11d1-80b4-00c04fd430c", "6ba7b8109dad-11d1-80b4-00c04fd430c8x", "6ba7b810-9dad-11d1-80b4-00c04fd430cg"})
      CHECK_FALSE(parse_uuid(bad, u));
    const Uuid v4 = uuid_v4(0, UINT64_MAX);
    CHECK(to_string(v4) == "00000000-0000-4000-bfff-ffffffffffff");
  }
}
