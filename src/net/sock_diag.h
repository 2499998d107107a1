// SPDX-License-Identifier: Apache-2.0
// SockDiag: asks the kernel for sockets of the own network namespace (NETLINK_SOCK_DIAG, kernel 3.3; the modules
// tcp_diag, udp_diag, unix_diag load themselves). A question ends when the kernel is done, when the visitor has
// enough, or after kSocketAnswerMs without a word. Where a kernel or a missing module refuses, the answer is false, and
// whoever asks has /proc/net. One object, one thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"
#include "net/socket.h"

namespace aurochs::net {

class SockDiag {
 public:
  struct Query {
    uint8_t family = 0, protocol = 0;
    uint32_t states = ~0u;             ///< bit n: state n
    bool wants_bytes = false;
    const Address* remote = nullptr;   ///< only sockets with this peer; the kernel chooses
    uint16_t remote_port = 0;
  };

  base::Status open();
  /// Calls visit(const Socket&) until it answers false. False: the kernel could not be asked, or said less than all.
  template <class Visit>
  bool inet(const Query& query, Visit visit);
  /// Calls visit(const UnixSocket&) for listening ones.
  template <class Visit>
  bool unix_listening(Visit visit);
  /// One unix socket; its name points into this object until the next question.
  bool unix_by_inode(uint64_t inode, UnixSocket& out);

 private:
  bool ask_inet(const Query& query);
  bool ask_unix(uint32_t states, uint32_t inode);
  bool send(std::string_view request);
  bool receive(std::string_view& datagram);
  template <class Visit>
  bool collect(Visit visit);

  base::UniqueFd fd_;
  std::string buffer_;
  uint32_t sequence_ = 0;
};

template <class Visit>
bool SockDiag::collect(Visit visit) {
  std::string_view datagram;
  while (receive(datagram)) {
    switch (walk_messages(datagram, sequence_, visit)) {
      case Walk::more: continue;
      case Walk::done: return true;
      case Walk::stopped: fd_.reset(); return true;  // a dump that is not read to its end blocks the next one
      case Walk::failed: return false;
    }
  }
  fd_.reset();
  return false;
}

template <class Visit>
bool SockDiag::inet(const Query& query, Visit visit) {
  return ask_inet(query) && collect([&](std::string_view payload) {
           Socket s;
           return !parse_inet_diag(payload, query.protocol, s) || visit(static_cast<const Socket&>(s));
         });
}

template <class Visit>
bool SockDiag::unix_listening(Visit visit) {
  return ask_unix(1u << kListen, 0) && collect([&](std::string_view payload) {
           UnixSocket s;
           return !parse_unix_diag(payload, s) || visit(static_cast<const UnixSocket&>(s));
         });
}

}  // namespace aurochs::net
