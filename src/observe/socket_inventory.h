// SPDX-License-Identifier: Apache-2.0
// SocketInventory: in the high-network profile, every connection (TCP, connected UDP) and listening port as sock_diag lists them
// every three profile.poll_s: at first as Snapshot, then what came and went. A connection that lives shorter than that is not
// seen. Tells at most kTellAtOnce a tenth of a second, so that the first look floods nobody. Sees the sensor's own network namespace.
#pragma once
#include <deque>
#include <utility>
#include <vector>

#include "observe/sockets.h"

namespace aurochs::observe {

class SocketInventory {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);
  /// Connections beyond limits::kPolledConnections, at each look.
  uint64_t take_losses() { return std::exchange(lost_, 0); }

 private:
  struct News {
    const char* op;
    bool is_port;
    net::Socket socket;  ///< of a connection
    Port port;
  };
  void look();
  bool collect_connections(std::vector<net::Socket>& out);
  void tell(const News& news, const Sink& sink);
  void forget();

  Options options_;
  net::SockDiag diag_;
  crypto::CommunityId community_id_;
  event::Event event_;
  std::vector<net::Socket> connections_;  ///< by cookie
  std::vector<Port> ports_;
  std::deque<News> news_;
  bool is_on_ = false;
  uint64_t lost_ = 0;
  int64_t next_look_ms_ = 0;
};

}  // namespace aurochs::observe
