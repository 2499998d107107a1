// SPDX-License-Identifier: Apache-2.0
// Mounts: differences of the sensor's own /proc/self/mountinfo: what came, went or got other options in its mount
// namespace, what hides a process, what comes over a network or lies on a removable device. What lived for less than
// 200 ms may be missed. The act itself, with its process, is audit's; enrich::Differences makes one event of both.
#pragma once
#include <string>
#include <vector>

#include "base/fd.h"
#include "observe/mountinfo.h"
#include "observe/source.h"

namespace aurochs::observe {

class Mounts {
 public:
  base::Status open(const Options& options);
  int fd() const { return epoll_.get(); }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  void look(const Sink& sink);
  void tell(const MountDifference& d, const Sink& sink);
  event::EventType type_of(const MountDifference& d) const;
  bool is_removable(const Mount& m) const;

  std::string root_;
  base::Clock* clock_ = nullptr;
  base::UniqueFd mountinfo_, epoll_;
  std::vector<Mount> known_;
  int64_t looked_ms_ = 0;
  bool is_changed_ = false;
  event::Event event_;
};

}  // namespace aurochs::observe
