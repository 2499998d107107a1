// SPDX-License-Identifier: Apache-2.0
// LogonEvents: logons that several sources tell become one event each, with the counts of btmp, wtmp and of what was seen.
// It may hold an event back and give it out later, by next(). Bounded; a bound that is reached gives the oldest out. One thread (core).
#pragma once
#include <cstdint>

#include "event/event.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class LogonEvents {
 public:
  explicit LogonEvents(state::ProcReader& reader) : reader_(reader) {}

  /// True: `e` is complete now. False: it is held, or it only fed what this room knows.
  bool take(event::Event& e);
  /// The next held event whose wait is over. False: none.
  bool next(event::Event& e, int64_t now_ms);

 private:
  state::ProcReader& reader_;
};

}  // namespace aurochs::enrich
