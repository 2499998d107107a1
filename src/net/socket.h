// SPDX-License-Identifier: Apache-2.0
// Sockets as the kernel tells them: messages of NETLINK_SOCK_DIAG (inet_diag, unix_diag; linux/inet_diag.h,
// linux/unix_diag.h) and lines of /proc/net/{tcp,tcp6,udp,udp6,raw,raw6}. Bytes of any content: what is too short or
// makes no sense is refused. Pure; any thread.
#pragma once
#include <cstdint>
#include <string_view>

#include "net/address.h"

namespace aurochs::net {

struct Socket {
  Address local, remote;
  uint16_t local_port = 0, remote_port = 0;
  uint8_t family = 0;    ///< AF_INET, AF_INET6
  uint8_t protocol = 0;  ///< IPPROTO_*
  uint8_t state = 0;     ///< as TCP's, also for UDP: 1 connected, 7 not, 10 listens
  uint32_t uid = 0;
  uint64_t inode = 0;    ///< 0: no process has it any more
  uint64_t cookie = 0;   ///< unique until the next boot
  bool has_bytes = false;
  uint64_t sent = 0, received = 0;  ///< kernel 4.1: acknowledged bytes, received bytes
};
inline constexpr uint8_t kEstablished = 1, kUnconnected = 7, kListen = 10;

struct UnixSocket {
  uint64_t inode = 0;
  uint8_t type = 0, state = 0;
  bool is_abstract = false;
  std::string_view name;  ///< without the NUL of an abstract one
};

/// `protocol`: what was asked for; a message that names its own (multicast) overrides it.
bool parse_inet_diag(std::string_view payload, uint8_t protocol, Socket& out);
bool parse_unix_diag(std::string_view payload, UnixSocket& out);
/// False for the heading.
bool parse_proc_net(std::string_view line, bool is_ipv6, uint8_t protocol, Socket& out);

/// "ESTABLISHED"; empty for a number that is no state.
std::string_view state_name(uint8_t state);
/// "TCP", "UDP", ...; empty for others.
std::string_view protocol_name(uint8_t protocol);

enum class Walk : uint8_t { more, done, stopped, failed };
/// Calls visit(payload) for each message of a datagram that answers `sequence` (0: any); visit answers false to stop.
template <class Visit>
Walk walk_messages(std::string_view datagram, uint32_t sequence, Visit visit);

namespace detail {
struct Message {
  uint16_t type = 0;
  uint32_t sequence = 0;
  std::string_view payload;
};
/// False: no further whole message.
bool next_message(std::string_view& datagram, Message& out);
inline constexpr uint16_t kError = 2, kDone = 3, kSockDiag = 20;
}  // namespace detail

template <class Visit>
Walk walk_messages(std::string_view datagram, uint32_t sequence, Visit visit) {
  detail::Message m;
  while (detail::next_message(datagram, m)) {
    if (sequence && m.sequence != sequence) continue;
    if (m.type == detail::kDone) return Walk::done;
    if (m.type == detail::kError) return Walk::failed;
    if (m.type == detail::kSockDiag && !visit(m.payload)) return Walk::stopped;
  }
  return Walk::more;
}

}  // namespace aurochs::net
