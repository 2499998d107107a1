// SPDX-License-Identifier: Apache-2.0
// saddr= : hex of a struct sockaddr as the process passed it. Ports are in network order everywhere; the family and
// what is not defined by the network is in the order of the machine (arch=).
#pragma once
#include <cstdint>
#include <string_view>

#include "base/arena.h"

namespace aurochs::decode {

struct SocketAddress {
  uint16_t family = 0;          ///< AF_*
  std::string_view name;        ///< local, inet, inet6, netlink, packet, vsock, alg, ...; a number for others
  bool is_short = false;        ///< fewer bytes than the family needs
  bool has_address = false, has_port = false, is_abstract = false;
  std::string_view address;     ///< inet, inet6: text; local: path
  uint32_t port = 0;            ///< inet, inet6, vsock; netlink: port id; packet: ifindex
  uint32_t cid = 0;             ///< vsock: context id; netlink: groups; packet: protocol
};

/// As auparse spells it: local, inet, inet6, ...; empty for a number that has no name.
std::string_view address_family_name(uint16_t family);
/// False when `hex` is not kernel hex of at least two bytes.
bool parse_sockaddr(std::string_view hex, bool little_endian, base::Arena& arena, SocketAddress& out);

}  // namespace aurochs::decode
