// SPDX-License-Identifier: Apache-2.0
// SerialWindow: which of the newest serials were seen. The kernel gives every event one serial, global, rising and
// wrapping (kernel/audit.c audit_serial, all versions), so a hole is a loss; but CPUs deliver out of order, so a hole
// counts only when it leaves the window. Distances are signed 32-bit: a late record can never be four billion losses.
#pragma once
#include <array>
#include <cstdint>

#include "base/limits.h"

namespace aurochs::reassemble {

class SerialWindow {
 public:
  /// Notes one serial; returns how many serials left the window unseen.
  uint32_t note(uint32_t serial) {
    if (!started_) return restart(serial);
    const auto ahead = static_cast<int32_t>(serial - newest_);
    // A jump far beyond the window is a reboot, another log or another host, not a million losses.
    if (ahead > static_cast<int32_t>(kJump) || ahead < -static_cast<int32_t>(kBack)) return restart(serial);
    if (ahead <= 0) {
      if (static_cast<uint32_t>(-ahead) < limits::kSerialWindow) set(serial);
      return 0;
    }
    uint32_t lost = 0;
    for (int32_t i = 0; i < ahead; ++i) {
      ++newest_;
      lost += !test(newest_);  // the bit still speaks of the serial one window before
      if (newest_ - first_ > kUnsure) clear(newest_);
    }
    set(serial);
    return lost;
  }

 private:
  static constexpr uint32_t kJump = limits::kSerialWindow * 16, kBack = limits::kSerialWindow * 2;
  // Joining a stream cuts through events: holes among its first serials are no losses.
  static constexpr uint32_t kUnsure = 16;

  uint32_t restart(uint32_t serial) {
    started_ = true;
    first_ = newest_ = serial;
    seen_.fill(~uint64_t{0});
    return 0;
  }
  bool test(uint32_t s) const { return seen_[s / 64 % kWords] >> s % 64 & 1; }
  void set(uint32_t s) { seen_[s / 64 % kWords] |= uint64_t{1} << s % 64; }
  void clear(uint32_t s) { seen_[s / 64 % kWords] &= ~(uint64_t{1} << s % 64); }

  static constexpr size_t kWords = limits::kSerialWindow / 64;
  static_assert(limits::kSerialWindow % 64 == 0);
  std::array<uint64_t, kWords> seen_{};
  uint32_t newest_ = 0, first_ = 0;
  bool started_ = false;
};

}  // namespace aurochs::reassemble
