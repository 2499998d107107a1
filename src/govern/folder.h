// SPDX-License-Identifier: Apache-2.0
// Folder: equal events of a window become one. The first goes out at once; those that follow are counted and kept (the
// last one), and go out as one event when the window is over. Equal is: the same type, program, user and object, by the
// fields of its category. Bounded in windows and bytes: one that finds no room goes out by itself. One thread (core).
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/limits.h"
#include "event/event.h"

namespace aurochs::govern {

class Folder {
 public:
  Folder() : entries_(limits::kFoldWindows) {}

  /// True: kept, it will be part of a later event.
  bool fold(const event::Event& e, uint32_t window_s, int64_t now_ms);
  /// The next event whose window is over; its event_count says how many it stands for. False: none.
  bool next(event::Event& e, int64_t now_ms);
  uint64_t folded() const { return folded_; }

 private:
  struct Entry {
    uint64_t key = 0;
    int64_t end_ms = 0;
    uint64_t count = 0;
    std::string packed;  ///< the last one
  };
  static uint64_t key_of(const event::Event& e);
  Entry* place(uint64_t key, int64_t now_ms);

  std::vector<Entry> entries_;  ///< sets of kWays
  std::vector<std::string> spare_;
  size_t scan_ = 0, bytes_ = 0;
  int64_t scanned_ms_ = 0;
  uint64_t folded_ = 0;
};

}  // namespace aurochs::govern
