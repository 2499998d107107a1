// SPDX-License-Identifier: Apache-2.0
#include "crypto/community_id.h"

#include <utility>

namespace aurochs::crypto {

bool CommunityId::make(const Flow& flow, uint16_t seed) {
  if (flow.source.size() != flow.destination.size() || (flow.source.size() != 4 && flow.source.size() != 16)) return false;
  std::string_view first = flow.source, second = flow.destination;
  uint16_t first_port = flow.source_port, second_port = flow.destination_port;
  const int order = first.compare(second);  // char_traits<char> compares as unsigned bytes
  if (order > 0 || (order == 0 && first_port > second_port)) {
    std::swap(first, second);
    std::swap(first_port, second_port);
  }
  const auto big = [](uint16_t n) { return std::array<char, 2>{static_cast<char>(n >> 8), static_cast<char>(n & 0xFF)}; };
  const auto seed_bytes = big(seed), a = big(first_port), b = big(second_port);
  const char tail[6] = {static_cast<char>(flow.protocol), 0, a[0], a[1], b[0], b[1]};
  uint8_t digest[kMaxDigestBytes];
  if (!sha1_.start() || !sha1_.update({seed_bytes.data(), seed_bytes.size()}) || !sha1_.update(first) || !sha1_.update(second) ||
      !sha1_.update({tail, sizeof tail}) || !sha1_.finish(digest))
    return false;
  spell(digest);
  return true;
}

void CommunityId::spell(const uint8_t* digest) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  static constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr size_t kDigest = digest_bytes(Algorithm::sha1);
  for (size_t i = 0; i < kDigest; ++i) {
    hex_[2 * i] = kHex[digest[i] >> 4];
    hex_[2 * i + 1] = kHex[digest[i] & 15];
  }
  size_t n = 0;
  text_[n++] = '1';
  text_[n++] = ':';
  for (size_t i = 0; i < kDigest; i += 3) {
    const uint32_t third = i + 2 < kDigest ? digest[i + 2] : 0;  // 20 bytes: only the last one is missing
    const uint32_t bits = uint32_t{digest[i]} << 16 | uint32_t{digest[i + 1]} << 8 | third;
    for (int shift = 18; shift >= 0; shift -= 6) text_[n++] = kBase64[bits >> shift & 63];
  }
  text_[n - 1] = '=';
}

}  // namespace aurochs::crypto
