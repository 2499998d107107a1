// SPDX-License-Identifier: Apache-2.0
#include "daemon/truce.h"

#include <algorithm>

namespace aurochs::daemon {

namespace {
constexpr int64_t kHourMs = 3600000;
}

Truce::Answer Truce::ask(int64_t now_ms) {
  if (holds(now_ms)) return Answer::leave;
  // Full: the place that is next holds the oldest.
  if (count_ == times_.size() && now_ms - times_[next_] < limits::kRestoreWindowMs) {
    const bool was_calm = now_ms - until_ms_ > kHourMs;
    length_ms_ = length_ms_ && !was_calm ? std::min(2 * length_ms_, kHourMs) : limits::kTruceMs;
    until_ms_ = now_ms + length_ms_;
    count_ = next_ = 0;
    return Answer::give_up;
  }
  times_[next_] = now_ms;
  next_ = (next_ + 1) % times_.size();
  count_ = std::min(count_ + 1, times_.size());
  return Answer::restore;
}

}  // namespace aurochs::daemon
