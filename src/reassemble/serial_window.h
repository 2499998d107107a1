// SPDX-License-Identifier: Apache-2.0
// SerialWindow: which of the newest serials were seen. The kernel gives every event one serial, global, rising and
// wrapping (kernel/audit.c audit_serial, all versions), so a hole is a loss; but CPUs deliver out of order, so a hole
// counts only when it leaves the window, or when settle() finds it older than the last settle(). Each serial counts once.
// Distances are signed 32-bit: a late record can never be four billion losses.
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
    // A jump beyond reach is a reboot, another log or another host. Forward that is far: a sensor that stood still for
    // an hour of 4 000 audit events a second lost every one of them.
    if (ahead > static_cast<int32_t>(kJump) || ahead < -static_cast<int32_t>(kBack)) return restart(serial);
    if (ahead <= 0) {
      if (static_cast<uint32_t>(-ahead) < limits::kSerialWindow) set(serial);
      return 0;
    }
    const auto far = static_cast<uint32_t>(ahead);
    uint32_t lost = 0;
    if (far >= limits::kSerialWindow) {
      lost = take_holes(newest_) + far - limits::kSerialWindow;
      newest_ = serial;
      seen_.fill(0);
    } else {
      for (uint32_t i = 0; i < far; ++i) {
        ++newest_;
        lost += !test(newest_);  // the bit still speaks of the serial one window before
        if (newest_ - first_ > kUnsure) clear(newest_);
      }
    }
    set(serial);
    return lost;
  }
  /// Holes that were there at the last call already: called every few seconds, it gives a hole that long to be filled on
  /// a host too quiet for the window to move. all: every hole, at the end of the stream.
  uint32_t settle(bool all = false) {
    if (!started_) return 0;
    const uint32_t lost = take_holes(all ? newest_ : mark_);
    mark_ = newest_;
    return lost;
  }
  /// So close behind the place where we joined that its records may have begun before us.
  bool is_unsure(uint32_t serial) const { return serial - first_ + kBack <= kBack + kUnsure; }

 private:
  static constexpr uint32_t kJump = 1u << 24, kBack = limits::kSerialWindow * 2;
  // Joining a stream cuts through events: holes among its first serials are no losses.
  static constexpr uint32_t kUnsure = 16;

  uint32_t restart(uint32_t serial) {
    started_ = true;
    first_ = newest_ = mark_ = serial;
    seen_.fill(~uint64_t{0});
    return 0;
  }
  uint32_t take_holes(uint32_t up_to) {
    uint32_t lost = 0;
    for (uint32_t i = 0; i < limits::kSerialWindow; ++i) {
      const uint32_t serial = newest_ - i;
      if (static_cast<int32_t>(up_to - serial) < 0 || test(serial)) continue;
      set(serial);
      ++lost;
    }
    return lost;
  }
  bool test(uint32_t s) const { return seen_[s / 64 % kWords] >> s % 64 & 1; }
  void set(uint32_t s) { seen_[s / 64 % kWords] |= uint64_t{1} << s % 64; }
  void clear(uint32_t s) { seen_[s / 64 % kWords] &= ~(uint64_t{1} << s % 64); }

  static constexpr size_t kWords = limits::kSerialWindow / 64;
  static_assert(limits::kSerialWindow % 64 == 0);
  std::array<uint64_t, kWords> seen_{};
  uint32_t newest_ = 0, first_ = 0, mark_ = 0;
  bool started_ = false;
};

}  // namespace aurochs::reassemble
