// SPDX-License-Identifier: Apache-2.0
#include "observe/critical_files.h"

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/limits.h"

namespace aurochs::observe {

using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kIdleMs = 1000, kHourMs = 3600000, kSliceMs = 100;
constexpr size_t kFilesASlice = 100;
constexpr int kIoIdle = 3 << 13, kIoAsNice = 0, kWhoProcess = 1;  // linux/ioprio.h, absent before 5.15

int64_t nanoseconds(const timespec& t) { return int64_t{t.tv_sec} * 1000000000 + t.tv_nsec; }

}  // namespace

base::Status CriticalFiles::open(const Options& options) {
  options_ = options;
  return base::Ok{};
}

void CriticalFiles::tell(const char* op, const std::string& path, const Known& file, const Sink& sink) {
  event_.clear(EventType::file_info);
  event_.set_time(FieldId::event_utc_time, options_.clock->unix_ms());
  event_.set_text(FieldId::inventory_op_type, op);
  event_.set_copy(FieldId::file_path, path);
  event_.set_copy(FieldId::file_name, path.substr(path.rfind('/') + 1));
  event_.set_number(FieldId::file_inode, file.inode);
  event_.set_number(FieldId::file_size, file.size);
  event_.set_time(FieldId::file_mtime, file.mtime_ns / 1000000);
  event_.set_number(FieldId::file_owner_id, file.uid);
  event_.set_number(FieldId::file_group_id, file.gid);
  event_.set_bool(FieldId::file_exists, *op != 'R');
  sink(event_);
}

void CriticalFiles::look_at(const std::string& path, const Sink& sink) {
  struct stat s {};
  if (::lstat((options_.root + path).c_str(), &s) < 0) return;
  auto at = known_.find(path);
  const bool is_new = at == known_.end();
  if (is_new && known_.size() >= limits::kCriticalFiles) return void(++lost_);
  if (is_new) at = known_.emplace(path, Known{}).first;
  const Known before = std::exchange(at->second, {s.st_dev, s.st_ino, static_cast<uint64_t>(s.st_size), nanoseconds(s.st_mtim), nanoseconds(s.st_ctim), s.st_mode, s.st_uid, s.st_gid, look_});
  if (look_ > 1 && (is_new || !before.same(at->second))) tell(is_new ? "Added" : "Changed", path, at->second, sink);
}

void CriticalFiles::end_look(const Sink& sink) {
  is_looking_ = false;
  for (auto at = known_.begin(); at != known_.end();) {
    if (at->second.look == look_) {
      ++at;
      continue;
    }
    tell("Removed", at->first, at->second, sink);
    at = known_.erase(at);
  }
}

int64_t CriticalFiles::poll(int64_t now_ms, const Sink& sink) {
  const bool was_on = std::exchange(is_on_, options_.polls(Polling::files) && options_.critical_files);
  if (!is_on_) {
    if (was_on) {
      known_ = {};
      is_looking_ = false;
    }
    return now_ms + kIdleMs;
  }
  (void)::syscall(SYS_ioprio_set, kWhoProcess, 0, kIoIdle);
  if (!was_on) look_ = 0;
  if (!is_looking_ && (!was_on || now_ms >= next_look_ms_)) {
    next_look_ms_ = now_ms + kHourMs;
    paths_ = options_.critical_files();
    at_ = 0;
    ++look_;
    is_looking_ = true;
  }
  for (size_t i = 0; is_looking_ && i < kFilesASlice && at_ < paths_.size(); ++i) look_at(paths_[at_++], sink);
  if (is_looking_ && at_ == paths_.size()) end_look(sink);
  (void)::syscall(SYS_ioprio_set, kWhoProcess, 0, kIoAsNice);
  return now_ms + (is_looking_ ? kSliceMs : kIdleMs);
}

uint64_t CriticalFiles::take_losses() { return std::exchange(lost_, 0); }

}  // namespace aurochs::observe
