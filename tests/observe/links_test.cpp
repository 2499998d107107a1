// SPDX-License-Identifier: Apache-2.0
#include "observe/links.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

#include "observe/rtnetlink.h"
#include "support/collected.h"

using namespace aurochs;
using namespace aurochs::observe;

namespace {

template <class T>
std::string raw(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}
std::string attr(uint16_t type, const std::string& value) {
  std::string out = raw(static_cast<uint16_t>(4 + value.size())) + raw(type) + value;
  out.resize((out.size() + 3) & ~size_t{3});
  return out;
}
std::string message(uint16_t type, const std::string& body, uint16_t flags = 0) {
  nlmsghdr head{};
  head.nlmsg_len = static_cast<uint32_t>(sizeof head + body.size());
  head.nlmsg_type = type;
  head.nlmsg_flags = flags;
  return raw(head) + body;
}
std::string ip(const char* text) {
  std::string bytes(std::string(text).find(':') == std::string::npos ? 4 : 16, '\0');
  REQUIRE(::inet_pton(bytes.size() == 4 ? AF_INET : AF_INET6, text, &bytes[0]) == 1);
  return bytes;
}
std::string link(uint16_t type, int index, const std::string& name, uint32_t flags, const std::string& mac, const std::string& kind = "", int family = AF_UNSPEC) {
  ifinfomsg head{};
  head.ifi_family = static_cast<unsigned char>(family);
  head.ifi_index = index;
  head.ifi_type = ARPHRD_ETHER;
  head.ifi_flags = flags;
  std::string body = raw(head) + attr(IFLA_IFNAME, name + '\0') + attr(IFLA_ADDRESS, mac) + attr(IFLA_MTU, raw(uint32_t{1500}));
  if (!kind.empty()) body += attr(IFLA_LINKINFO | 0x8000, attr(IFLA_INFO_KIND, kind));
  return message(type, body);
}
std::string address(uint16_t type, uint32_t index, const char* local, unsigned char prefix, const char* peer = nullptr) {
  ifaddrmsg head{};
  head.ifa_family = std::string(local).find(':') == std::string::npos ? AF_INET : AF_INET6;
  head.ifa_prefixlen = prefix;
  head.ifa_index = index;
  return message(type, raw(head) + attr(IFA_ADDRESS, ip(peer ? peer : local)) + (head.ifa_family == AF_INET ? attr(IFA_LOCAL, ip(local)) : ""));
}
struct RouteOf {
  rtmsg head{};
  std::string rest;
  RouteOf() {
    head.rtm_family = AF_INET;
    head.rtm_table = RT_TABLE_MAIN;
    head.rtm_protocol = RTPROT_BOOT;
    head.rtm_type = RTN_UNICAST;
  }
  std::string operator()(uint16_t type, uint16_t flags = 0) const { return message(type, raw(head) + rest, flags); }
};
std::string neighbour(int index, const char* address_of, const std::string& mac, uint16_t state = NUD_REACHABLE) {
  ndmsg head{};
  head.ndm_family = AF_INET;
  head.ndm_ifindex = index;
  head.ndm_state = state;
  return message(RTM_NEWNEIGH, raw(head) + attr(NDA_DST, ip(address_of)) + attr(NDA_LLADDR, mac));
}

std::string mac(unsigned char last) { return {'\x52', '\x54', '\0', '\x12', '\x34', static_cast<char>(last)}; }

struct Wire {
  Links links;
  Collected got;
  const Sink sink = [this](const event::Event& e) { got(e); };
  void hear(const std::string& bytes) { links.hear(bytes, &sink); }
  Wire() { links.hear(link(RTM_NEWLINK, 2, "eth0", IFF_UP | IFF_LOWER_UP, mac(0x56)), nullptr); }
};

}  // namespace

TEST_CASE("NetworkInterfaceCreateNix, NetworkInterfaceDeleteNix: links that come and go; ports of bridges do not") {
  Wire w;
  w.hear(link(RTM_NEWLINK, 9, "wg0", 0, mac(1), "wireguard"));
  auto e = w.got.only();
  CHECK(e.type == "NetworkInterfaceCreateNix");
  CHECK(e["dev_iface"] == "wg0");
  CHECK(e["dev_iface_id"] == "9");
  CHECK(e["dev_iface_type"] == "wireguard");
  CHECK(e["dev_iface_mac"] == "52:54:00:12:34:01");
  CHECK(e["dev_iface_mtu"] == "1500");
  CHECK(e["dev_iface_isup"] == "0");
  w.hear(link(RTM_NEWLINK, 9, "wg0", 0, mac(1), "wireguard"));
  w.hear(link(RTM_DELLINK, 9, "wg0", 0, mac(1), "", AF_BRIDGE));
  CHECK(w.got.events.empty());
  w.hear(link(RTM_DELLINK, 9, "wg0", 0, mac(1), "wireguard"));
  e = w.got.only();
  CHECK(e.type == "NetworkInterfaceDeleteNix");
  CHECK(e["dev_iface"] == "wg0");
  w.hear(link(RTM_DELLINK, 9, "wg0", 0, mac(1)));
  w.hear(link(RTM_NEWLINK, 2, "eth0", IFF_UP | IFF_LOWER_UP, mac(0x56)));  // known since the start
  CHECK(w.got.events.empty());
}

TEST_CASE("NetworkInterfaceStateNix: up, down, carrier, name, hardware address") {
  Wire w;
  w.hear(link(RTM_NEWLINK, 2, "eth0", IFF_UP, mac(0x56)));
  auto e = w.got.only();
  CHECK(e.type == "NetworkInterfaceStateNix");
  CHECK(e["op_name"] == "disconnected");
  CHECK(e["dev_iface_isconnected"] == "0");
  CHECK(e["dev_iface_type"] == "Ethernet");
  w.hear(link(RTM_NEWLINK, 2, "eth0", 0, mac(0x56)));
  CHECK(w.got.only()["op_name"] == "down");
  w.hear(link(RTM_NEWLINK, 2, "lan0", 0, mac(0x56)));
  e = w.got.only();
  CHECK(e["op_name"] == "renamed");
  CHECK(e["op_value_old"] == "eth0");
  w.hear(link(RTM_NEWLINK, 2, "lan0", 0, mac(0x99)));
  e = w.got.only();
  CHECK(e["op_name"] == "hardware address");
  CHECK(e["op_value_old"] == "52:54:00:12:34:56");
  w.hear(link(RTM_NEWLINK, 2, "lan0", IFF_UP | IFF_LOWER_UP | IFF_PROMISC, mac(0x99)));
  e = w.got.only();
  CHECK(e["op_name"] == "up");
  CHECK(e["dev_iface_ispromiscuous"] == "1");
}

TEST_CASE("NetworkAddressChangeNix: added and removed once, lifetimes that are renewed are not told") {
  Wire w;
  w.hear(address(RTM_NEWADDR, 2, "192.0.2.1", 24));
  auto e = w.got.only();
  CHECK(e.type == "NetworkAddressChangeNix");
  CHECK(e["op_name"] == "added");
  CHECK(e["dev_iface"] == "eth0");
  CHECK(e["dev_iface_ipv4"] == "192.0.2.1/24");
  w.hear(address(RTM_NEWADDR, 2, "192.0.2.1", 24));
  CHECK(w.got.events.empty());
  w.hear(address(RTM_NEWADDR, 2, "192.0.2.9", 32, "192.0.2.10"));
  CHECK(w.got.only()["dev_iface_ipv4"] == "192.0.2.9/32");
  w.hear(address(RTM_NEWADDR, 2, "2001:db8::5", 64));
  CHECK(w.got.only()["dev_iface_ipv6"] == "2001:db8::5/64");
  w.hear(address(RTM_DELADDR, 2, "192.0.2.1", 24));
  CHECK(w.got.only()["op_name"] == "removed");
  w.hear(address(RTM_DELADDR, 2, "192.0.2.1", 24));
  CHECK(w.got.events.empty());
}

TEST_CASE("NetworkRouteChangeNix: main table only, gateways of either family, several hops") {
  Wire w;
  RouteOf r;
  r.head.rtm_dst_len = 24;
  r.rest = attr(RTA_DST, ip("198.51.100.0")) + attr(RTA_GATEWAY, ip("192.0.2.7")) + attr(RTA_OIF, raw(uint32_t{2}));
  w.hear(r(RTM_NEWROUTE));
  auto e = w.got.only();
  CHECK(e.type == "NetworkRouteChangeNix");
  CHECK(e["op_name"] == "added");
  CHECK(e["net_route"] == "198.51.100.0/24 via 192.0.2.7 dev eth0");
  CHECK(e["dev_iface"] == "eth0");
  w.hear(r(RTM_NEWROUTE, NLM_F_REPLACE));
  CHECK(w.got.only()["op_name"] == "replaced");
  w.hear(r(RTM_DELROUTE));
  CHECK(w.got.only()["op_name"] == "removed");
  for (int i = 0; i < 4; ++i) {
    RouteOf not_told = r;
    if (i == 0) not_told.head.rtm_protocol = RTPROT_KERNEL;
    if (i == 1) not_told.head.rtm_flags = RTM_F_CLONED;
    if (i == 2) not_told.head.rtm_table = RT_TABLE_LOCAL;
    if (i == 3) not_told.rest += attr(RTA_TABLE, raw(uint32_t{1000}));
    w.hear(not_told(RTM_NEWROUTE));
    CHECK(w.got.events.empty());
  }
  RouteOf blackhole;
  blackhole.head.rtm_type = RTN_BLACKHOLE;
  blackhole.head.rtm_dst_len = 8;
  blackhole.rest = attr(RTA_DST, ip("10.0.0.0"));
  w.hear(blackhole(RTM_NEWROUTE));
  CHECK(w.got.only()["net_route"] == "blackhole 10.0.0.0/8");
  RouteOf through_six;
  through_six.rest = attr(18, raw(uint16_t{AF_INET6}) + ip("fe80::1")) + attr(RTA_OIF, raw(uint32_t{77}));
  w.hear(through_six(RTM_NEWROUTE));
  CHECK(w.got.only()["net_route"] == "default via fe80::1 dev if77");
  const auto hop = [](const char* gateway) {
    rtnexthop h{};
    const std::string rest = attr(RTA_GATEWAY, ip(gateway));
    h.rtnh_len = static_cast<uint16_t>(sizeof h + rest.size());
    h.rtnh_ifindex = 2;
    return raw(h) + rest;
  };
  RouteOf multipath;
  multipath.rest = attr(RTA_MULTIPATH, hop("192.0.2.2") + hop("192.0.2.3"));
  w.hear(multipath(RTM_NEWROUTE));
  CHECK(w.got.only()["net_route"] == "default via 192.0.2.2 dev eth0, via 192.0.2.3 dev eth0");
}

TEST_CASE("NetworkNeighborChangeNix: another hardware address for a known host") {
  Wire w;
  w.hear(neighbour(2, "192.0.2.254", mac(1)));
  w.hear(neighbour(2, "192.0.2.254", mac(1), NUD_STALE));
  w.hear(neighbour(2, "192.0.2.254", mac(2), NUD_FAILED));
  CHECK(w.got.events.empty());
  w.hear(neighbour(2, "192.0.2.254", mac(2)));
  const auto e = w.got.only();
  CHECK(e.type == "NetworkNeighborChangeNix");
  CHECK(e["net_src_ipv4"] == "192.0.2.254");
  CHECK(e["net_mac"] == "52:54:00:12:34:02");
  CHECK(e["net_mac_old"] == "52:54:00:12:34:01");
  CHECK(e["dev_iface"] == "eth0");
}

TEST_CASE("rtnetlink: the tables of this kernel are read to their end") {
  Links links;
  REQUIRE(links.open(Options()));
  Collected got;
  const Sink sink = [&](const event::Event& e) { got(e); };
  links.hear(link(RTM_DELLINK, 1, "lo", 0, ""), &sink);
  CHECK(got.only().type == "NetworkInterfaceDeleteNix");  // so it was known
  CHECK(links.take_losses() == 0);
}

TEST_CASE("rtnetlink: damaged messages") {
  Wire w;
  const std::string whole = link(RTM_NEWLINK, 9, "wg0", 0, mac(1), "wireguard") + address(RTM_NEWADDR, 2, "192.0.2.1", 24);
  for (size_t n = 0; n < whole.size(); ++n) w.hear(whole.substr(0, n));
  std::string liar = whole;
  liar[0] = '\x02';  // shorter than its own head
  w.hear(liar);
  CHECK(address_text(AF_INET, "abc").empty());
  CHECK(mac_text(std::string(33, 'x')).empty());
  std::string short_attribute = raw(uint16_t{3}) + raw(uint16_t{1});
  CHECK_FALSE(attribute(short_attribute, 1).data());
  std::string_view hops("\x02\x00", 2);
  std::string gateway;
  uint32_t index;
  CHECK_FALSE(next_hop(hops, AF_INET, gateway, index));
  CHECK(w.got.events.size() == 1);  // the link, whole in front of a cut address
}
