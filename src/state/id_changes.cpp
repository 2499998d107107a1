// SPDX-License-Identifier: Apache-2.0
#include "state/id_changes.h"

namespace aurochs::state {

void IdChanges::put(Handle process, IdKind kind, const Ids& before, const Ids& after, int64_t at_ms) {
  ring_[next_] = {process, kind, before, after, at_ms};
  next_ = (next_ + 1) % ring_.size();
}

bool IdChanges::take(Handle process, IdKind kind, const Ids& after, int64_t called_ms, Ids& before) {
  // A call's stamp is its entry by a clock that stands still for a tick, so a change may seem a little older than its call.
  constexpr int64_t kClockMs = 1000;
  for (size_t i = 0; i < ring_.size(); ++i) {
    Change& c = ring_[(next_ + i) % ring_.size()];
    if (!c.process.generation || c.process.index != process.index || c.process.generation != process.generation) continue;
    if (c.kind != kind || !c.after.same_as(after) || c.at_ms < called_ms - kClockMs) continue;
    before = c.before;
    c.process = {};
    return true;
  }
  return false;
}

}  // namespace aurochs::state
