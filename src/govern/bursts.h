// SPDX-License-Identifier: Apache-2.0
// Bursts: many events of one kind by one process in a window are told once more, as one event of their own: a parent that
// starts equal children (process_burst), a process that creates, renames or deletes file after file (file_op_burst). Nothing
// is kept back for it. Bounded: the process that was quiet longest is forgotten. One thread (core).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "event/event.h"

namespace aurochs::govern {

class Bursts {
 public:
  Bursts() : rows_(limits::kBurstRows) {}

  /// Counts `e`. True: it made its process pass the threshold of the window.
  bool count(const event::Event& e, int64_t now_ms);
  /// Makes `e`, which passed, the event of the burst.
  void tell(event::Event& e) const;

 private:
  struct Row {
    uint64_t key = 0;
    int64_t begin_ms = 0;
    uint32_t count = 0;
    bool told = false;
  };
  Row& row_of(uint64_t key, int64_t now_ms);

  std::vector<Row> rows_;  ///< sets of four
  uint32_t passed_ = 0;
};

}  // namespace aurochs::govern
