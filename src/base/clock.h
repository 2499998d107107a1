// SPDX-License-Identifier: Apache-2.0
// Clock: the one door to time. The line gets time as an argument; only threads of the daemon ask a Clock.
#pragma once
#include <cstdint>

namespace aurochs::base {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t unix_ms() = 0;       ///< CLOCK_REALTIME, for stamps
  virtual int64_t monotonic_ms() = 0;  ///< CLOCK_MONOTONIC, for waits
};

class SystemClock final : public Clock {
 public:
  int64_t unix_ms() override;
  int64_t monotonic_ms() override;
};

}  // namespace aurochs::base
