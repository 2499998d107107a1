// SPDX-License-Identifier: Apache-2.0
// PendingSnapshots: looks at /proc taken at exec time, waiting for the audit event of that exec, which comes later
// (through the kernel's audit thread). Per PID first in, first out: a shell that execs env that execs a program has
// several. A snapshot serves one exec, the one whose task name (comm) it shows; what is skipped over is dropped.
// Bounded: the oldest is overwritten. Steady state allocates nothing. One thread.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"

namespace aurochs::state {

class PendingSnapshots {
 public:
  explicit PendingSnapshots(size_t max_snapshots) : entries_(max_snapshots) {}
  void put(int32_t pid, std::string_view sections, int64_t received_ms);
  /// Oldest of that PID with that comm (an empty comm takes any); nullptr where there is none. The text lives until the next put().
  const std::string* take(int32_t pid, std::string_view comm);

 private:
  struct Entry {
    int32_t pid = 0;
    int64_t received_ms = 0;
    uint32_t next = 0;  ///< index + 1 of the next newer one of this bucket
    bool used = false;
    std::string sections;
  };
  static constexpr size_t kBuckets = 1024;
  void unlink(uint32_t index);

  std::vector<Entry> entries_;
  std::array<uint32_t, kBuckets> oldest_{};
  size_t next_ = 0;
};

}  // namespace aurochs::state
