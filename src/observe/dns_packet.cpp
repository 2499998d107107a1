// SPDX-License-Identifier: Apache-2.0
#include "observe/dns_packet.h"

#include <netinet/in.h>

#include <algorithm>

#include "base/limits.h"

namespace aurochs::observe {
namespace {

constexpr size_t kHead4 = 20, kHead6 = 40, kUdpHead = 8, kTcpHead = 20;

unsigned byte(std::string_view b, size_t at) { return static_cast<unsigned char>(b[at]); }
uint16_t number(std::string_view b, size_t at) { return static_cast<uint16_t>(byte(b, at) << 8 | byte(b, at + 1)); }

/// Cuts padding behind the packet away; a length of 0 is that of a packet the card will cut later (TSO).
bool network(std::string_view bytes, Packet& out, unsigned& protocol, std::string_view& rest) {
  if (bytes.empty()) return false;
  out.is_ipv6 = byte(bytes, 0) >> 4 == 6;
  if (out.is_ipv6) {
    if (bytes.size() < kHead6) return false;
    protocol = byte(bytes, 6);
    out.src = bytes.substr(8, 16);
    out.dst = bytes.substr(24, 16);
    const size_t size = number(bytes, 4);
    rest = bytes.substr(kHead6, size ? size : std::string_view::npos);
    return true;
  }
  const size_t head = (byte(bytes, 0) & 0xF) * 4;
  if (byte(bytes, 0) >> 4 != 4 || head < kHead4 || bytes.size() < head) return false;
  if (number(bytes, 6) & 0x1FFF) return false;
  const size_t size = number(bytes, 2);
  if (size && size < head) return false;
  protocol = byte(bytes, 9);
  out.src = bytes.substr(12, 4);
  out.dst = bytes.substr(16, 4);
  rest = bytes.substr(head, size ? size - head : std::string_view::npos);
  return true;
}

}  // namespace

bool parse_packet(std::string_view bytes, Packet& out) {
  unsigned protocol = 0;
  std::string_view rest;
  if (!network(bytes, out, protocol, rest)) return false;
  out.is_tcp = protocol == IPPROTO_TCP;
  if (rest.size() < kUdpHead || (!out.is_tcp && protocol != IPPROTO_UDP)) return false;
  out.src_port = number(rest, 0);
  out.dst_port = number(rest, 2);
  size_t head = kUdpHead;
  if (out.is_tcp) {
    if (rest.size() < kTcpHead) return false;
    head = (byte(rest, 12) >> 4) * 4;
    if (head < kTcpHead || head > rest.size()) return false;
  }
  out.payload = rest.substr(head);
  return true;
}

bool next_tcp_message(std::string_view& rest, std::string_view& message) {
  if (rest.size() < 2) return false;
  const size_t size = number(rest, 0);
  if (size == 0 || size > rest.size() - 2) return false;
  message = rest.substr(2, size);
  rest.remove_prefix(2 + size);
  return true;
}

std::vector<sock_filter> dns_filter(bool with_multicast) {
  std::vector<uint32_t> ports = {kDnsPort};
  if (with_multicast) ports.insert(ports.end(), {kMdnsPort, kLlmnrPort});
  std::vector<sock_filter> f;
  std::vector<size_t> to_accept, to_drop;
  const auto load = [&](uint16_t code, uint32_t k) { f.push_back({code, 0, 0, k}); };
  // Jumps to accept and drop are filled in at the end, where their distance is known.
  const auto drop_unless_protocol = [&] {
    f.push_back({BPF_JMP | BPF_JEQ | BPF_K, 1, 0, IPPROTO_UDP});
    to_drop.push_back(f.size());
    f.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 0, IPPROTO_TCP});
  };
  const auto accept_ports = [&] {
    for (const uint32_t port : ports) {
      to_accept.push_back(f.size());
      f.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 0, port});
    }
  };
  load(BPF_LD | BPF_B | BPF_ABS, 0);
  load(BPF_ALU | BPF_AND | BPF_K, 0xF0);
  const size_t four = f.size();
  f.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0x40});
  to_drop.push_back(f.size());
  f.push_back({BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 0x60});
  load(BPF_LD | BPF_B | BPF_ABS, 6);
  drop_unless_protocol();
  for (const uint32_t at : {uint32_t{kHead6}, uint32_t{kHead6 + 2}}) {
    load(BPF_LD | BPF_H | BPF_ABS, at);
    accept_ports();
  }
  load(BPF_RET | BPF_K, 0);
  f[four].jt = static_cast<uint8_t>(f.size() - four - 1);
  load(BPF_LD | BPF_H | BPF_ABS, 6);
  f.push_back({BPF_JMP | BPF_JSET | BPF_K, 0, 1, 0x1FFF});
  load(BPF_RET | BPF_K, 0);
  load(BPF_LD | BPF_B | BPF_ABS, 9);
  drop_unless_protocol();
  load(BPF_LDX | BPF_B | BPF_MSH, 0);
  for (const uint32_t at : {0u, 2u}) {
    load(BPF_LD | BPF_H | BPF_IND, at);
    accept_ports();
  }
  const size_t drop = f.size();
  load(BPF_RET | BPF_K, 0);
  load(BPF_RET | BPF_K, static_cast<uint32_t>(limits::kDnsPacketBytes));
  for (const size_t at : to_drop) f[at].jf = static_cast<uint8_t>(drop - at - 1);
  for (const size_t at : to_accept) f[at].jt = static_cast<uint8_t>(drop - at);
  return f;
}

}  // namespace aurochs::observe
