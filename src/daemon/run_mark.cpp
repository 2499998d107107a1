// SPDX-License-Identifier: Apache-2.0
#include "daemon/run_mark.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "observe/kernel_log.h"

namespace aurochs::daemon {

using event::FieldId;

namespace {

constexpr size_t kMarkBytes = 256;
constexpr int64_t kAliveMs = 60000;
constexpr uint64_t kClockSlackUs = 2000000;  // printk's clock and CLOCK_MONOTONIC drift apart

/// The newest record of the kernel's log that tells of it.
std::string end_in_log(const FormerRun& run) {
  const base::UniqueFd log(::open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC));  // kernel < 3.5: no such file, nothing is known
  char record[limits::kKernelRecordBytes];
  std::string found;
  for (;;) {
    const ssize_t n = log ? ::read(log.get(), record, sizeof record) : -1;
    if (n < 0 && log && errno == EPIPE) continue;  // overwritten meanwhile: the next read has the oldest that is left
    if (n <= 0) return found;
    std::string end = end_in_record({record, static_cast<size_t>(n)}, run);
    if (!end.empty()) found = std::move(end);
  }
}

}  // namespace

FormerRun parse_mark(std::string_view text) {
  FormerRun run;
  run.boot_id = std::string(base::next_piece(text, '\n'));
  for (uint64_t* value : {&run.pid, &run.start_ms, &run.start_uptime_ms})
    if (!base::parse_u64(base::next_piece(text, ' '), *value)) *value = 0;
  return run;
}

std::optional<FormerRun> RunMark::former() const {
  const auto text = base::read_file(path_, kMarkBytes);
  struct stat s {};
  if (::stat(path_.c_str(), &s) < 0) return std::nullopt;
  FormerRun run = parse_mark(text ? std::string_view(*text) : std::string_view());
  run.seen_ms = int64_t{s.st_mtim.tv_sec} * 1000 + s.st_mtim.tv_nsec / 1000000;
  return run;
}

base::Status RunMark::begin(const std::string& boot_id, int64_t start_ms, int64_t uptime_ms) {
  const std::string text = boot_id + '\n' + std::to_string(::getpid()) + ' ' + std::to_string(start_ms) + ' ' + std::to_string(uptime_ms) + ' ';
  auto written = base::write_file_atomically(path_, text, 0600);
  is_ours_ = static_cast<bool>(written);
  next_ms_ = uptime_ms + kAliveMs;
  return written;
}

void RunMark::alive(int64_t now_ms) {
  if (!is_ours_ || now_ms < next_ms_) return;
  next_ms_ = now_ms + kAliveMs;
  (void)::utimensat(AT_FDCWD, path_.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
}

void RunMark::end() {
  if (is_ours_) (void)::unlink(path_.c_str());
  is_ours_ = false;
}

/// "6,1234,5678901,-;Out of memory: Killed process 77 (aurochsd) total-vm:..." or "...;aurochs-core[78]: segfault at 0 ip ...".
std::string end_in_record(std::string_view record, const FormerRun& run) {
  observe::KernelLine line;
  if (!observe::parse_kernel_line(record, line) || !line.is_kernel) return {};
  (void)base::next_piece(record, ',');
  (void)base::next_piece(record, ',');
  uint64_t at_us = 0;
  if (!base::parse_u64(base::next_piece(record, ','), at_us) || at_us + kClockSlackUs < run.start_uptime_ms * 1000) return {};
  observe::Killed killed;
  const bool is_killed = observe::parse_killed(line.text, killed) && run.pid && killed.pid == run.pid;
  // A crash names the thread that made it, and its number, which nobody remembers.
  std::string_view task = line.text;
  if (base::starts_with(task, "traps: ")) task.remove_prefix(7);
  const bool is_crash = base::starts_with(task, "aurochs") && (task.data() != line.text.data() || task.find("]: segfault at ") != std::string_view::npos);
  return is_killed || is_crash ? std::string(line.text) : std::string();
}

void tell_former(const FormerRun& run, const std::string& boot_id, event::Event& out) {
  out.clear(event::EventType::sensor_restart);
  out.set_time(FieldId::sensor_loss_since, run.seen_ms);
  if (run.pid) out.set_number(FieldId::tgt_proc_id, run.pid);
  std::string text = "the last run did not end in order; ";
  if (run.boot_id != boot_id) {
    text += "the host went down under it, or it was killed before a reboot";
  } else {
    const std::string end = end_in_log(run);
    text += end.empty() ? "it was killed, the kernel's log does not say why" : "the kernel says: " + end;
  }
  out.set_copy(FieldId::op_text, text);
}

}  // namespace aurochs::daemon
