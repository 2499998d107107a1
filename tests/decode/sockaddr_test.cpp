// SPDX-License-Identifier: Apache-2.0
#include "decode/sockaddr.h"

#include <doctest/doctest.h>

#include <string>

using namespace aurochs;
using aurochs::decode::parse_sockaddr;
using aurochs::decode::SocketAddress;

namespace {
std::string zeros(size_t bytes) { return std::string(bytes * 2, '0'); }
}  // namespace

TEST_SUITE("decode") {
  TEST_CASE("addresses of every family that the line knows") {
    const struct {
      std::string hex;
      bool little;
      uint16_t family;
      const char *name, *address;
      bool has_address, has_port, is_abstract, is_short;
      uint32_t port, cid;
    } rows[] = {
        {"02000035C0A80001" + zeros(8), true, 2, "inet", "192.168.0.1", true, true, false, false, 53, 0},
        {"000200350A000001" + zeros(8), false, 2, "inet", "10.0.0.1", true, true, false, false, 53, 0},
        {"02000035C0A800", true, 2, "inet", "", false, false, false, true, 0, 0},
        {"0A0001BB00000000" "20010DB8" + zeros(11) + "01" + zeros(4), true, 10, "inet6", "2001:db8::1", true, true, false, false, 443, 0},
        {"0A000016000000000000000000000000000000000000000000000000", true, 10, "inet6", "::", true, true, false, false, 22, 0},
        {"0A000016000000000000000000000000000000000000", true, 10, "inet6", "", false, false, false, true, 0, 0},
        {"01002F72756E2F782E736F636B00FFFF", true, 1, "local", "/run/x.sock", true, false, false, false, 0, 0},
        {"010000782E3700", true, 1, "local", "x.7", true, false, true, false, 0, 0},
        {"0100", true, 1, "local", "", false, false, false, false, 0, 0},
        {"100000000700000003000000", true, 16, "netlink", "", false, true, false, false, 7, 3},
        {"001000000000000700000003", false, 16, "netlink", "", false, true, false, false, 7, 3},
        {"1000000007000000", true, 16, "netlink", "", false, true, false, false, 7, 0},
        {"10000000", true, 16, "netlink", "", false, false, false, true, 0, 0},
        {"1100080602000000" + zeros(12), true, 17, "packet", "", false, true, false, false, 2, 0x0806},
        {"28000000D204000003000000" + zeros(4), true, 40, "vsock", "", false, true, false, false, 1234, 3},
        {"2800000000", true, 40, "vsock", "", false, false, false, true, 0, 0},
        {"2600" "68617368" + zeros(18) + "736861323536" + zeros(58), true, 38, "alg", "sha256", true, false, false, false, 0, 0},
        {"2600" "68617368", true, 38, "alg", "", false, false, false, true, 0, 0},
        {"0000" + zeros(14), true, 0, "unspec", "", false, false, false, false, 0, 0},
        {"FF7F", true, 0x7FFF, "32767", "", false, false, false, false, 0, 0},
    };
    for (const auto& row : rows) {
      CAPTURE(row.hex);
      base::Arena arena;
      SocketAddress a;
      REQUIRE(parse_sockaddr(row.hex, row.little, arena, a));
      CHECK(a.family == row.family);
      CHECK(a.name == row.name);
      CHECK(a.address == row.address);
      CHECK(a.has_address == row.has_address);
      CHECK(a.has_port == row.has_port);
      CHECK(a.is_abstract == row.is_abstract);
      CHECK(a.is_short == row.is_short);
      CHECK(a.port == row.port);
      CHECK(a.cid == row.cid);
    }
  }
  TEST_CASE("what is not kernel hex of a family is refused") {
    base::Arena arena;
    SocketAddress a;
    for (const char* bad : {"", "02", "020", "0200003", "0g00", "0a00", "(null)", "0x0200"}) {
      CAPTURE(bad);
      CHECK_FALSE(parse_sockaddr(bad, true, arena, a));
    }
  }
}
