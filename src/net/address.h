// SPDX-License-Identifier: Apache-2.0
// Address: an IPv4 or IPv6 address in 16 bytes; IPv4 as ::ffff:a.b.c.d, so that one address has one form whatever
// socket carried it. Pure; any thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aurochs::net {

struct Address {
  static constexpr size_t kTextBytes = 46;  ///< INET6_ADDRSTRLEN

  std::array<uint8_t, 16> bytes{};

  bool operator==(const Address& o) const { return bytes == o.bytes; }
  bool operator!=(const Address& o) const { return bytes != o.bytes; }
  bool is_v4() const;
  bool is_loopback() const;
  /// 0.0.0.0 or ::
  bool is_unspecified() const;
  /// The 4 or 16 bytes in network order.
  std::string_view raw() const;
  /// Writes at most kTextBytes without a NUL; the number written.
  size_t text(char* out) const;
};

Address v4_address(const void* four_bytes);
Address v6_address(const void* sixteen_bytes);
bool parse_address(std::string_view text, Address& out);

}  // namespace aurochs::net
