// SPDX-License-Identifier: Apache-2.0
#include "observe/kernel_state.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

using event::EventType;
using event::FieldId;
constexpr int64_t kTurnMs = 1000;
constexpr uint64_t kSysctlTurns = 2, kSlowTurns = 10, kModuleTurns = 30;

bool read_value(int fd, std::string& value) {
  char bytes[limits::kSysctlBytes];
  const ssize_t n = ::pread(fd, bytes, sizeof bytes, 0);
  if (n < 0) return false;
  value = sysctl_value({bytes, static_cast<size_t>(n)});
  return true;
}

bool read_taint(const std::string& root, uint64_t& mask) {
  const auto text = base::read_file(root + "/proc/sys/kernel/tainted", 64);
  return text && base::parse_u64(base::trim(*text), mask);
}

int64_t steady_ms(base::Clock& clock) {
  timespec t;
  // kernel < 2.6.39: no CLOCK_BOOTTIME; there a resume looks like a step
  if (::clock_gettime(CLOCK_BOOTTIME, &t) != 0) return clock.monotonic_ms();
  return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

}  // namespace

base::Status KernelState::open(const Options& options) {
  root_ = options.root;
  clock_ = options.clock;
  open_sysctls();
  (void)read_taint(root_, taint_);
  for (std::string_view rest = options.disks; !rest.empty();) {
    const std::string_view path = base::next_piece(rest, '|');
    if (!path.empty()) disks_.push_back({std::string(path), {}});
  }
  return base::Ok{};
}

void KernelState::open_sysctls() {
  size_t count = 0;
  const SysctlRow* const rows = sysctl_rows(count);
  for (size_t i = 0; i < count; ++i) {
    Sysctl s;
    s.file.reset(::open((root_ + "/proc/sys/" + std::string(rows[i].path)).c_str(), O_RDONLY | O_CLOEXEC));
    if (!s.file || !read_value(s.file.get(), s.value)) continue;
    s.name = sysctl_name(rows[i].path);
    sysctls_.push_back(std::move(s));
  }
}

void KernelState::begin(EventType type) {
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, clock_->unix_ms());
  event_.set_text(FieldId::event_log_source, type == EventType::sensor_clock_skew ? "Sensor" : "LinuxProc");
}

void KernelState::look_at_clock(const Sink& sink) {
  const int64_t step = step_.look(clock_->unix_ms(), steady_ms(*clock_));
  if (!step) return;
  begin(EventType::sensor_clock_skew);
  event_.set_copy(FieldId::op_value, std::to_string(step));
  event_.set_text(FieldId::op_text, step > 0 ? "the wall clock stepped forward; op_value is in milliseconds" : "the wall clock stepped back; op_value is in milliseconds");
  sink(event_);
}

void KernelState::look_at_sysctls(const Sink& sink) {
  std::string value;
  for (Sysctl& s : sysctls_) {
    if (!read_value(s.file.get(), value) || value == s.value) continue;
    begin(EventType::sysctl_change);
    event_.set_text(FieldId::sysctl_name, s.name);
    event_.set_text(FieldId::sysctl_value, value);
    event_.set_text(FieldId::sysctl_value_old, s.value);
    sink(event_);
    s.value = value;
  }
}

void KernelState::look_at_taint(const Sink& sink) {
  uint64_t now = 0;
  if (!read_taint(root_, now) || now == taint_) return;
  begin(EventType::kernel_taint);
  event_.set_copy(FieldId::mod_taint, taint_letters(now));
  event_.set_copy(FieldId::op_value, std::to_string(now));
  event_.set_copy(FieldId::op_value_old, std::to_string(taint_));
  sink(event_);
  taint_ = now;
}

void KernelState::look_at_disks(const Sink& sink) {
  for (Disk& disk : disks_) {
    struct statvfs v;
    if (::statvfs((root_ + disk.path).c_str(), &v) != 0) continue;
    const unsigned used[] = {used_percent(v.f_blocks, v.f_bfree, v.f_bavail), used_percent(v.f_files, v.f_ffree, v.f_favail)};
    for (size_t i = 0; i < disk.pressure.size(); ++i) {
      if (!disk.pressure[i].rises(used[i])) continue;
      begin(EventType::disk_pressure);
      event_.set_text(FieldId::mnt_dst, disk.path);
      event_.set_text(FieldId::op_name, i == 0 ? "room" : "inodes");
      event_.set_copy(FieldId::op_value, std::to_string(used[i]));
      event_.set_text(FieldId::op_text, "percent used");
      sink(event_);
    }
  }
}

/// Modules that were loaded: only those have initstate; one that comes or goes is not "live".
KernelState::Names KernelState::modules_of_sysfs() const {
  Names names;
  const std::string dir_path = root_ + "/sys/module";
  DIR* const dir = ::opendir(dir_path.c_str());
  if (!dir) return names;
  while (const dirent* entry = ::readdir(dir)) {
    if (entry->d_name[0] == '.' || names.size() >= limits::kModules) continue;
    const auto state = base::read_file(dir_path + '/' + entry->d_name + "/initstate", 64);
    if (state && base::trim(*state) == "live") names.emplace(entry->d_name);
  }
  ::closedir(dir);
  return names;
}

void KernelState::tell_hidden(const Names& hidden, Names& before, Names& told, std::string_view where, const Sink& sink) {
  for (const std::string& name : hidden) {
    if (!before.count(name) || !told.insert(name).second) continue;
    begin(EventType::kernel_module_hidden);
    event_.set_text(FieldId::mod_name, name);
    event_.set_text(FieldId::op_value, where);
    event_.set_text(FieldId::op_text, "not in op_value, where the other of /proc/modules and /sys/module has it");
    sink(event_);
  }
  before = hidden;
  for (auto at = told.begin(); at != told.end();) at = hidden.count(*at) ? std::next(at) : told.erase(at);
}

void KernelState::look_at_modules(const Sink& sink) {
  const auto text = base::read_file(root_ + "/proc/modules", 4u << 20);
  if (!text || ::access((root_ + "/sys/module").c_str(), R_OK) != 0) return;
  const Names proc = live_modules(*text), sysfs = modules_of_sysfs();
  auto missing = [](const Names& from, const Names& in) {
    Names out;
    for (const std::string& name : in)
      if (!from.count(name)) out.insert(name);
    return out;
  };
  tell_hidden(missing(proc, sysfs), not_in_proc_, told_proc_, "/proc/modules", sink);
  tell_hidden(missing(sysfs, proc), not_in_sysfs_, told_sysfs_, "/sys/module", sink);
}

int64_t KernelState::poll(int64_t now_ms, const Sink& sink) {
  look_at_clock(sink);
  if (turn_ % kSysctlTurns == 0) look_at_sysctls(sink);
  if (turn_ % kSlowTurns == 0) {
    look_at_taint(sink);
    look_at_disks(sink);
  }
  if (turn_ % kModuleTurns == 0) look_at_modules(sink);
  ++turn_;
  return now_ms + kTurnMs;
}

}  // namespace aurochs::observe
