// SPDX-License-Identifier: Apache-2.0
// Governor: how much of what is seen goes out: telemetry rules, folding, bursts, caps a type, and the meter of bytes a type.
// What it keeps back is counted and, where it was not asked for, announced (sensor_drop with cause capped and the type). The
// sensor's own events pass always. Bounded; no clock: time comes with the calls. One thread (core).
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "event/event.h"
#include "govern/bursts.h"
#include "govern/folder.h"
#include "govern/policy.h"

namespace aurochs::govern {

class Governor {
 public:
  /// policy: checked by parse_policy() before; one that is bad lets everything out.
  explicit Governor(std::string_view policy) { replace(policy); }
  void replace(std::string_view policy);

  bool wants(event::EventType type) const { return !policy_.of(type).off; }
  unsigned profile() const { return policy_.profile; }
  /// False: folded, dropped, sampled away or above the cap; counted. May take fields off (lean) and set event_count (sample).
  bool admit(event::Event& e, int64_t now_ms);
  /// After an event went out: true when `e` is now the event of a burst, to be given out as well.
  bool burst(event::Event& e, int64_t now_ms);
  /// The next event whose window is over: folded ones, announcements of a cap. False: none.
  bool next(event::Event& e, int64_t now_ms);
  void wrote(event::EventType type, size_t bytes);

  /// Fields of a heartbeat: bytes, bytes by type, folded, suppressed.
  void report(event::Event& e);

 private:
  struct Minute {
    int64_t begin_ms = 0;
    uint64_t count = 0, over = 0;
  };
  bool judge(event::Event& e);
  bool is_capped(event::Event& e, int64_t now_ms);
  bool next_announcement(event::Event& e, int64_t now_ms);

  Policy policy_;
  Folder folder_;
  Bursts bursts_;
  std::array<Minute, event::kEventTypeCount> minutes_{};
  std::array<uint64_t, event::kEventTypeCount> bytes_{};
  std::array<uint32_t, limits::kTelemetryRules> sampled_{};
  uint64_t all_bytes_ = 0, suppressed_ = 0;
  bool is_over_ = false, is_kept_ = false;
  std::string scratch_;
};

}  // namespace aurochs::govern
