// SPDX-License-Identifier: Apache-2.0
#include "net/address.h"

#include <arpa/inet.h>

#include <cstring>

namespace aurochs::net {
namespace {
constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
}

bool Address::is_v4() const { return std::memcmp(bytes.data(), kMapped, sizeof kMapped) == 0; }

bool Address::is_loopback() const {
  static constexpr uint8_t kLoopback[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return is_v4() ? bytes[12] == 127 : std::memcmp(bytes.data(), kLoopback, sizeof kLoopback) == 0;
}

bool Address::is_unspecified() const {
  for (size_t i = is_v4() ? sizeof kMapped : 0; i < bytes.size(); ++i)
    if (bytes[i]) return false;
  return true;
}

std::string_view Address::raw() const {
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  return is_v4() ? std::string_view(begin + 12, 4) : std::string_view(begin, 16);
}

size_t Address::text(char* out) const {
  char spelled[INET6_ADDRSTRLEN];
  if (!inet_ntop(is_v4() ? AF_INET : AF_INET6, raw().data(), spelled, sizeof spelled)) return 0;
  const size_t size = std::strlen(spelled);
  std::memcpy(out, spelled, size);
  return size;
}

Address v4_address(const void* four_bytes) {
  Address a;
  std::memcpy(a.bytes.data(), kMapped, sizeof kMapped);
  std::memcpy(a.bytes.data() + sizeof kMapped, four_bytes, 4);
  return a;
}

Address v6_address(const void* sixteen_bytes) {
  Address a;
  std::memcpy(a.bytes.data(), sixteen_bytes, a.bytes.size());
  return a;
}

bool parse_address(std::string_view text, Address& out) {
  char terminated[Address::kTextBytes];
  if (text.empty() || text.size() >= sizeof terminated) return false;
  std::memcpy(terminated, text.data(), text.size());
  terminated[text.size()] = '\0';
  uint8_t raw[16];
  if (inet_pton(AF_INET, terminated, raw) == 1) {
    out = v4_address(raw);
    return true;
  }
  if (inet_pton(AF_INET6, terminated, raw) != 1) return false;
  out = v6_address(raw);
  return true;
}

}  // namespace aurochs::net
