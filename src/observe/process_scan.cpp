// SPDX-License-Identifier: Apache-2.0
#include "observe/process_scan.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

using event::EventType;
using event::FieldId;
constexpr int64_t kSlices = 10, kWindowLooks = 10, kHourMs = 3600000;
constexpr int64_t kBusyPercent = 90;
constexpr size_t kBlockBytes = 64u << 10;

int64_t cpu_us() {
  timespec t;
  (void)::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/// A process, not one of its threads: signal 0 to the thread of that number within the process of the same number.
bool lives(int32_t pid) { return ::syscall(SYS_tgkill, pid, pid, 0) == 0 || errno == EPERM; }

}  // namespace

base::Status ProcessScan::open(const Options& options) {
  proc_ = options.root + "/proc";
  clock_ = options.clock;
  scan_ms_ = options.scan_s * 1000;
  block_.resize(kBlockBytes);
  uint64_t most = 0;
  const auto text = base::read_file(proc_ + "/sys/kernel/pid_max", 64);
  if (text && base::parse_u64(base::trim(*text), most) && most <= 1u << 22) last_number_ = static_cast<int32_t>(most);
  char self[32];
  const ssize_t n = ::readlink((proc_ + "/self").c_str(), self, sizeof self);
  // A /proc of another PID namespace lists other numbers than the kernel knows us by.
  if (options.root.empty() && (n <= 0 || std::to_string(::getpid()) != std::string(self, static_cast<size_t>(n))))
    return base::Error{0, "/proc is of another PID namespace; processes are not scanned"};
  return base::Ok{};
}

std::string ProcessScan::process_path(int32_t pid, const char* file) const { return proc_ + '/' + std::to_string(pid) + '/' + file; }

/// By libc's readdir and not the system call: what hides by LD_PRELOAD hides from that.
bool ProcessScan::list(std::vector<int32_t>& pids) const {
  pids.clear();
  DIR* const dir = ::opendir(proc_.c_str());
  if (!dir) return false;
  while (const dirent* entry = ::readdir(dir)) {
    uint64_t pid = 0;
    if (base::parse_u64(entry->d_name, pid) && pid <= INT32_MAX) pids.push_back(static_cast<int32_t>(pid));
  }
  ::closedir(dir);
  std::sort(pids.begin(), pids.end());
  return true;
}

void ProcessScan::begin(EventType type, int32_t pid) {
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, clock_->unix_ms());
  event_.set_text(FieldId::event_log_source, "LinuxProc");
  event_.set_integer(FieldId::proc_id, pid);
}

int64_t ProcessScan::poll(int64_t now_ms, const Sink& sink) {
  const int64_t until_us = cpu_us() + limits::kScanSliceUs;
  if (at_ >= pids_.size() && now_ms >= next_look_ms_) begin_look(now_ms, sink);
  while (at_ < pids_.size() && cpu_us() < until_us) look_at(pids_[at_++], now_ms, sink);
  while (at_ >= pids_.size() && swept_ < last_number_ && cpu_us() < until_us) sweep_numbers();
  return now_ms + scan_ms_ / kSlices;
}

void ProcessScan::begin_look(int64_t now_ms, const Sink& sink) {
  next_look_ms_ = now_ms + scan_ms_;
  at_ = 0;
  swept_ = 0;
  if (!list(pids_)) return;
  for (auto at = known_.begin(); at != known_.end();) at = at->second.look == look_ ? std::next(at) : known_.erase(at);
  ++look_;
  confirm_hidden(sink);
}

void ProcessScan::look_at(int32_t pid, int64_t now_ms, const Sink& sink) {
  const auto stat = base::read_file(process_path(pid, "stat"), limits::kProcFileBytes);
  ProcessTimes times;
  if (!stat || !parse_times(*stat, times)) return;
  auto at = known_.find(pid);
  if (at == known_.end()) {
    if (known_.size() >= limits::kScannedProcesses) return;
    at = known_.emplace(pid, Known{}).first;
  }
  Known& known = at->second;
  if (known.start_ticks != times.start_ticks || !known.since_ms) {
    known = {};
    known.start_ticks = times.start_ticks;
    known.cpu_ticks = times.cpu_ticks;
    known.since_ms = now_ms;
  }
  known.look = look_;
  judge_cpu(pid, known, times, now_ms, sink);
  look_at_maps(pid, known, sink);
}

void ProcessScan::judge_cpu(int32_t pid, Known& known, const ProcessTimes& times, int64_t now_ms, const Sink& sink) {
  const int64_t passed_ms = now_ms - known.since_ms;
  if (passed_ms < kWindowLooks * scan_ms_) return;
  const int64_t used_ms = static_cast<int64_t>(times.cpu_ticks - known.cpu_ticks) * 1000 / ::sysconf(_SC_CLK_TCK);
  known.cpu_ticks = times.cpu_ticks;
  known.since_ms = now_ms;
  const int64_t percent = used_ms * 100 / passed_ms;
  if (percent < kBusyPercent || (known.told_ms && now_ms - known.told_ms < kHourMs)) return;
  known.told_ms = now_ms;
  begin(EventType::process_resource_anomaly, pid);
  event_.set_integer(FieldId::proc_cpu_pct, percent);
  event_.set_number(FieldId::proc_rss, times.rss_pages * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)));
  sink(event_);
}

void ProcessScan::look_at_maps(int32_t pid, Known& known, const Sink& sink) {
  const base::UniqueFd fd(::open(process_path(pid, "maps").c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return;
  size_t kept = 0;
  for (size_t total = 0; total < limits::kScanMapsBytes;) {
    const ssize_t n = ::read(fd.get(), &block_[kept], block_.size() - kept);
    if (n <= 0) return;
    total += static_cast<size_t>(n);
    std::string_view bytes(block_.data(), kept + static_cast<size_t>(n));
    for (size_t end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      const Mapping m = parse_mapping(bytes.substr(0, end));
      if (m.kind != MapKind::none && !(known.told_kinds >> static_cast<unsigned>(m.kind) & 1)) take_mapping(pid, known, m, sink);
      bytes.remove_prefix(end + 1);
    }
    // A line longer than the block (a path of 4096 bytes is the longest) is none.
    kept = bytes.size() < block_.size() ? bytes.size() : 0;
    std::copy(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(kept), block_.begin());
  }
}

/// An image that was put into a directory where everybody writes is no JIT, whatever its name.
bool ProcessScan::is_jit_image(int32_t pid) const {
  char path[4096];
  const ssize_t n = ::readlink(process_path(pid, "exe").c_str(), path, sizeof path);
  if (n <= 0) return false;
  std::string_view image(path, static_cast<size_t>(n));
  constexpr std::string_view kDeleted = " (deleted)";
  if (base::ends_with(image, kDeleted)) image.remove_suffix(kDeleted.size());
  for (const std::string_view dir : {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/", "/memfd:"})
    if (base::starts_with(image, dir)) return false;
  return is_jit(base::base_name(image));
}

void ProcessScan::take_mapping(int32_t pid, Known& known, const Mapping& m, const Sink& sink) {
  known.told_kinds = static_cast<uint8_t>(known.told_kinds | 1u << static_cast<unsigned>(m.kind));
  if (m.kind == MapKind::anonymous && is_jit_image(pid)) return;
  char address[24];
  const int n = std::snprintf(address, sizeof address, "0x%llx", static_cast<unsigned long long>(m.begin));
  begin(EventType::memory_anomaly, pid);
  event_.set_text(FieldId::op_name, map_kind_name(m.kind));
  event_.set_text(FieldId::mem_prot, m.protection);
  event_.set_text(FieldId::mem_addr, {address, static_cast<size_t>(n)});
  event_.set_number(FieldId::mem_len, m.end - m.begin);
  event_.set_text_if(FieldId::file_path, m.path);
  sink(event_);
}

/// The next numbers. A process born since the list was made is no suspect: a second list has it.
void ProcessScan::sweep_numbers() {
  std::vector<int32_t> found;
  for (size_t i = 0; i < limits::kScanNumbers; ++i) {
    number_ = number_ >= last_number_ ? 1 : number_ + 1;
    ++swept_;
    if (!std::binary_search(pids_.begin(), pids_.end(), number_) && lives(number_) && !suspects_.count(number_)) found.push_back(number_);
    if (number_ >= last_number_) break;
  }
  std::vector<int32_t> now;
  if (found.empty() || !list(now)) return;
  for (const int32_t pid : found)
    if (!std::binary_search(now.begin(), now.end(), pid) && suspects_.size() < limits::kHiddenProcesses) suspects_.emplace(pid, false);
}

/// With the list that begins a look: who was not listed in the last one either and still lives is hidden.
void ProcessScan::confirm_hidden(const Sink& sink) {
  for (auto at = suspects_.begin(); at != suspects_.end();) {
    if (std::binary_search(pids_.begin(), pids_.end(), at->first) || !lives(at->first)) {
      at = suspects_.erase(at);
      continue;
    }
    if (!at->second) {
      at->second = true;
      begin(EventType::process_hidden, at->first);
      event_.set_text(FieldId::op_text, "the kernel knows the process, the listing of /proc does not show it");
      sink(event_);
    }
    ++at;
  }
}

}  // namespace aurochs::observe
