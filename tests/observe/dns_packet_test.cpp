// SPDX-License-Identifier: Apache-2.0
#include "observe/dns_packet.h"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "observe/dns_bytes.h"

using namespace aurochs;
using namespace aurochs::observe;
using namespace std::string_literals;

namespace {

const dns::Ends kFour{"192.0.2.1", "192.0.2.53", 40000, 53}, kSix{"2001:db8::1", "2001:db8::53", 40000, 53};

/// The kernel runs the filter over datagrams of a local socket as over packets from their IP header on.
struct Filtered {
  base::UniqueFd a, b;
  explicit Filtered(bool with_multicast) {
    int pair[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) == 0);
    a.reset(pair[0]);
    b.reset(pair[1]);
    std::vector<sock_filter> filter = dns_filter(with_multicast);
    const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
    REQUIRE(::setsockopt(b.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0);
  }
  bool passes(const std::string& packet) {
    (void)!::send(a.get(), packet.data(), packet.size(), 0);
    char got[9000];
    return ::recv(b.get(), got, sizeof got, 0) == static_cast<ssize_t>(packet.size());
  }
};

std::string with(std::string packet, size_t at, const std::string& bytes) { return packet.replace(at, bytes.size(), bytes); }

}  // namespace

TEST_CASE("dns: packets of both families and protocols") {
  Packet p;
  const std::string plain = dns::udp(kFour, "payload"), padded = plain + "padding", six = dns::tcp(kSix, "payload");
  REQUIRE(parse_packet(plain, p));
  CHECK(p.payload == "payload");
  CHECK(p.src == dns::address("192.0.2.1"));
  CHECK(p.dst_port == 53);
  REQUIRE(parse_packet(padded, p));
  CHECK(p.payload == "payload");
  REQUIRE(parse_packet(six, p));
  CHECK(p.is_tcp);
  CHECK(p.is_ipv6);
  CHECK(p.dst == dns::address("2001:db8::53"));
  CHECK(p.payload == "payload");
  std::string options = "\x46"s + dns::udp(kFour, "payload").substr(1, 19) + "\x01\x01\x01\x01" + dns::udp(kFour, "payload").substr(20);
  options = with(options, 2, dns::n16(static_cast<unsigned>(options.size())));
  REQUIRE(parse_packet(options, p));
  CHECK(p.payload == "payload");

  CHECK_FALSE(parse_packet("", p));
  CHECK_FALSE(parse_packet(with(dns::udp(kFour, "x"), 6, dns::n16(0x2001)), p));  // a later fragment
  CHECK_FALSE(parse_packet(with(dns::udp(kFour, "x"), 9, "\x01"), p));
  CHECK_FALSE(parse_packet(with(dns::udp(kFour, "x"), 0, "\x44"), p));
  CHECK_FALSE(parse_packet(with(dns::udp(kFour, "x"), 2, dns::n16(19)), p));
  CHECK_FALSE(parse_packet(with(dns::tcp(kFour, "x"), 20 + 12, "\xF0"), p));
  CHECK_FALSE(parse_packet(with(dns::tcp(kFour, "x"), 20 + 12, "\x10"), p));
  for (const std::string& whole : {dns::udp(kFour, "payload"), dns::tcp(kSix, "payload")})
    for (size_t n = 0; n < whole.size(); ++n)
      if (parse_packet(whole.substr(0, n), p)) CHECK(p.payload.size() < 7);
}

TEST_CASE("dns: the kernel's filter lets DNS in and nothing else") {
  for (const bool with_multicast : {false, true}) {
    Filtered f(with_multicast);
    for (const dns::Ends& ends : {kFour, kSix, kFour.back(), kSix.back()}) {
      CHECK(f.passes(dns::udp(ends, "question")));
      CHECK(f.passes(dns::tcp(ends, "")));
    }
    std::string options = "\x4F"s + dns::udp(kFour, "x").substr(1, 19) + std::string(40, '\1') + dns::udp(kFour, "x").substr(20);
    CHECK(f.passes(options));
    CHECK_FALSE(f.passes(dns::udp({"192.0.2.1", "192.0.2.2", 40000, 443}, "x")));
    CHECK_FALSE(f.passes(dns::tcp({"2001:db8::1", "2001:db8::2", 40000, 443}, "x")));
    CHECK(f.passes(dns::udp({"192.0.2.1", "224.0.0.251", 5353, 5353}, "x")) == with_multicast);
    CHECK(f.passes(dns::udp({"fe80::1", "ff02::1:3", 40000, 5355}, "x")) == with_multicast);
    CHECK(f.passes(with(dns::udp(kFour, "x"), 6, dns::n16(0x2000))));        // the first fragment
    CHECK_FALSE(f.passes(with(dns::udp(kFour, "x"), 6, dns::n16(0x2001))));  // a later one
    CHECK_FALSE(f.passes(with(dns::udp(kFour, "x"), 9, "\x01")));            // ICMP
    CHECK_FALSE(f.passes(with(dns::udp(kSix, "x"), 6, "\x2C")));             // a fragment of IPv6
    CHECK_FALSE(f.passes("\0\1\x08\0\x06\x04"s + std::string(40, '\x35')));  // ARP
    CHECK_FALSE(f.passes("\x45"));
  }
}

TEST_CASE("dns: messages in a TCP segment") {
  std::string bytes = dns::n16(3) + "abc" + dns::n16(2) + "de" + dns::n16(9) + "f";
  std::string_view rest = bytes, message;
  REQUIRE(next_tcp_message(rest, message));
  CHECK(message == "abc");
  REQUIRE(next_tcp_message(rest, message));
  CHECK(message == "de");
  CHECK_FALSE(next_tcp_message(rest, message));
  CHECK(rest.size() == 3);
  rest = std::string_view("\0\0", 2);
  CHECK_FALSE(next_tcp_message(rest, message));
}
