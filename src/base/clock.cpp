// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <ctime>

namespace aurochs::base {
namespace {
int64_t now_ms(clockid_t id) {
  timespec t{};
  clock_gettime(id, &t);
  return static_cast<int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1000000;
}
}  // namespace

int64_t SystemClock::unix_ms() { return now_ms(CLOCK_REALTIME); }
int64_t SystemClock::monotonic_ms() { return now_ms(CLOCK_MONOTONIC); }

}  // namespace aurochs::base
