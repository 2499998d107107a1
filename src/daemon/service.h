// SPDX-License-Identifier: Apache-2.0
// Service: what systemd is told (sd_notify(3)): ready, reloading, stopping, and that the sensor still works. Without
// NOTIFY_SOCKET it does nothing. Never blocks and never fails the sensor: a message that finds no room is not sent. Main thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.h"

namespace aurochs::daemon {

class Service {
 public:
  /// Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, and takes them out of the environment.
  Service();
  bool is_watched() const { return watchdog_ms_ > 0; }

  void ready(std::string_view status);
  void reloading(int64_t monotonic_us);
  void stopping();
  /// Once a second: sends WATCHDOG=1 at half the time asked for, as long as `progress` rises; progress: turns of the line. A line
  /// that stands still is not vouched for, and systemd starts us again.
  void alive(uint64_t progress, int64_t now_ms);

 private:
  void send(std::string_view text);

  base::UniqueFd fd_;
  std::string address_;  ///< path, or name with a leading zero byte
  int64_t watchdog_ms_ = 0, next_ms_ = 0;
  uint64_t progress_ = 0;
};

}  // namespace aurochs::daemon
