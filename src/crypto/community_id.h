// SPDX-License-Identifier: Apache-2.0
// Community ID version 1 of a flow with ports (github.com/corelight/community-id-spec): SHA-1 over seed, the end points in
// their order, protocol and ports. Not for ICMP, whose types would have to be paired first. One object, one thread.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "crypto/digest.h"

namespace aurochs::crypto {

class CommunityId {
 public:
  static constexpr size_t kHexBytes = 40, kTextBytes = 30;

  struct Flow {
    uint8_t protocol = 0;                     ///< IPPROTO_*
    std::string_view source, destination;     ///< 4 or 16 bytes in network order, both alike
    uint16_t source_port = 0, destination_port = 0;
  };

  /// The same for both directions. False: addresses of different or unknown size, or SHA-1 is forbidden.
  bool make(const Flow& flow, uint16_t seed = 0);
  /// Upper-case hex of the last digest.
  std::string_view hex() const { return {hex_.data(), hex_.size()}; }
  /// "1:" and base64 of it.
  std::string_view text() const { return {text_.data(), text_.size()}; }

 private:
  void spell(const uint8_t* digest);

  Digest sha1_{Algorithm::sha1};
  std::array<char, kHexBytes> hex_{};
  std::array<char, kTextBytes> text_{};
};

}  // namespace aurochs::crypto
