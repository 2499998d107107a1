// SPDX-License-Identifier: Apache-2.0
// Truce: how often something of ours is put back before we take its removal for the will of somebody. Up to limits::kRestores
// times in limits::kRestoreWindowMs; then not for limits::kTruceMs, twice as long each time, at most an hour. An hour of
// calm after a truce makes the next one short again. Pure: time comes with the calls. One thread.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace aurochs::daemon {

class Truce {
 public:
  enum class Answer : uint8_t {
    restore,  ///< put it back now
    give_up,  ///< too often: a truce begins; answered once
    leave,    ///< a truce holds
  };
  /// It is gone. To be asked once for each removal that was seen.
  Answer ask(int64_t now_ms);
  bool holds(int64_t now_ms) const { return now_ms < until_ms_; }
  int64_t length_ms() const { return length_ms_; }  ///< of the last one

 private:
  std::array<int64_t, static_cast<size_t>(limits::kRestores)> times_{};  ///< of the last restores, a ring
  size_t count_ = 0, next_ = 0;
  int64_t until_ms_ = 0, length_ms_ = 0;
};

}  // namespace aurochs::daemon
