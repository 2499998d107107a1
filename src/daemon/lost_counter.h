// SPDX-License-Identifier: Apache-2.0
// LostCounter: the kernel's count of lost records as losses of ours. It may be reset by anybody (auditctl --reset-lost,
// kernel 4.11+), it wraps, and on some kernels it says nothing (capture::is_lost_meaningful). One thread.
#pragma once
#include <cstdint>
#include <utility>

#include "capture/blind.h"

namespace aurochs::daemon {

class LostCounter {
 public:
  /// Records lost since the last call; 0 at the first.
  uint64_t note(const capture::AuditStatus& status) {
    const uint32_t before = std::exchange(lost_, status.lost);
    is_meaningful_ = capture::is_lost_meaningful(status);
    if (!std::exchange(has_begun_, true) || !is_meaningful_) return 0;
    // After a reset the counter begins at 0: all that it says is new. A wrap is a small step by the distance modulo 2^32.
    const uint32_t step = status.lost - before;
    return step <= kStep ? step : status.lost;
  }
  bool is_meaningful() const { return is_meaningful_; }

 private:
  static constexpr uint32_t kStep = 1u << 30;
  uint32_t lost_ = 0;
  bool has_begun_ = false, is_meaningful_ = true;
};

}  // namespace aurochs::daemon
