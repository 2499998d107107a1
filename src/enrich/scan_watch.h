// SPDX-License-Identifier: Apache-2.0
// ScanWatch: who connects to many ports of one address, or to one port of many addresses, within a minute. Remembers the
// latest kScanTargets targets of the latest kScanProcesses processes. One thread (core).
#pragma once
#include <array>
#include <cstdint>

#include "base/limits.h"
#include "enrich/recent.h"
#include "net/address.h"

namespace aurochs::enrich {

class ScanWatch {
 public:
  static constexpr int64_t kWindowMs = 60000;
  static constexpr size_t kPorts = 16;       ///< of one address; a browser needs two
  static constexpr size_t kAddresses = 100;  ///< with one port; mail servers and file sharing come near it, seldom beyond

  /// Takes one connect. The number of targets where a scan is found now, once a process and window; 0 otherwise.
  size_t take(uint64_t pid, const net::Address& address, uint16_t port, int64_t now_ms);

 private:
  struct Target {
    uint32_t address = 0;  ///< its hash
    uint16_t port = 0;
  };
  struct Seen {
    int64_t since_ms = 0;
    uint32_t count = 0;
    bool is_told = false;
    std::array<Target, limits::kScanTargets> targets{};
  };
  struct Hash {
    size_t operator()(uint64_t pid) const { return hash_bytes(&pid, sizeof pid); }
  };
  Recent<uint64_t, Seen, Hash> processes_{limits::kScanProcesses};
};

}  // namespace aurochs::enrich
