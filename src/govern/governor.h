// SPDX-License-Identifier: Apache-2.0
// Governor: how much of what is seen goes out. Telemetry rules (emit, drop, sample, fold), folding of equal events in a
// window, bursts, caps a type, and the meter of bytes a type. What it keeps back is counted and announced. The sensor's own
// events pass always. Bounded; no clock: time comes with the calls. One thread (core).
#pragma once
#include <cstdint>

#include "event/event.h"
#include "govern/policy.h"

namespace aurochs::govern {

class Governor {
 public:
  /// policy: checked by parse_policy() before; one that is bad lets everything out.
  explicit Governor(std::string_view policy);

  bool wants(event::EventType type) const { return !policy_.off[static_cast<size_t>(type)]; }
  /// False: folded, dropped, sampled away or above the cap; counted.
  bool admit(event::Event& e, int64_t now_ms);
  /// Next event of its own: a folded one whose window is over, a burst, an announcement. False: none.
  bool next(event::Event& e, int64_t now_ms);

 private:
  Policy policy_;
};

}  // namespace aurochs::govern
