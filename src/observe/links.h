// SPDX-License-Identifier: Apache-2.0
// Links: interfaces, addresses, routes and neighbours of the sensor's network namespace, as rtnetlink tells them. What is there
// at start is no event. Told are differences: the kernel repeats itself (an address whose lifetime is renewed, a
// link whose counters change). Messages of bridges about their ports (AF_BRIDGE) are passed over.
// Routes: of the main table; not those that the kernel makes by itself for an address, not cached ones. IPv4 routes that vanish
// because their link went down are told by nobody: the kernel sends no message for them.
// Neighbours: the hardware address of one that is known by another address; first sightings are not told.
// After an overrun of the socket the tables are read again and what differs is told.
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "observe/source.h"

namespace aurochs::observe {

/// What one message says about a link.
struct Link {
  std::string name, kind, mac;
  uint32_t flags = 0, mtu = 0;
  uint16_t hardware = 0;  ///< ARPHRD_*
  bool is_connected = false, is_physical = false, is_seen = false;
};

class Links {
 public:
  base::Status open(const Options& options);
  int fd() const { return fd_.get(); }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);
  uint64_t take_losses();

  /// What take() does with one datagram: any number of netlink messages. A sink that is nullptr: what is there.
  void hear(std::string_view datagram, const Sink* sink);

 private:
  struct Address {
    uint32_t index;
    std::string text;  ///< with its prefix length
    bool is_seen;      ///< in the dump
  };
  struct Message {
    uint16_t type, flags;
    std::string_view body;
  };
  void read_tables(const Sink* sink);
  base::Status dump(uint16_t type, const Sink* sink);
  void hear_link(const Message& m, const Sink* sink);
  void hear_address(const Message& m, const Sink* sink);
  void tell_address(const Address& address, bool is_new, const Sink& sink);
  void hear_route(const Message& m, const Sink& sink);
  void hear_neighbour(const Message& m, const Sink* sink);
  void put_link(uint32_t index, const Link& link);
  void put_name(uint32_t index);
  std::string name_of(uint32_t index) const;

  base::UniqueFd fd_;
  std::string root_;
  std::map<uint32_t, Link> links_;
  std::map<std::string, Address, std::less<>> addresses_;       ///< index, length, bytes
  std::map<std::string, std::string, std::less<>> neighbours_;   ///< index, bytes to hardware address
  event::Event event_;
  uint64_t lost_ = 0;
};

}  // namespace aurochs::observe
