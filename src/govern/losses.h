// SPDX-License-Identifier: Apache-2.0
// Losses: what was lost, by cause, until it is told as a sensor_drop or audit_lost event. Nothing is told twice and nothing forgotten:
// what was reported plus what is pending is the total. One thread.
#pragma once
#include <array>
#include <cstdint>

#include "audit/frame.h"
#include "event/event.h"

namespace aurochs::govern {

class Losses {
 public:
  void add(audit::GapCause cause, uint64_t count, int64_t now_ms);
  /// A gap frame.
  void add(const audit::Frame& gap, int64_t now_ms);
  /// A counter kept elsewhere that only rises: what it rose by since the last call is lost.
  void follow(audit::GapCause cause, uint64_t counter, int64_t now_ms);
  /// Fills `e` with the next cause that has something to tell; false: none.
  bool next(event::Event& e, int64_t now_ms);

  uint64_t total(audit::GapCause cause) const { return rows_[static_cast<size_t>(cause)].total; }
  uint64_t total() const;

 private:
  struct Row {
    uint64_t pending = 0, total = 0, followed = 0;
    int64_t since_ms = 0;
  };
  std::array<Row, static_cast<size_t>(audit::GapCause::count_)> rows_{};
};

}  // namespace aurochs::govern
