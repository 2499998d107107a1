// SPDX-License-Identifier: Apache-2.0
#include "observe/process_poll.h"

#include <dirent.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/process_parts.h"

namespace aurochs::observe {

using event::EventType;
using event::FieldId;

namespace {
constexpr int64_t kIdleMs = 1000, kYoungS = 5;

/// Start of what is that young, in ticks since boot.
uint64_t young_ticks() {
  timespec now{};
  (void)::clock_gettime(CLOCK_BOOTTIME, &now);
  return static_cast<uint64_t>(std::max<int64_t>(now.tv_sec - kYoungS, 0)) * static_cast<uint64_t>(::sysconf(_SC_CLK_TCK));
}

}

base::Status ProcessPoll::open(const Options& options) {
  options_ = options;
  proc_ = options.root + "/proc/";
  return base::Ok{};
}

/// True: new, or of another image.
bool ProcessPoll::see(int32_t pid, uint64_t young) {
  const std::string path = proc_ + std::to_string(pid);
  const auto stat = base::read_file(path + "/stat", limits::kProcFileBytes);
  ProcessTimes times;
  struct stat exe {};
  // Kernel threads have no image.
  if (!stat || !parse_times(*stat, times) || ::stat((path + "/exe").c_str(), &exe) < 0) return false;
  const auto at = known_.find(pid);
  if (at == known_.end() && known_.size() >= limits::kScannedProcesses) {
    ++lost_;
    return false;
  }
  Known& known = known_[pid];
  const Known now{times.start_ticks, exe.st_dev, exe.st_ino, look_};
  const Known before = std::exchange(known, now);
  if (look_ == 1) return now.start_ticks >= young;
  return before.start_ticks != now.start_ticks || before.device != now.device || before.inode != now.inode;
}

void ProcessPoll::look(const Sink& sink) {
  DIR* const dir = ::opendir(proc_.c_str());
  if (!dir) return;
  ++look_;
  const uint64_t young = young_ticks();
  while (const dirent* entry = ::readdir(dir)) {
    uint64_t pid = 0;
    if (!base::parse_u64(entry->d_name, pid) || pid > INT32_MAX || !see(static_cast<int32_t>(pid), young)) continue;
    event_.clear(EventType::process_info);
    event_.set_time(FieldId::event_utc_time, options_.clock->unix_ms());
    event_.set_number(FieldId::proc_id, pid);
    sink(event_);
  }
  ::closedir(dir);
  for (auto at = known_.begin(); at != known_.end();) at = at->second.look == look_ ? std::next(at) : known_.erase(at);
}

int64_t ProcessPoll::poll(int64_t now_ms, const Sink& sink) {
  const bool was_on = std::exchange(is_on_, options_.polls(Polling::processes));
  if (!is_on_) {
    if (was_on) known_ = {};
    return now_ms + kIdleMs;
  }
  if (!was_on) look_ = 0;
  if (!was_on || now_ms >= next_look_ms_) {
    look(sink);
    next_look_ms_ = now_ms + options_.poll_s * 1000;
  }
  return now_ms + std::clamp<int64_t>(next_look_ms_ - now_ms, 0, kIdleMs);
}

uint64_t ProcessPoll::take_losses() { return std::exchange(lost_, 0); }

}  // namespace aurochs::observe
