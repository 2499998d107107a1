// SPDX-License-Identifier: Apache-2.0
// MountTable: mount points of file systems that may block (a server that is gone, a program that does not answer), out of
// mountinfo; read again when the kernel says that it changed, at most once a second. Bad lines are passed over. One thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/fd.h"

namespace aurochs::enrich {

class MountTable {
 public:
  explicit MountTable(base::Clock& clock, const char* path = "/proc/self/mountinfo");
  void refresh();
  uint64_t version() const { return version_; }  ///< another one: mounts changed
  bool may_block_device(uint64_t device) const;           ///< makedev-like: major << 32 | minor
  bool may_block_path(const std::string& mount_point) const;
  static bool may_block_type(std::string_view file_system);
  void parse(std::string_view mountinfo);

 private:
  base::Clock& clock_;
  base::UniqueFd fd_;
  bool changed_ = true;
  int64_t next_read_ms_ = 0;
  uint64_t version_ = 0;
  std::vector<uint64_t> devices_;    ///< sorted
  std::vector<std::string> points_;  ///< sorted
};

}  // namespace aurochs::enrich
