// SPDX-License-Identifier: Apache-2.0
// IP packets of any bytes down to what DNS lies in, and the filter that lets only such packets into a socket. Pure.
// Not seen: later fragments, packets with IPv6 extension headers, TCP messages that do not lie whole in one segment.
#pragma once
#include <linux/filter.h>

#include <cstdint>
#include <string_view>
#include <vector>

namespace aurochs::observe {

inline constexpr uint16_t kDnsPort = 53, kMdnsPort = 5353, kLlmnrPort = 5355;

struct Packet {
  bool is_ipv6 = false, is_tcp = false;
  std::string_view src, dst;  ///< 4 or 16 bytes
  uint16_t src_port = 0, dst_port = 0;
  std::string_view payload;
};

/// From the IP header on. False: neither UDP nor TCP in IPv4 or IPv6, or cut inside the headers.
bool parse_packet(std::string_view bytes, Packet& out);
/// The next message of a TCP payload, which has its length in front; `rest` moves behind it. False: none that is whole.
bool next_tcp_message(std::string_view& rest, std::string_view& message);
/// For a packet socket of type SOCK_DGRAM: from or to port 53, over UDP or TCP; with_multicast also 5353 and 5355.
std::vector<sock_filter> dns_filter(bool with_multicast);

}  // namespace aurochs::observe
