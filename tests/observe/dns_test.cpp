// SPDX-License-Identifier: Apache-2.0
#include "observe/dns.h"

#include <doctest/doctest.h>

#include "base/limits.h"
#include "enrich/temp_tree.h"
#include "observe/dns_bytes.h"
#include "support/collected.h"

using namespace aurochs;
using namespace aurochs::observe;
using Way = Dns::Way;

namespace {

const dns::Ends kEnds{"192.0.2.1", "192.0.2.53", 40000, 53}, kSix{"2001:db8::1", "2001:db8::53", 40000, 53};

struct Host {
  TempTree tree;
  base::SystemClock clock;
  Dns source;
  Collected got;
  const Sink sink = [this](const event::Event& e) { got(e); };

  explicit Host(bool with_multicast = false) {
    Options options;
    options.root = tree.root();
    options.clock = &clock;
    options.dns_multicast = with_multicast;
    source.prepare(options);
  }
  void hear(const std::string& packet, Way way = Way::sent, int64_t now_ms = 1000) { source.hear(packet, way, now_ms, sink); }
};

}  // namespace

TEST_CASE("DnsQueryNix, DnsResponseNix: over UDP, with the process that holds the socket") {
  Host host;
  host.tree.file("/proc/net/udp", "  1: 010200C0:9C40 350200C0:0035 01 00000000:00000000 00:00000000 00000000 0 0 13 2\n");
  host.tree.dir("/proc/4242/fd");
  host.tree.link("/proc/4242/fd/3", "socket:[13]");
  host.hear(dns::udp(kEnds, dns::query(7, "Www.example.org", 1)));
  auto e = host.got.only();
  CHECK(e.type == "DnsQueryNix");
  CHECK(e["dns_rname"] == "Www.example.org");
  CHECK(e["dns_rtype"] == "A");
  CHECK(e["dns_id"] == "7");
  CHECK(e["dns_server"] == "192.0.2.53:53");
  CHECK(e["net_proto"] == "UDP");
  CHECK(e["net_src_ipv4"] == "192.0.2.1");
  CHECK(e["net_src_port"] == "40000");
  CHECK(e["net_dst_ipv4"] == "192.0.2.53");
  CHECK(e["net_conn_direction"] == "Outbound");
  CHECK(e["proc_id"] == "4242");
  host.hear(dns::udp(kEnds.back(), dns::answer(7, "www.EXAMPLE.org", 1, 0, {dns::record("\xC0\x0C", 1, dns::address("198.51.100.9"))})), Way::received);
  e = host.got.only();
  CHECK(e.type == "DnsResponseNix");
  CHECK(e["dns_raddr"] == "198.51.100.9");
  CHECK(e["dns_rcode"] == "NOERROR");
  CHECK(e["net_src_ipv4"] == "192.0.2.1");  // as in the question
  CHECK(e["net_dst_port"] == "53");
  CHECK(e["proc_id"] == "4242");
}

TEST_CASE("DnsQueryFailNix: over TCP and IPv6, the three failures") {
  Host host;
  for (const auto& [code, name] : {std::pair<unsigned, const char*>{3, "NXDOMAIN"}, {2, "SERVFAIL"}, {5, "REFUSED"}}) {
    const std::string question = dns::query(code, "gone.example", 16), answer = dns::answer(code, "gone.example", 16, code);
    host.hear(dns::tcp(kSix, dns::n16(static_cast<unsigned>(question.size())) + question));
    auto e = host.got.only();
    CHECK(e.type == "DnsQueryNix");
    CHECK(e["dns_rtype"] == "TXT");
    CHECK(e["dns_server"] == "[2001:db8::53]:53");
    CHECK(e["net_proto"] == "TCP");
    CHECK(e["proc_id"] == "-");
    host.hear(dns::tcp(kSix.back(), dns::n16(static_cast<unsigned>(answer.size())) + answer), Way::received);
    e = host.got.only();
    CHECK(e.type == "DnsQueryFailNix");
    CHECK(e["dns_rcode"] == name);
    CHECK(e["dns_rname"] == "gone.example");
  }
  CHECK(host.source.take_losses() == 0);
}

TEST_CASE("DnsResponseNix: only to a question that was seen, once, in time") {
  Host host;
  const std::string answer = dns::answer(7, "a.example", 1, 0);
  host.hear(dns::udp(kEnds.back(), answer), Way::received);
  CHECK(host.got.events.empty());
  host.hear(dns::udp(kEnds, dns::query(7, "a.example", 1)));
  CHECK(host.got.only().type == "DnsQueryNix");
  host.hear(dns::udp(kEnds.back(), dns::answer(8, "a.example", 1, 0)), Way::received);
  host.hear(dns::udp(kEnds.back(), dns::answer(7, "b.example", 1, 0)), Way::received);
  host.hear(dns::udp(kEnds.back(), dns::answer(7, "a.example", 28, 0)), Way::received);
  host.hear(dns::udp({"203.0.113.1", "192.0.2.1", 53, 40000}, answer), Way::received);
  CHECK(host.got.events.empty());
  host.hear(dns::udp(kEnds.back(), answer), Way::received, 1000 + limits::kDnsQuestionMs - 1);
  CHECK(host.got.only().type == "DnsResponseNix");
  host.hear(dns::udp(kEnds.back(), answer), Way::received, 1000 + limits::kDnsQuestionMs - 1);
  CHECK(host.got.events.empty());
  host.hear(dns::udp(kEnds, dns::query(9, "a.example", 1)));
  host.got.only();
  host.hear(dns::udp(kEnds.back(), dns::answer(9, "a.example", 1, 0)), Way::received, 1000 + limits::kDnsQuestionMs);
  CHECK(host.got.events.empty());
}

TEST_CASE("DnsQueryNix: once over several interfaces; forwarded ones; not those that others ask a server here") {
  Host host;
  const std::string question = dns::query(7, "a.example", 1);
  host.hear(dns::udp({"10.88.0.5", "198.51.100.53", 41000, 53}, question), Way::received);
  const auto e = host.got.only();
  CHECK(e.type == "DnsQueryNix");
  CHECK(e["net_src_ipv4"] == "10.88.0.5");
  CHECK(e["net_conn_direction"] == "-");
  host.hear(dns::udp({"192.0.2.1", "198.51.100.53", 41000, 53}, question));  // the same, behind NAT
  CHECK(host.got.events.empty());
  host.hear(dns::udp({"10.88.0.5", "127.0.0.1", 41000, 53}, question), Way::received);
  CHECK(host.got.events.empty());
}

TEST_CASE("DnsMulticastQueryNix: each question, where it is asked for") {
  const dns::Ends mdns{"192.0.2.1", "224.0.0.251", 5353, 5353}, llmnr{"fe80::1", "ff02::1:3", 50000, 5355};
  const std::string two = dns::head(0, 0, 2) + dns::name("_ipp._tcp.local") + dns::n16(12) + dns::n16(0x8001) + dns::name("nas.local") + dns::n16(1) + dns::n16(1);
  Host off, on(true);
  off.hear(dns::udp(mdns, two));
  CHECK(off.got.events.empty());
  on.hear(dns::udp(mdns, two));
  REQUIRE(on.got.events.size() == 2);
  CHECK(on.got.events[0].type == "DnsMulticastQueryNix");
  CHECK(on.got.events[0]["dns_rname"] == "_ipp._tcp.local");
  CHECK(on.got.events[0]["dns_rtype"] == "PTR");
  CHECK(on.got.events[1]["dns_rname"] == "nas.local");
  on.got.events.clear();
  on.hear(dns::udp(llmnr, dns::query(1, "printer", 28)));
  CHECK(on.got.only()["net_dst_port"] == "5355");
  on.hear(dns::udp(mdns, two), Way::received);
  on.hear(dns::udp(mdns, dns::answer(0, "nas.local", 1, 0)));
  CHECK(on.got.events.empty());
}

TEST_CASE("DnsTunnelStatNix: many names below one domain in a window") {
  Host host;
  for (unsigned i = 0; i < 60; ++i) {
    host.hear(dns::udp(kEnds, dns::query(i, "x" + std::to_string(i) + ".t.Evil.example", 16)));
    host.hear(dns::udp(kEnds, dns::query(i, "www.good.example", 16)));
  }
  host.got.events.clear();
  host.source.poll(1000 + limits::kDnsWindowMs - 1, host.sink);
  CHECK(host.got.events.empty());
  host.source.poll(1000 + limits::kDnsWindowMs, host.sink);
  const auto e = host.got.only();
  CHECK(e.type == "DnsTunnelStatNix");
  CHECK(e["dns_rname"] == "evil.example");
  CHECK(e["event_count"] == "60");
  CHECK(e["dns_labels"] == "60");
  CHECK(e["dns_server"] == "192.0.2.53:53");
  CHECK(std::stoi(e["net_tx_bytes"]) > 60 * 30);
  CHECK(e["proc_id"] == "-");
  host.source.poll(1000 + 3 * limits::kDnsWindowMs, host.sink);
  CHECK(host.got.events.empty());
}

TEST_CASE("DnsTunnelStatNix: a flood of domains does not hide the one with many names") {
  DnsDomains domains;
  for (int i = 0; i < 100; ++i) domains.add("n" + std::to_string(i) + ".evil.example", "s", 10, 5, 0);
  for (int i = 0; i < 5000; ++i) domains.add("www.d" + std::to_string(i) + ".example", "s", 10, 6, 1);
  event::Event e;
  REQUIRE(domains.next(e, limits::kDnsWindowMs + 1));
  CHECK(e.text(event::FieldId::dns_rname) == "evil.example");
  CHECK(e.number(event::FieldId::dns_labels) == 100);
  CHECK(e.number(event::FieldId::proc_id) == 5);
  CHECK_FALSE(domains.next(e, limits::kDnsWindowMs + 1));
  CHECK(domains.empty());
}

TEST_CASE("dns: what is no DNS is passed over; half a question over TCP is counted") {
  Host host;
  const std::string question = dns::query(7, "a.example", 1);
  host.hear(dns::udp(kEnds, "garbage"));
  host.hear(dns::udp(kEnds, dns::head(7, 0, 0)));
  host.hear(dns::udp(kEnds, dns::head(7, 0x2800, 1) + question.substr(12)));  // an update
  host.hear(dns::udp({"192.0.2.1", "192.0.2.2", 4000, 4001}, question));
  host.hear(dns::tcp(kEnds, ""));
  CHECK(host.source.take_losses() == 0);
  host.hear(dns::tcp(kEnds, dns::n16(static_cast<unsigned>(question.size())) + question.substr(0, 9)));
  CHECK(host.source.take_losses() == 1);
  CHECK(host.got.events.empty());
  Dns unused;
  CHECK(unused.poll(0, host.sink) == INT64_MAX);
}
