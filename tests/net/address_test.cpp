// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <doctest/doctest.h>

#include <string>

using namespace aurochs::net;

namespace {
std::string again(const char* text) {
  Address a;
  if (!parse_address(text, a)) return "refused";
  char out[Address::kTextBytes];
  return {out, a.text(out)};
}
}  // namespace

TEST_SUITE("net") {
  TEST_CASE("an address has one form") {
    CHECK(again("127.0.0.1") == "127.0.0.1");
    CHECK(again("::ffff:10.1.2.3") == "10.1.2.3");
    CHECK(again("2001:DB8:0:0::1") == "2001:db8::1");
    CHECK(again("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff") == "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
    CHECK(again("") == "refused");
    CHECK(again("1.2.3") == "refused");
    CHECK(again("1.2.3.4 ") == "refused");
    CHECK(again(std::string(200, '1').c_str()) == "refused");
  }
  TEST_CASE("kinds of addresses") {
    Address a;
    REQUIRE(parse_address("127.8.9.1", a));
    CHECK(a.is_v4());
    CHECK(a.is_loopback());
    CHECK(a.raw().size() == 4);
    REQUIRE(parse_address("::1", a));
    CHECK_FALSE(a.is_v4());
    CHECK(a.is_loopback());
    CHECK_FALSE(a.is_unspecified());
    CHECK(a.raw().size() == 16);
    REQUIRE(parse_address("::", a));
    CHECK(a.is_unspecified());
    REQUIRE(parse_address("0.0.0.0", a));
    CHECK(a.is_unspecified());
    CHECK_FALSE(a.is_loopback());
  }
}
