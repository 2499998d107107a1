// SPDX-License-Identifier: Apache-2.0
// CriticalFiles: in the high-file profile, files of the host's own that matter most (Options::critical_files), looked at when it
// begins and every hour: device, inode, size, times, mode, owner. The first look is the ground; then what is new, changed or gone is told. A
// hundred files a tenth of a second, with idle I/O priority; what finds no room (kCriticalFiles) is counted as lost.
#pragma once
#include <string>
#include <unordered_map>
#include <vector>

#include "observe/source.h"

namespace aurochs::observe {

class CriticalFiles {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);
  uint64_t take_losses();

 private:
  struct Known {
    uint64_t device = 0, inode = 0, size = 0;
    int64_t mtime_ns = 0, ctime_ns = 0;
    uint32_t mode = 0, uid = 0, gid = 0, look = 0;
    bool same(const Known& o) const {
      return device == o.device && inode == o.inode && size == o.size && mtime_ns == o.mtime_ns && ctime_ns == o.ctime_ns && mode == o.mode && uid == o.uid && gid == o.gid;
    }
  };
  void look_at(const std::string& path, const Sink& sink);
  void end_look(const Sink& sink);
  void tell(const char* op, const std::string& path, const Known& file, const Sink& sink);

  Options options_;
  std::unordered_map<std::string, Known> known_;
  std::vector<std::string> paths_;  ///< of this look
  size_t at_ = 0;
  uint32_t look_ = 0;
  uint64_t lost_ = 0;
  bool is_on_ = false, is_looking_ = false;
  int64_t next_look_ms_ = 0;
  event::Event event_;
};

}  // namespace aurochs::observe
