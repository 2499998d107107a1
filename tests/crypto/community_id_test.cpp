// SPDX-License-Identifier: Apache-2.0
// Values: baseline of the Community ID specification (github.com/corelight/community-id-spec, baseline_deflt.json,
// baseline_seed1 of its README), which are facts of the standard.
#include "crypto/community_id.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>

#include <string>

using aurochs::crypto::CommunityId;

namespace {

std::string raw(const char* text) {
  char bytes[16];
  if (inet_pton(AF_INET, text, bytes) == 1) return {bytes, 4};
  REQUIRE(inet_pton(AF_INET6, text, bytes) == 1);
  return {bytes, 16};
}

std::string id(uint8_t protocol, const char* source, const char* destination, uint16_t source_port, uint16_t destination_port, uint16_t seed = 0) {
  const std::string s = raw(source), d = raw(destination);
  CommunityId c;
  REQUIRE(c.make({protocol, s, d, source_port, destination_port}, seed));
  return std::string(c.text());
}

}  // namespace

TEST_SUITE("crypto") {
  TEST_CASE("Community ID: baseline of the specification, both directions") {
    struct Row {
      uint8_t protocol;
      const char *source, *destination;
      uint16_t source_port, destination_port;
      const char* wanted;
    };
    constexpr Row kRows[] = {
        {6, "2001:470:e5bf:dead:4957:2174:e82c:4887", "2607:f8b0:400c:c03::1a", 63943, 25, "1:/qFaeAR+gFe1KYjMzVDsMv+wgU4="},
        {132, "192.168.170.8", "192.168.170.56", 7, 7, "1:MP2EtRCAUIZvTw6MxJHLV7N7JDs="},
        {6, "128.232.110.120", "66.35.250.204", 34855, 80, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
        {17, "192.168.1.52", "8.8.8.8", 54585, 53, "1:d/FP5EW3wiY1vCndhwleRRKHowQ="},
        {6, "1.2.3.4", "5.6.7.8", 1122, 3344, "1:wCb3OG7yAFWelaUydu0D+125CLM="},
        {17, "1.2.3.4", "5.6.7.8", 1122, 3344, "1:0Mu9InQx6z4ZiCZM/7HXi2WMhOg="}};
    for (const Row& r : kRows) {
      CAPTURE(r.wanted);
      CHECK(id(r.protocol, r.source, r.destination, r.source_port, r.destination_port) == r.wanted);
      CHECK(id(r.protocol, r.destination, r.source, r.destination_port, r.source_port) == r.wanted);
    }
    CHECK(id(6, "1.2.3.4", "5.6.7.8", 1122, 3344, 1) == "1:HhA1B+6CoLbiKPEs5nhNYN4XWfk=");
  }
  TEST_CASE("Community ID: the digest in hex is the same digest") {
    // 172.21.192.48:50300 -> 10.3.132.146:22
    const std::string s = raw("172.21.192.48"), d = raw("10.3.132.146");
    CommunityId c;
    REQUIRE(c.make({6, s, d, 50300, 22}));
    CHECK(c.hex() == "3D6BE0BE12CB2F954A42F925E00E992FDDB850C5");
    CHECK(c.text() == "1:PWvgvhLLL5VKQvkl4A6ZL924UMU=");
  }
  TEST_CASE("Community ID: same address at both ends, ports decide; unlike addresses are refused") {
    CHECK(id(6, "127.0.0.1", "127.0.0.1", 4000, 80) == id(6, "127.0.0.1", "127.0.0.1", 80, 4000));
    CommunityId c;
    CHECK_FALSE(c.make({6, raw("1.2.3.4"), raw("::1"), 1, 2}));
    CHECK_FALSE(c.make({6, "", "", 1, 2}));
  }
}
