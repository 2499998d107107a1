// SPDX-License-Identifier: Apache-2.0
#include "observe/package_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

using event::EventType;
using event::FieldId;
constexpr int64_t kEveryMs = 1000;
struct Place {
  const char* path;
  PackageFormat format;
};
constexpr Place kPlaces[] = {{"/var/log/dpkg.log", PackageFormat::dpkg},
                             {"/var/log/dnf.rpm.log", PackageFormat::dnf},
                             {"/var/log/yum.log", PackageFormat::yum},
                             {"/var/log/zypp/history", PackageFormat::zypp}};
constexpr int kFlags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

}  // namespace

base::Status PackageLog::open(const Options& options) {
  clock_ = options.clock;
  block_.resize(limits::kPackageLogBytes);
  for (const Place& place : kPlaces) {
    Log& log = logs_.emplace_back(options.root + place.path, place.format);
    log.file.reset(::open(log.path.c_str(), kFlags));
    struct stat st;
    if (!log.file || ::fstat(log.file.get(), &st) != 0) continue;
    log.inode = st.st_ino;
    log.offset = st.st_size;
  }
  return base::Ok{};
}

int64_t PackageLog::poll(int64_t now_ms, const Sink& sink) {
  std::vector<PackageAct> acts;
  for (Log& log : logs_) {
    follow(log, sink);
    log.lines.overdue(now_ms, acts);
  }
  for (const PackageAct& act : acts) tell(act, sink);
  return now_ms + kEveryMs;
}

void PackageLog::follow(Log& log, const Sink& sink) {
  struct stat st;
  const bool is_there = ::stat(log.path.c_str(), &st) == 0 && S_ISREG(st.st_mode);
  const bool is_at_end = !log.file || read(log, sink);
  if (!is_there || !is_at_end || (log.file && st.st_ino == log.inode)) return;
  // Another file has the name: rotated, or the first one.
  log.file.reset(::open(log.path.c_str(), kFlags));
  log.inode = st.st_ino;
  log.offset = 0;
  log.part.clear();
  if (log.file) (void)read(log, sink);
}

bool PackageLog::read(Log& log, const Sink& sink) {
  struct stat st;
  if (::fstat(log.file.get(), &st) != 0) return true;
  if (st.st_size < log.offset) {
    log.offset = 0;  // copytruncate
    log.part.clear();
  }
  if (st.st_size == log.offset) return true;
  const ssize_t n = ::pread(log.file.get(), &block_[0], block_.size(), log.offset);
  if (n <= 0) return true;
  log.offset += n;
  take_bytes(log, std::string_view(block_).substr(0, static_cast<size_t>(n)), sink);
  return log.offset >= st.st_size;
}

void PackageLog::take_bytes(Log& log, std::string_view bytes, const Sink& sink) {
  std::vector<PackageAct> acts;
  const int64_t now_ms = clock_->monotonic_ms();
  while (!bytes.empty()) {
    const size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    log.is_too_long = log.is_too_long || log.part.size() + piece.size() > limits::kPackageLine;
    if (!log.is_too_long) log.part += piece;
    if (end == std::string_view::npos) break;
    if (!log.is_too_long) log.lines.line(log.part, now_ms, acts);
    log.part.clear();
    log.is_too_long = false;
    bytes.remove_prefix(end + 1);
  }
  for (const PackageAct& act : acts) tell(act, sink);
}

void PackageLog::tell(const PackageAct& act, const Sink& sink) {
  event_.clear(act.kind == PackageAct::Kind::install  ? EventType::package_install
               : act.kind == PackageAct::Kind::remove ? EventType::package_remove
                                                      : EventType::package_upgrade);
  event_.set_time(FieldId::event_utc_time, clock_->unix_ms());
  event_.set_text(FieldId::event_log_source, "LinuxLog");
  event_.set_text(FieldId::app_type, act.packaging);
  event_.set_text(FieldId::app_productname, act.name);
  event_.set_text_if(FieldId::app_version, act.version);
  event_.set_text_if(FieldId::app_version_old, act.version_old);
  event_.set_text_if(FieldId::app_arch, act.arch);
  sink(event_);
}

}  // namespace aurochs::observe
