// SPDX-License-Identifier: Apache-2.0
#include "base/uuid.h"

namespace aurochs::base {

void format_uuid(const Uuid& u, char* out) {
  for (size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
    *out++ = "0123456789abcdef"[u.bytes[i] >> 4];
    *out++ = "0123456789abcdef"[u.bytes[i] & 15];
  }
}

std::string to_string(const Uuid& u) {
  std::string s(kUuidTextBytes, '\0');
  format_uuid(u, &s[0]);
  return s;
}

bool parse_uuid(std::string_view text, Uuid& out) {
  if (text.size() != kUuidTextBytes) return false;
  Uuid u;
  size_t nibble = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (i == 8 || i == 13 || i == 18 || i == 23) {
      if (c != '-') return false;
      continue;
    }
    const int v = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    if (v < 0) return false;
    u.bytes[nibble / 2] = static_cast<uint8_t>(u.bytes[nibble / 2] << 4 | v);
    ++nibble;
  }
  out = u;
  return true;
}

Uuid uuid_v4(uint64_t high, uint64_t low) {
  Uuid u;
  for (size_t i = 0; i < 8; ++i) {
    u.bytes[i] = static_cast<uint8_t>(high >> (56 - 8 * i));
    u.bytes[8 + i] = static_cast<uint8_t>(low >> (56 - 8 * i));
  }
  u.bytes[6] = static_cast<uint8_t>((u.bytes[6] & 0x0F) | 0x40);
  u.bytes[8] = static_cast<uint8_t>((u.bytes[8] & 0x3F) | 0x80);
  return u;
}

}  // namespace aurochs::base
