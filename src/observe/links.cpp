// SPDX-License-Identifier: Apache-2.0
#include "observe/links.h"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "observe/netlink.h"
#include "observe/rtnetlink.h"

namespace aurochs::observe {
namespace {
using event::EventType;
using event::FieldId;

constexpr uint32_t kGroups = RTMGRP_LINK | RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE;
constexpr uint16_t kCarrier = 33;  // IFLA_CARRIER, kernel 3.9
constexpr uint16_t kValidNeighbour = NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;

std::string_view hardware_name(uint16_t hardware) {
  switch (hardware) {
    case ARPHRD_ETHER: return "Ethernet";
    case ARPHRD_LOOPBACK: return "Loopback";
    case ARPHRD_INFINIBAND: return "InfiniBand";
    case ARPHRD_PPP: return "PPP";
    case ARPHRD_TUNNEL: return "ipip";
    case ARPHRD_TUNNEL6: return "ip6tnl";
    case ARPHRD_SIT: return "sit";
    case ARPHRD_IPGRE: return "gre";
    case ARPHRD_NONE: return "none";
    default: return {};
  }
}

template <class Number>
void put_bytes(std::string& out, Number n) {
  out.append(reinterpret_cast<const char*>(&n), sizeof n);
}

/// Kernel 6.9+ puts the end of a dump behind its last entries, before it came alone.
bool has_end(std::string_view datagram) {
  while (datagram.size() >= sizeof(nlmsghdr)) {
    const auto head = number_at<nlmsghdr>(datagram);
    if (head.nlmsg_type == NLMSG_DONE || head.nlmsg_type == NLMSG_ERROR || head.nlmsg_len < sizeof head) return true;
    datagram.remove_prefix(std::min<size_t>(NLMSG_ALIGN(head.nlmsg_len), datagram.size()));
  }
  return false;
}

bool parse_link(std::string_view body, uint32_t& index, Link& out) {
  if (body.size() < sizeof(ifinfomsg)) return false;
  const auto head = number_at<ifinfomsg>(body);
  if (head.ifi_family != AF_UNSPEC || head.ifi_index <= 0) return false;
  const std::string_view attributes = body.substr(sizeof(ifinfomsg));
  index = static_cast<uint32_t>(head.ifi_index);
  out.flags = head.ifi_flags;
  out.hardware = head.ifi_type;
  out.name = text_of(attribute(attributes, IFLA_IFNAME));
  out.kind = text_of(attribute(attribute(attributes, IFLA_LINKINFO), IFLA_INFO_KIND));
  out.mac = mac_text(attribute(attributes, IFLA_ADDRESS));
  out.mtu = number_at<uint32_t>(attribute(attributes, IFLA_MTU));
  const std::string_view carrier = attribute(attributes, kCarrier);
  // kernel < 3.9: IFF_LOWER_UP says the same of a link that is up
  out.is_connected = carrier.empty() ? (out.flags & IFF_LOWER_UP) != 0 : carrier[0] != 0;
  return !out.name.empty();
}

}  // namespace

base::Status Links::open(const Options& options) {
  root_ = options.root;
  auto socket = open_netlink(NETLINK_ROUTE, kGroups);
  if (!socket) return socket.error();
  fd_ = std::move(*socket);
  for (const uint16_t type : {RTM_GETLINK, RTM_GETADDR, RTM_GETNEIGH})
    if (auto read = dump(type, nullptr); !read) return read;
  return base::Ok{};
}

/// One table, over a socket of its own: the answers must not lie between what the groups say.
base::Status Links::dump(uint16_t type, const Sink* sink) {
  const base::UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  struct {
    nlmsghdr head;
    ifinfomsg body;
  } ask{};
  ask.head.nlmsg_len = sizeof ask;
  ask.head.nlmsg_type = type;
  ask.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  const timeval patience{1, 0};
  (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (!fd || ::send(fd.get(), &ask, sizeof ask, 0) < 0) return base::errno_error("rtnetlink tables", errno);
  std::string bytes(limits::kObserverMessageBytes, '\0');
  for (;;) {
    const ssize_t n = ::recv(fd.get(), &bytes[0], bytes.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::errno_error("rtnetlink tables", errno);
    const std::string_view datagram(bytes.data(), static_cast<size_t>(n));
    hear(datagram, sink);
    if (n == 0 || has_end(datagram)) return base::Ok{};
  }
}

/// After an overrun: what came and went in between is told now. Routes are not compared, they are not kept.
void Links::read_tables(const Sink* sink) {
  for (auto& [index, link] : links_) link.is_seen = false;
  for (auto& [key, address] : addresses_) address.is_seen = false;
  if (!dump(RTM_GETLINK, sink) || !dump(RTM_GETADDR, sink)) return;
  for (auto at = addresses_.begin(); at != addresses_.end();) {
    if (!at->second.is_seen) tell_address(at->second, false, *sink);
    at = at->second.is_seen ? std::next(at) : addresses_.erase(at);
  }
  for (auto at = links_.begin(); at != links_.end();) {
    if (!at->second.is_seen) {
      event_.clear(EventType::network_interface_delete);
      put_link(at->first, at->second);
      (*sink)(event_);
    }
    at = at->second.is_seen ? std::next(at) : links_.erase(at);
  }
}

void Links::take(const Sink& sink) {
  if (!each_message(fd_.get(), lost_, [&](std::string_view datagram) { hear(datagram, &sink); })) read_tables(&sink);
}

int64_t Links::poll(int64_t, const Sink&) { return INT64_MAX; }

uint64_t Links::take_losses() { return std::exchange(lost_, 0); }

void Links::hear(std::string_view datagram, const Sink* sink) {
  while (datagram.size() >= sizeof(nlmsghdr)) {
    const auto head = number_at<nlmsghdr>(datagram);
    if (head.nlmsg_len < sizeof head || head.nlmsg_len > datagram.size()) return;
    const Message m{head.nlmsg_type, head.nlmsg_flags, datagram.substr(sizeof head, head.nlmsg_len - sizeof head)};
    datagram.remove_prefix(std::min<size_t>(NLMSG_ALIGN(head.nlmsg_len), datagram.size()));
    switch (m.type) {
      case RTM_NEWLINK:
      case RTM_DELLINK: hear_link(m, sink); break;
      case RTM_NEWADDR:
      case RTM_DELADDR: hear_address(m, sink); break;
      case RTM_NEWROUTE:
      case RTM_DELROUTE:
        if (sink) hear_route(m, *sink);
        break;
      case RTM_NEWNEIGH: hear_neighbour(m, sink); break;
      default: break;
    }
  }
}

void Links::put_link(uint32_t index, const Link& link) {
  event_.set_copy(FieldId::dev_iface, link.name);
  event_.set_number(FieldId::dev_iface_id, index);
  const std::string_view kind = link.kind.empty() ? hardware_name(link.hardware) : std::string_view(link.kind);
  if (!kind.empty()) event_.set_copy(FieldId::dev_iface_type, kind);
  if (!link.mac.empty()) event_.set_copy(FieldId::dev_iface_mac, link.mac);
  if (link.mtu) event_.set_number(FieldId::dev_iface_mtu, link.mtu);
  event_.set_bool(FieldId::dev_iface_isup, link.flags & IFF_UP);
  event_.set_bool(FieldId::dev_iface_isconnected, link.is_connected);
  event_.set_bool(FieldId::dev_iface_isphysical, link.is_physical);
  event_.set_bool(FieldId::dev_iface_ispromiscuous, link.flags & IFF_PROMISC);
}

void Links::hear_link(const Message& m, const Sink* sink) {
  uint32_t index = 0;
  Link now;
  if (!parse_link(m.body, index, now)) return;
  const auto known = links_.find(index);
  if (m.type == RTM_DELLINK) {
    if (known == links_.end()) return;
    now.is_physical = known->second.is_physical;
    links_.erase(known);
    event_.clear(EventType::network_interface_delete);
    put_link(index, now);
    if (sink) (*sink)(event_);
    return;
  }
  now.is_seen = true;
  if (known == links_.end()) {
    if (links_.size() >= limits::kLinks) return void(++lost_);
    now.is_physical = ::access((root_ + "/sys/class/net/" + now.name + "/device").c_str(), F_OK) == 0;
    event_.clear(EventType::network_interface_create);
    put_link(index, now);
    links_.emplace(index, std::move(now));
    if (sink) (*sink)(event_);
    return;
  }
  Link& before = known->second;
  now.is_physical = before.is_physical;
  const bool is_up = now.flags & IFF_UP, was_up = before.flags & IFF_UP;
  const std::pair<bool, const char*> kChanges[] = {
      {is_up != was_up, is_up ? "up" : "down"},
      {now.is_connected != before.is_connected, now.is_connected ? "connected" : "disconnected"},
      {now.name != before.name, "renamed"},
      {now.mac != before.mac, "hardware address"}};
  const auto* const change = std::find_if(std::begin(kChanges), std::end(kChanges), [](const auto& c) { return c.first; });
  if (change != std::end(kChanges)) {
    event_.clear(EventType::network_interface_state);
    put_link(index, now);
    event_.set_text(FieldId::op_name, change->second);
    if (now.name != before.name)
      event_.set_copy(FieldId::op_value_old, before.name);
    else if (now.mac != before.mac)
      event_.set_copy(FieldId::op_value_old, before.mac);
  }
  before = std::move(now);
  if (sink && change != std::end(kChanges)) (*sink)(event_);
}

std::string Links::name_of(uint32_t index) const {
  const auto link = links_.find(index);
  return link == links_.end() ? "if" + std::to_string(index) : link->second.name;
}

void Links::put_name(uint32_t index) {
  const auto link = links_.find(index);
  if (link != links_.end()) event_.set_copy(FieldId::dev_iface, link->second.name);
  event_.set_number(FieldId::dev_iface_id, index);
}

void Links::hear_address(const Message& m, const Sink* sink) {
  if (m.body.size() < sizeof(ifaddrmsg)) return;
  const auto head = number_at<ifaddrmsg>(m.body);
  const std::string_view attributes = m.body.substr(sizeof head);
  // The own address is IFA_LOCAL; where that is missing (IPv6 without a peer), IFA_ADDRESS.
  std::string_view own = attribute(attributes, IFA_LOCAL);
  if (!own.data()) own = attribute(attributes, IFA_ADDRESS);
  Address address{head.ifa_index, address_text(head.ifa_family, own), true};
  if (address.text.empty()) return;
  address.text.append("/").append(std::to_string(head.ifa_prefixlen));
  std::string key;
  put_bytes(key, head.ifa_index);
  put_bytes(key, head.ifa_prefixlen);
  key += own;
  const auto known = addresses_.find(key);
  const bool is_new = m.type == RTM_NEWADDR;
  if (is_new == (known != addresses_.end())) {
    if (is_new) known->second.is_seen = true;
    return;
  }
  if (is_new && addresses_.size() >= limits::kLinkAddresses) return void(++lost_);
  if (sink) tell_address(address, is_new, *sink);
  if (is_new)
    addresses_.emplace(std::move(key), std::move(address));
  else
    addresses_.erase(known);
}

void Links::tell_address(const Address& address, bool is_new, const Sink& sink) {
  event_.clear(EventType::network_address_change);
  event_.set_text(FieldId::op_name, is_new ? "added" : "removed");
  put_name(address.index);
  event_.set_copy(address.text.find(':') == std::string::npos ? FieldId::dev_iface_ipv4 : FieldId::dev_iface_ipv6, address.text);
  sink(event_);
}

void Links::hear_route(const Message& m, const Sink& sink) {
  const Route route = parse_route(m.body, [this](uint32_t index) { return name_of(index); });
  if (!route.is_told) return;
  event_.clear(EventType::network_route_change);
  event_.set_text(FieldId::op_name, m.type == RTM_DELROUTE ? "removed" : m.flags & NLM_F_REPLACE ? "replaced" : "added");
  event_.set_copy(FieldId::net_route, route.text);
  if (route.index) put_name(route.index);
  sink(event_);
}

void Links::hear_neighbour(const Message& m, const Sink* sink) {
  if (m.body.size() < sizeof(ndmsg)) return;
  const auto head = number_at<ndmsg>(m.body);
  const std::string_view attributes = m.body.substr(sizeof head), address = attribute(attributes, NDA_DST);
  const std::string ip = address_text(head.ndm_family, address), mac = mac_text(attribute(attributes, NDA_LLADDR));
  if (ip.empty() || mac.empty() || !(head.ndm_state & kValidNeighbour)) return;
  std::string key;
  put_bytes(key, head.ndm_ifindex);
  key += address;
  const auto known = neighbours_.find(key);
  if (known == neighbours_.end()) {
    if (neighbours_.size() >= limits::kNeighbours) neighbours_.erase(neighbours_.begin());
    neighbours_.emplace(std::move(key), mac);
    return;
  }
  if (known->second == mac) return;
  const std::string before = std::exchange(known->second, mac);
  if (!sink) return;
  event_.clear(EventType::network_neighbor_change);
  put_name(static_cast<uint32_t>(head.ndm_ifindex));
  event_.set_copy(head.ndm_family == AF_INET ? FieldId::net_src_ipv4 : FieldId::net_src_ipv6, ip);
  event_.set_copy(FieldId::net_mac, mac);
  event_.set_copy(FieldId::net_mac_old, before);
  (*sink)(event_);
}

}  // namespace aurochs::observe
