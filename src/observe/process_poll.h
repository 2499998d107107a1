// SPDX-License-Identifier: Apache-2.0
// ProcessPoll: in the high-process profile, processes that are new since the last look, or run another image than then, every
// profile.poll_s, by start ticks and by device and inode of /proc/PID/exe. At the first look only what is younger than
// kYoungS: it began when audit told no more of it. It says only which; what they are is looked up by the core, which passes over what was
// told already. What lives shorter than a look is not seen.
#pragma once
#include <cstdint>
#include <string>
#include <unordered_map>

#include "observe/source.h"

namespace aurochs::observe {

class ProcessPoll {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);
  uint64_t take_losses();

 private:
  struct Known {
    uint64_t start_ticks = 0, device = 0, inode = 0;
    uint32_t look = 0;
  };
  void look(const Sink& sink);
  bool see(int32_t pid, uint64_t young_ticks);

  Options options_;
  std::string proc_;
  std::unordered_map<int32_t, Known> known_;
  uint32_t look_ = 0;
  uint64_t lost_ = 0;
  bool is_on_ = false;
  int64_t next_look_ms_ = 0;
  event::Event event_;
};

}  // namespace aurochs::observe
