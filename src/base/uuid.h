// SPDX-License-Identifier: Apache-2.0
// Uuid: 16 bytes and their text form (RFC 4122, lower case). Version 5 is made in crypto/.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace aurochs::base {

struct Uuid {
  std::array<uint8_t, 16> bytes{};
  bool is_nil() const { return *this == Uuid{}; }
  bool operator==(const Uuid& o) const { return bytes == o.bytes; }
  bool operator!=(const Uuid& o) const { return !(*this == o); }
};

inline constexpr size_t kUuidTextBytes = 36;
void format_uuid(const Uuid& u, char* out);  ///< writes kUuidTextBytes, no NUL
std::string to_string(const Uuid& u);
bool parse_uuid(std::string_view text, Uuid& out);
/// Version 4 form of 128 random bits.
Uuid uuid_v4(uint64_t high, uint64_t low);

}  // namespace aurochs::base
