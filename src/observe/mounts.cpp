// SPDX-License-Identifier: Apache-2.0
#include "observe/mounts.h"

#include <fcntl.h>
#include <sys/epoll.h>

#include <cerrno>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

using event::EventType;
using event::FieldId;
constexpr const char* kPath = "/proc/self/mountinfo";
constexpr int64_t kBetweenMs = 200, kEveryMs = 500;

}  // namespace

base::Status Mounts::open(const Options& options) {
  root_ = options.root;
  clock_ = options.clock;
  const auto text = base::read_file(root_ + kPath, limits::kMountinfoBytes);
  if (!text) return text.error();
  known_ = parse_mountinfo(*text);
  mountinfo_.reset(::open((root_ + kPath).c_str(), O_RDONLY | O_CLOEXEC));
  epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
  // A change is POLLPRI (Linux 2.6.30); POLLIN is always there (fs/proc_namespace.c mounts_poll), hence the epoll between.
  epoll_event wanted{};
  wanted.events = EPOLLPRI;
  if (!mountinfo_ || !epoll_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, mountinfo_.get(), &wanted) != 0) {
    if (root_.empty()) return base::errno_error(kPath, errno);
    epoll_.reset();
  }
  is_changed_ = !epoll_;  // a tree of a test: looked at each time
  return base::Ok{};
}

void Mounts::take(const Sink& sink) {
  // That the epoll was readable is the news: asking for that took the mark of the change away (m->poll_event).
  is_changed_ = true;
  epoll_event e;
  (void)::epoll_wait(epoll_.get(), &e, 1, 0);
  if (clock_->monotonic_ms() - looked_ms_ >= kBetweenMs) look(sink);
}

int64_t Mounts::poll(int64_t now_ms, const Sink& sink) {
  if (is_changed_) look(sink);
  return now_ms + kEveryMs;
}

void Mounts::look(const Sink& sink) {
  looked_ms_ = clock_->monotonic_ms();
  is_changed_ = !epoll_;
  const auto text = base::read_file(root_ + kPath, limits::kMountinfoBytes);
  if (!text) return;
  std::vector<Mount> now = parse_mountinfo(*text);
  for (const MountDifference& d : compare(known_, now)) tell(d, sink);
  known_ = std::move(now);
}

bool Mounts::is_removable(const Mount& m) const {
  // A partition has no such file, its disk, one directory up, has it.
  const std::string device = root_ + "/sys/dev/block/" + m.device;
  auto flag = base::read_file(device + "/removable", 64);
  if (!flag) flag = base::read_file(device + "/../removable", 64);
  return flag && base::trim(*flag) == "1";
}

EventType Mounts::type_of(const MountDifference& d) const {
  if (d.kind == MountDifference::Kind::removed) return EventType::mount_remove;
  const Mount& m = *d.now;
  const bool is_added = d.kind == MountDifference::Kind::added;
  if (is_added && is_over_process(m.point)) return EventType::mount_over_proc;
  const std::string_view hidden = m.type == "proc" ? option(m.options, "hidepid") : std::string_view();
  if (!is_added && !hidden.empty() && hidden != option(d.before->options, "hidepid")) return EventType::mount_over_proc;
  if (!is_added) return EventType::mount_remount;
  if (is_remote(m.type)) return EventType::mount_remote;
  return is_removable(m) ? EventType::removable_mount : EventType::mount_add;
}

void Mounts::tell(const MountDifference& d, const Sink& sink) {
  const Mount& m = d.now ? *d.now : *d.before;
  event_.clear(type_of(d));
  event_.set_time(FieldId::event_utc_time, clock_->unix_ms());
  event_.set_text(FieldId::event_log_source, "LinuxProc");
  event_.set_text(FieldId::mnt_dst, m.point);
  event_.set_text_if(FieldId::mnt_src, m.source);
  event_.set_text(FieldId::mnt_type, m.type);
  event_.set_text(FieldId::mnt_flags, m.options);
  if (d.now && d.before) event_.set_text(FieldId::op_value_old, d.before->options);
  if (event_.type() == EventType::removable_mount && base::starts_with(m.source, "/dev/")) event_.set_text(FieldId::dev_path, m.source);
  sink(event_);
}

}  // namespace aurochs::observe
