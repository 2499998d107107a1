// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <doctest/doctest.h>

#include "base/text.h"

using namespace aurochs;
using crypto::Algorithm;

namespace {
std::string hex(crypto::Digest& digest, std::string_view text) {
  std::string out(digest.size(), '\0');
  if (!digest.start() || !digest.update(text) || !digest.finish(reinterpret_cast<uint8_t*>(&out[0]))) return "-";
  return base::to_hex(out);
}
}  // namespace

TEST_SUITE("crypto") {
  TEST_CASE("MD5 gives the values of RFC 1321") {
    crypto::Digest md5(Algorithm::md5);
    if (!md5.available()) return;  // FIPS
    CHECK(hex(md5, "") == "D41D8CD98F00B204E9800998ECF8427E");
    CHECK(hex(md5, "abc") == "900150983CD24FB0D6963F7D28E17F72");
    CHECK(hex(md5, "message digest") == "F96B697D7CB7938D525A2F31AAF161D0");
    crypto::Md5 one_shot;
    std::array<uint8_t, 16> out;
    REQUIRE(one_shot.hash("abc", out));
    REQUIRE(one_shot.hash("", out));
    CHECK(out[0] == 0xD4);
    CHECK(out[15] == 0x7E);
  }
  TEST_CASE("SHA-1 and SHA-256 give the values of RFC 6234, in pieces too") {
    crypto::Digest sha1(Algorithm::sha1), sha256(Algorithm::sha256);
    CHECK(hex(sha1, "abc") == "A9993E364706816ABA3E25717850C26C9CD0D89D");
    CHECK(hex(sha256, "abc") == "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    std::string out(32, '\0');
    REQUIRE(sha256.start());
    REQUIRE(sha256.update("abcdbcdecdefdefgefghfghighij"));
    REQUIRE(sha256.update("hijkijkljklmklmnlmnomnopnopq"));
    REQUIRE(sha256.finish(reinterpret_cast<uint8_t*>(&out[0])));
    CHECK(base::to_hex(out) == "248D6A61D20638B8E5C026930C3E6039A33CE45964FF2167F6ECEDD419DB06C1");
  }
  TEST_CASE("A digest begun and left is forgotten by the next start") {
    crypto::Digest sha1(Algorithm::sha1);
    REQUIRE(sha1.start());
    REQUIRE(sha1.update("left over"));
    CHECK(hex(sha1, "abc") == "A9993E364706816ABA3E25717850C26C9CD0D89D");
  }
  TEST_CASE("FileDigests takes all of them in one pass, again and again") {
    crypto::FileDigests digests;
    for (int round = 0; round < 3; ++round) {
      digests.start();
      digests.update("a");
      digests.update("bc");
      const auto v = digests.finish();
      CHECK((v.md5.empty() || base::to_hex(v.md5) == "900150983CD24FB0D6963F7D28E17F72"));
      CHECK(base::to_hex(v.sha1) == "A9993E364706816ABA3E25717850C26C9CD0D89D");
      CHECK(base::to_hex(v.sha256) == "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
    }
  }
  TEST_CASE("UuidV5 makes the UUID of www.example.com in the DNS name space (RFC 9562 A.4)") {
    base::Uuid dns, out;
    REQUIRE(base::parse_uuid("6ba7b810-9dad-11d1-80b4-00c04fd430c8", dns));
    crypto::UuidV5 maker;
    REQUIRE(maker.make(dns, "www.example.com", out));
    CHECK(base::to_string(out) == "2ed6657d-e927-568b-95e1-2665a8aea6a2");
  }
}
