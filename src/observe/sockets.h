// SPDX-License-Identifier: Apache-2.0
// Sockets: differences of what listens (TCP, UDP, abstract unix names) every ten seconds, connections that last, and, where
// that type is on, the end of every TCP connection (SKNLGRP_INET_TCP_DESTROY, kernel 4.2). Sees the sensor's own network
// namespace. A UDP port within ip_local_port_range is a client's and none that listens. A connection that was there at the
// first look is as old as that look. Who holds a new socket is searched in /proc/*/fd; a holder that is gone by then stays
// unknown. Kernel < 3.3 has no sock_diag: blind.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/fd.h"
#include "crypto/community_id.h"
#include "net/sock_diag.h"
#include "observe/source.h"

namespace aurochs::observe {

/// What listens, as of one look.
struct Port {
  uint8_t protocol = 0;
  net::Address local;
  uint16_t port = 0;
  uint32_t uid = 0;
  uint64_t inode = 0;
  int pid = 0;              ///< holder, 0: not known
  uint64_t start_ticks = 0;  ///< of the holder

  /// The same port, whoever holds it and however often (SO_REUSEPORT).
  bool is_same(const Port& o) const { return protocol == o.protocol && port == o.port && local == o.local; }
  bool operator<(const Port& o) const;
};
struct AbstractName {
  std::string name;  ///< as shown: "@...", NUL as '@'
  uint64_t inode = 0;
  bool operator<(const AbstractName& o) const { return name < o.name; }
};

/// What listens, sorted, each port once. False: not all of it.
bool collect_ports(net::SockDiag& diag, const std::string& root, std::vector<Port>& out);
bool is_port_of(const std::vector<Port>& ports, const net::Socket& s);
/// Ends, protocol, direction, community ids and bytes of a connection.
void describe_connection(event::Event& e, const net::Socket& s, bool inbound, crypto::CommunityId& community_id);
void describe_port(event::Event& e, const Port& port);

/// "32768\t60999"; a text that is none gives the kernel's default.
void parse_port_range(std::string_view text, uint16_t& low, uint16_t& high);
/// "@" and the name; bytes that are NUL become '@', those at the end go.
std::string shown_name(std::string_view abstract);

/// Elements of `now` that `before` has not; both sorted. visit(const Row&).
template <class Row, class Same, class Visit>
void each_new(const std::vector<Row>& before, const std::vector<Row>& now, Same same, Visit visit);

/// First sight of each connection, by its cookie. Bounded by kConnections: what does not fit is not watched.
class Connections {
 public:
  /// Begins a look; connections that it does not see are forgotten by end().
  void begin() { ++look_; }
  /// Milliseconds since first seen, once, as soon as they are `long_ms`; 0 otherwise.
  int64_t see(uint64_t cookie, int64_t now_ms, int64_t long_ms);
  void end();
  size_t size() const { return rows_.size(); }

 private:
  struct Row {
    int64_t since_ms = 0;
    uint32_t look = 0;
    bool is_told = false;
  };
  std::unordered_map<uint64_t, Row> rows_;
  uint32_t look_ = 0;
};

class Sockets {
 public:
  base::Status open(const Options& options);
  int fd() const { return ends_.get(); }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  void look_at_ports(const Sink& sink);
  void look_at_names(const Sink& sink);
  void look_at_connections(int64_t now_ms, const Sink& sink);
  void tell_port(event::EventType type, const Port& port, const Sink& sink);
  void tell_connection(event::EventType type, const net::Socket& s, int64_t lasted_ms, int pid, const Sink& sink);
  void begin(event::EventType type);

  Options options_;
  net::SockDiag diag_;
  base::UniqueFd ends_;
  std::string buffer_;
  crypto::CommunityId community_id_;
  event::Event event_;
  std::vector<Port> ports_;
  std::vector<AbstractName> names_;
  Connections connections_;
  bool has_ground_ = false, has_names_ = false;
  int64_t connections_due_ms_ = 0;
};

template <class Row, class Same, class Visit>
void each_new(const std::vector<Row>& before, const std::vector<Row>& now, Same same, Visit visit) {
  size_t i = 0;
  for (const Row& row : now) {
    while (i < before.size() && before[i] < row && !same(before[i], row)) ++i;
    if (i == before.size() || !same(before[i], row)) visit(row);
  }
}

}  // namespace aurochs::observe
