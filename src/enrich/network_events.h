// SPDX-License-Identifier: Apache-2.0
// NetworkEvents: what the records of a call on a socket do not say: protocol and own end (asked of the host), flow ids, the
// name that was asked for before an address was used (DNS answers seen, /etc/hosts; nobody is ever asked for a name), name
// servers that are not the host's, and scans. It drops calls that turn out to be no network's. What a record said is never
// overwritten. All that it remembers is bounded, the oldest goes first. One thread (core).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "crypto/community_id.h"
#include "enrich/recent.h"
#include "enrich/scan_watch.h"
#include "event/event.h"
#include "net/address.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class NetworkEvents {
 public:
  explicit NetworkEvents(state::ProcReader& reader) : reader_(reader) {}

  /// True: `e` is complete now. False: it is nothing to tell.
  bool take(event::Event& e);
  /// Nothing is ever held back here.
  bool next(event::Event&, int64_t) { return false; }

 private:
  struct AddressHash {
    size_t operator()(const net::Address& a) const { return hash_bytes(a.bytes.data(), a.bytes.size()); }
  };
  struct Server {
    uint64_t pid = 0;
    net::Address address;
    bool operator==(const Server& o) const { return pid == o.pid && address == o.address; }
  };
  struct ServerHash {
    size_t operator()(const Server& s) const { return AddressHash()(s.address) ^ static_cast<size_t>(s.pid * 0x9E3779B97F4A7C15u >> 32); }
  };

  bool connect(event::Event& e);
  bool accept(event::Event& e);
  bool listen(event::Event& e);
  void bind(event::Event& e);
  bool filter(event::Event& e);
  /// Asks for the socket of net_fd; see Ask::socket for tables.
  bool look(event::Event& e, std::string_view tables, const net::Address* peer, uint64_t peer_port);
  void write_socket(event::Event& e);
  void write_flow(event::Event& e);
  void write_name(event::Event& e, const net::Address& address);
  void learn(const event::Event& response);
  void read_hosts();
  void put_name(const net::Address& address, std::string_view name);
  bool is_foreign_server(const event::Event& e, const net::Address& address);

  state::ProcReader& reader_;
  state::SocketFacts socket_;
  crypto::CommunityId community_id_;
  Recent<net::Address, std::string, AddressHash> names_{limits::kDnsNames};
  Recent<Server, int64_t, ServerHash> foreign_{limits::kForeignServers};
  ScanWatch scans_;
  std::string question_, answer_, hosts_;
  int64_t hosts_due_ms_ = INT64_MIN;
};

}  // namespace aurochs::enrich
