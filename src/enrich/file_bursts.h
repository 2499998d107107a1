// SPDX-License-Identifier: Apache-2.0
// FileBursts: how many files one process creates, writes, renames or removes within a window; above the limit the process is
// told of once a window. A direct-mapped table by PID: a collision forgets. One thread (core).
#pragma once
#include <cstdint>
#include <vector>

#include "event/file_details.h"

namespace aurochs::enrich {

class FileBursts {
 public:
  FileBursts();
  /// True: this operation is the one that makes it a burst.
  bool note(uint64_t pid, event::FileOp op, int64_t at_ms);

 private:
  struct Entry {
    uint64_t pid = 0;
    int64_t since_ms = 0;
    uint32_t count = 0;
  };
  std::vector<Entry> entries_;
};

}  // namespace aurochs::enrich
