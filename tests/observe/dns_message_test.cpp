// SPDX-License-Identifier: Apache-2.0
#include "observe/dns_message.h"

#include <doctest/doctest.h>

#include "observe/dns_bytes.h"

using namespace aurochs::observe;
using namespace std::string_literals;

TEST_CASE("dns: a question, its case and type kept") {
  DnsMessage m;
  REQUIRE(parse_dns(dns::query(0xBEEF, "WWW.Example.org", 28), m));
  CHECK(m.id == 0xBEEF);
  CHECK_FALSE(m.is_response);
  REQUIRE(m.questions.size() == 1);
  CHECK(m.questions[0].name == "WWW.Example.org");
  CHECK(dns_type_name(m.questions[0].type) == "AAAA");
  CHECK(dns_type_name(65) == "HTTPS");
  CHECK(dns_type_name(65280) == "TYPE65280");
  CHECK(dns_rcode_name(3) == "NXDOMAIN");
  CHECK(dns_rcode_name(3841) == "RCODE3841");
}

TEST_CASE("dns: an answer with names on the way, compressed, and EDNS behind it") {
  const std::string pointer = "\xC0\x0C"s;
  std::string bytes = dns::head(1, 0x8180, 1, 3, 0, 1) + dns::name("www.example.org") + dns::n16(1) + dns::n16(1);
  bytes += dns::record(pointer, 5, "\x03"s + "cdn" + "\xC0\x10");
  bytes += dns::record("\x03"s + "cdn" + "\xC0\x10", 1, dns::address("192.0.2.8"));
  bytes += dns::record("\x03"s + "cdn" + "\xC0\x10", 28, dns::address("2001:db8::8"));
  bytes += dns::record("\0"s, 41, "", 4096, 0x0100);
  DnsMessage m;
  REQUIRE(parse_dns(bytes, m));
  CHECK(m.is_response);
  CHECK(m.addresses == "192.0.2.8|2001:db8::8");
  CHECK(m.names == "cdn.example.org");
  CHECK(dns_rcode_name(m.rcode) == "BADVERS");
  for (size_t n = 0; n < bytes.size(); ++n) CHECK(parse_dns(bytes.substr(0, n), m) == (n >= 12 + 17 + 4));
}

TEST_CASE("dns: names of hostile bytes") {
  DnsMessage m;
  REQUIRE(parse_dns(dns::head(1, 0, 1) + "\x07"s + "a.b\\ \x01\xFF" + "\x03" + "org" + "\0"s + dns::n16(1) + dns::n16(1), m));
  CHECK(m.questions[0].name == "a\\x2Eb\\x5C\\x20\\x01\\xFF.org");
  REQUIRE(parse_dns(dns::query(1, "", 2), m));
  CHECK(m.questions[0].name == ".");
  REQUIRE(parse_dns(dns::query(1, "xn--bcher-kva.example", 1), m));
  CHECK(m.questions[0].name == "xn--bcher-kva.example");

  const std::string label(63, 'x'), tail = dns::n16(1) + dns::n16(1);
  const std::string longest = label + "." + label + "." + label + "." + label.substr(0, 61);
  CHECK(parse_dns(dns::query(1, longest, 1), m));
  CHECK(m.questions[0].name == longest);
  CHECK_FALSE(parse_dns(dns::query(1, longest + "x", 1), m));
  CHECK_FALSE(parse_dns(dns::head(1, 0, 1) + "\x40" + std::string(64, 'x') + "\0"s + tail, m));
  CHECK_FALSE(parse_dns(dns::head(1, 0, 1) + "\xC0\x0C" + tail, m));                    // itself
  CHECK_FALSE(parse_dns(dns::head(1, 0, 1) + "\x01" + "a\xC0\x0C" + tail, m));          // its own begin
  CHECK_FALSE(parse_dns(dns::head(1, 0, 1) + "\xC0\xFF" + tail, m));                    // beyond the end
  CHECK_FALSE(parse_dns(dns::head(1, 0, 2) + dns::name("a") + tail + "\xC0\x20" + tail, m));
  CHECK_FALSE(parse_dns(dns::head(1, 0, 1) + "\x05" + "ab", m));
}

TEST_CASE("dns: none and many questions") {
  DnsMessage m;
  CHECK(parse_dns(dns::head(1, 0, 0), m));
  CHECK(m.questions.empty());
  CHECK_FALSE(parse_dns(dns::head(1, 0, 2) + dns::name("a.b") + dns::n16(1) + dns::n16(1), m));
  std::string many = dns::head(1, 0, 40);
  for (int i = 0; i < 40; ++i) many += dns::name("q" + std::to_string(i)) + dns::n16(1) + dns::n16(1);
  REQUIRE(parse_dns(many, m));
  CHECK(m.questions.size() == 16);
  CHECK(m.questions[15].name == "q15");
  CHECK_FALSE(parse_dns(dns::head(1, 0, 0xFFFF), m));
}

TEST_CASE("dns: the registered domain by form") {
  CHECK(registered_domain("a.b.example.org") == "example.org");
  CHECK(registered_domain("example.org") == "example.org");
  CHECK(registered_domain("a.example.co.uk") == "example.co.uk");
  CHECK(registered_domain("co.uk") == "co.uk");
  CHECK(registered_domain("a.long.de") == "long.de");
  CHECK(registered_domain("localhost").empty());
  CHECK(registered_domain("1.2.0.192.in-addr.arpa").empty());
  CHECK(registered_domain("").empty());
  CHECK(registered_domain(".").empty());
}
