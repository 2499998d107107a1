// SPDX-License-Identifier: Apache-2.0
#include "net/socket.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/unix_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>

#include "base/text.h"

namespace aurochs::net {
namespace {

template <class T>
bool read(std::string_view from, size_t at, T& out) {
  if (from.size() < at + sizeof out) return false;
  std::memcpy(&out, from.data() + at, sizeof out);
  return true;
}

// struct tcp_info: only ever appended to; headers of old hosts end before these.
constexpr size_t kBytesAcked = 120, kBytesReceived = 128;
constexpr uint16_t kAttributeProtocol = 5;  // INET_DIAG_PROTOCOL

/// Calls visit(type, value) for every whole attribute.
template <class Visit>
void each_attribute(std::string_view rest, Visit visit) {
  nlattr head;
  while (read(rest, 0, head) && head.nla_len >= NLA_HDRLEN && head.nla_len <= rest.size()) {
    visit(static_cast<uint16_t>(head.nla_type & NLA_TYPE_MASK), rest.substr(NLA_HDRLEN, head.nla_len - size_t{NLA_HDRLEN}));
    const size_t step = NLA_ALIGN(head.nla_len);
    if (step >= rest.size()) return;
    rest.remove_prefix(step);
  }
}

uint16_t network_order(uint16_t n) {
  uint8_t b[2];
  std::memcpy(b, &n, sizeof n);
  return static_cast<uint16_t>(b[0] << 8 | b[1]);
}

Address address_of(uint8_t family, const void* bytes) { return family == AF_INET ? v4_address(bytes) : v6_address(bytes); }

/// "0100007F:1F90": words of 32 bits, each printed as a number of the machine.
bool parse_endpoint(std::string_view text, bool is_ipv6, Address& address, uint16_t& port) {
  const std::string_view hex = base::next_piece(text, ':');
  const size_t words = is_ipv6 ? 4 : 1;
  uint64_t n = 0;
  if (hex.size() != words * 8) return false;
  uint32_t raw[4];
  for (size_t i = 0; i < words; ++i) {
    if (!base::parse_hex_u64(hex.substr(i * 8, 8), n)) return false;
    raw[i] = static_cast<uint32_t>(n);
  }
  if (!base::parse_hex_u64(text, n) || n > UINT16_MAX) return false;
  address = is_ipv6 ? v6_address(raw) : v4_address(raw);
  port = static_cast<uint16_t>(n);
  return true;
}

std::string_view next_word(std::string_view& rest) {
  while (!rest.empty() && rest[0] == ' ') rest.remove_prefix(1);
  return base::next_piece(rest, ' ');
}

}  // namespace

bool parse_inet_diag(std::string_view payload, uint8_t protocol, Socket& out) {
  inet_diag_msg m;
  if (!read(payload, 0, m) || (m.idiag_family != AF_INET && m.idiag_family != AF_INET6)) return false;
  out = {};
  out.family = m.idiag_family;
  out.protocol = protocol;
  out.state = m.idiag_state;
  out.local = address_of(m.idiag_family, m.id.idiag_src);
  out.remote = address_of(m.idiag_family, m.id.idiag_dst);
  out.local_port = network_order(m.id.idiag_sport);
  out.remote_port = network_order(m.id.idiag_dport);
  out.uid = m.idiag_uid;
  out.inode = m.idiag_inode;
  out.cookie = uint64_t{m.id.idiag_cookie[1]} << 32 | m.id.idiag_cookie[0];
  if (payload.size() <= NLMSG_ALIGN(sizeof m)) return true;
  each_attribute(payload.substr(NLMSG_ALIGN(sizeof m)), [&](uint16_t type, std::string_view value) {
    if (type == INET_DIAG_INFO) out.has_bytes = read(value, kBytesAcked, out.sent) && read(value, kBytesReceived, out.received);
    if (type == kAttributeProtocol && value.size() == 1) out.protocol = static_cast<uint8_t>(value[0]);
  });
  return true;
}

bool parse_unix_diag(std::string_view payload, UnixSocket& out) {
  unix_diag_msg m;
  if (!read(payload, 0, m) || m.udiag_family != AF_UNIX) return false;
  out = {};
  out.inode = m.udiag_ino;
  out.type = m.udiag_type;
  out.state = m.udiag_state;
  if (payload.size() <= NLMSG_ALIGN(sizeof m)) return true;
  each_attribute(payload.substr(NLMSG_ALIGN(sizeof m)), [&](uint16_t type, std::string_view value) {
    if (type != UNIX_DIAG_NAME || value.empty()) return;
    out.is_abstract = value[0] == '\0';
    out.name = out.is_abstract ? value.substr(1) : value.substr(0, value.find('\0'));
  });
  return true;
}

bool parse_proc_net(std::string_view line, bool is_ipv6, uint8_t protocol, Socket& out) {
  out = {};
  out.family = is_ipv6 ? AF_INET6 : AF_INET;
  out.protocol = protocol;
  next_word(line);  // "12:"
  if (!parse_endpoint(next_word(line), is_ipv6, out.local, out.local_port)) return false;
  if (!parse_endpoint(next_word(line), is_ipv6, out.remote, out.remote_port)) return false;
  uint64_t state = 0, uid = 0;
  if (!base::parse_hex_u64(next_word(line), state) || state > UINT8_MAX) return false;
  for (int skipped = 0; skipped < 3; ++skipped) next_word(line);  // queues, timer, retransmits
  if (!base::parse_u64(next_word(line), uid) || uid > UINT32_MAX) return false;
  next_word(line);
  out.state = static_cast<uint8_t>(state);
  out.uid = static_cast<uint32_t>(uid);
  return base::parse_u64(base::trim(next_word(line)), out.inode);
}

std::string_view state_name(uint8_t state) {
  static constexpr std::string_view kNames[] = {"",      "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",    "TIME_WAIT",
                                                "CLOSE", "CLOSE_WAIT",  "LAST_ACK", "LISTEN",   "CLOSING",   "NEW_SYN_RECV"};
  return state < sizeof kNames / sizeof *kNames ? kNames[state] : std::string_view();
}

std::string_view protocol_name(uint8_t protocol) {
  switch (protocol) {
    case IPPROTO_ICMP:
    case IPPROTO_ICMPV6: return "ICMP";
    case IPPROTO_TCP: return "TCP";
    case IPPROTO_UDP: return "UDP";
    case IPPROTO_SCTP: return "SCTP";
    case IPPROTO_RAW: return "RAW";
    default: return {};
  }
}

bool detail::next_message(std::string_view& datagram, Message& out) {
  nlmsghdr head;
  if (!read(datagram, 0, head) || head.nlmsg_len < sizeof head || head.nlmsg_len > datagram.size()) return false;
  out.type = head.nlmsg_type;
  out.sequence = head.nlmsg_seq;
  out.payload = datagram.substr(sizeof head, head.nlmsg_len - sizeof head);
  const size_t step = NLMSG_ALIGN(head.nlmsg_len);
  datagram.remove_prefix(step < datagram.size() ? step : datagram.size());
  return true;
}

}  // namespace aurochs::net
