// SPDX-License-Identifier: Apache-2.0
#include "observe/rtnetlink.h"

#include <arpa/inet.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdio>

namespace aurochs::observe {
namespace {

constexpr uint16_t kNested = 0x3FFF;     // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
constexpr uint16_t kVia = 18;            // RTA_VIA, kernel 4.1: a gateway of another family
constexpr unsigned kMakerKernel = RTPROT_KERNEL, kMakerRedirect = RTPROT_REDIRECT;

size_t aligned(size_t n) { return (n + 3) & ~size_t{3}; }

std::string via(std::string_view attributes, int family) {
  const std::string_view gateway = attribute(attributes, RTA_GATEWAY);
  if (gateway.data()) return address_text(family, gateway);
  const std::string_view other = attribute(attributes, kVia);
  return other.size() < 2 ? std::string() : address_text(number_at<uint16_t>(other), other.substr(2));
}

}  // namespace

bool Attributes::next(uint16_t& type, std::string_view& value) {
  if (rest_.size() < sizeof(rtattr)) return false;
  const size_t size = number_at<uint16_t>(rest_);
  if (size < sizeof(rtattr) || size > rest_.size()) return false;
  type = number_at<uint16_t>(rest_, 2) & kNested;
  value = rest_.substr(sizeof(rtattr), size - sizeof(rtattr));
  rest_.remove_prefix(std::min(aligned(size), rest_.size()));
  return true;
}

std::string_view attribute(std::string_view attributes, uint16_t type) {
  Attributes all(attributes);
  uint16_t one = 0;
  std::string_view value, found;
  while (all.next(one, value))
    if (one == type) found = value;
  return found;
}

std::string_view text_of(std::string_view value) { return value.substr(0, value.find('\0')); }

std::string address_text(int family, std::string_view bytes) {
  char text[INET6_ADDRSTRLEN];
  const size_t size = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
  return size && bytes.size() == size && ::inet_ntop(family, bytes.data(), text, sizeof text) ? text : "";
}

std::string mac_text(std::string_view bytes) {
  if (bytes.empty() || bytes.size() > 32) return {};
  std::string out;
  for (const char c : bytes) {
    char two[4];
    std::snprintf(two, sizeof two, "%02x:", static_cast<unsigned>(static_cast<unsigned char>(c)));
    out += two;
  }
  out.pop_back();
  return out;
}

RouteParts route_parts(std::string_view body) {
  RouteParts out;
  if (body.size() < sizeof(rtmsg)) return out;
  const auto head = number_at<rtmsg>(body);
  const std::string_view attributes = body.substr(sizeof(rtmsg));
  const std::string_view table = attribute(attributes, RTA_TABLE), destination = attribute(attributes, RTA_DST);
  const uint32_t number = table.data() ? number_at<uint32_t>(table) : head.rtm_table;
  out.family = head.rtm_family;
  const bool is_ip = out.family == AF_INET || out.family == AF_INET6;
  const bool is_made = head.rtm_protocol != kMakerKernel && head.rtm_protocol != kMakerRedirect;
  out.is_told = is_ip && is_made && number == RT_TABLE_MAIN && !(head.rtm_flags & RTM_F_CLONED) && head.rtm_type != RTN_LOCAL;
  switch (head.rtm_type) {
    case RTN_BLACKHOLE: out.destination = "blackhole "; break;
    case RTN_UNREACHABLE: out.destination = "unreachable "; break;
    case RTN_PROHIBIT: out.destination = "prohibit "; break;
    default: break;
  }
  const std::string address = address_text(out.family, destination);
  out.destination += address.empty() ? "default" : address + "/" + std::to_string(head.rtm_dst_len);
  out.gateway = via(attributes, out.family);
  out.out_index = number_at<uint32_t>(attribute(attributes, RTA_OIF));
  out.multipath = attribute(attributes, RTA_MULTIPATH);
  return out;
}

bool next_hop(std::string_view& multipath, int family, std::string& gateway, uint32_t& index) {
  if (multipath.size() < sizeof(rtnexthop)) return false;
  const auto hop = number_at<rtnexthop>(multipath);
  if (hop.rtnh_len < sizeof(rtnexthop) || hop.rtnh_len > multipath.size()) return false;
  gateway = via(multipath.substr(sizeof(rtnexthop), hop.rtnh_len - sizeof(rtnexthop)), family);
  index = static_cast<uint32_t>(hop.rtnh_ifindex);
  multipath.remove_prefix(std::min(aligned(hop.rtnh_len), multipath.size()));
  return true;
}

}  // namespace aurochs::observe
