// SPDX-License-Identifier: Apache-2.0
// RunMark: a file in the state directory that is there while the sensor runs. Found at a start, it tells that the last run did
// not end in order: when it began, when it was last seen alive, and, in the same boot, what the kernel's log says of its end.
// A damaged mark is still one. Main thread.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "event/event.h"

namespace aurochs::daemon {

struct FormerRun {
  std::string boot_id;
  uint64_t pid = 0;
  uint64_t start_ms = 0;         ///< wall clock
  uint64_t start_uptime_ms = 0;  ///< monotonic clock of its boot
  int64_t seen_ms = 0;           ///< last sign of life, to a minute
};

class RunMark {
 public:
  explicit RunMark(std::string path) : path_(std::move(path)) {}
  /// The run that left its mark; to be asked before begin().
  std::optional<FormerRun> former() const;
  base::Status begin(const std::string& boot_id, int64_t start_ms, int64_t uptime_ms);
  /// Once a second is enough; writes once a minute.
  void alive(int64_t now_ms);
  void end();

 private:
  std::string path_;
  bool is_ours_ = false;
  int64_t next_ms_ = 0;
};

/// Fields: boot id, pid, both times. What can not be read stays 0.
FormerRun parse_mark(std::string_view text);
/// What a record of /dev/kmsg says of the end of that process; empty: nothing.
std::string end_in_record(std::string_view record, const FormerRun& run);
/// The event of a start after such a run. boot_id: of now.
void tell_former(const FormerRun& run, const std::string& boot_id, event::Event& out);

}  // namespace aurochs::daemon
