// SPDX-License-Identifier: Apache-2.0
#include "enrich/scan_watch.h"

#include <algorithm>

namespace aurochs::enrich {

size_t ScanWatch::take(uint64_t pid, const net::Address& address, uint16_t port, int64_t now_ms) {
  bool is_new = false;
  Seen& seen = processes_.put(pid, is_new);
  if (is_new || now_ms - seen.since_ms > kWindowMs || now_ms < seen.since_ms) {
    seen.since_ms = now_ms;
    seen.count = 0;
    seen.is_told = false;
  }
  const Target target{static_cast<uint32_t>(hash_bytes(address.bytes.data(), address.bytes.size())), port};
  const size_t kept = std::min<size_t>(seen.count, seen.targets.size());
  size_t ports = 1, addresses = 1;
  for (size_t i = 0; i < kept; ++i) {
    const Target& t = seen.targets[i];
    const bool same_address = t.address == target.address, same_port = t.port == target.port;
    if (same_address && same_port) return 0;
    ports += same_address;
    addresses += same_port;
  }
  seen.targets[seen.count % seen.targets.size()] = target;
  ++seen.count;
  if (seen.is_told || (ports < kPorts && addresses < kAddresses)) return 0;
  seen.is_told = true;
  return std::max(ports, addresses);
}

}  // namespace aurochs::enrich
