// SPDX-License-Identifier: Apache-2.0
// FileEvents: events about files: the directory behind a descriptor, the watch table, and facts of the file (after it was written, where that is still to come).
// It may hold an event back and give it out later, by next(). Bounded; a bound that is reached gives the oldest out. One thread (core).
#pragma once
#include <cstdint>

#include "event/event.h"
#include "event/file_details.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class FileEvents {
 public:
  explicit FileEvents(state::ProcReader& reader) : reader_(reader) {}

  /// True: `e` is complete now. False: it is held, or it only fed what this room knows.
  bool take(event::Event& e, const event::FileDetails& file);
  /// The next held event whose wait is over. False: none.
  bool next(event::Event& e, int64_t now_ms);

 private:
  state::ProcReader& reader_;
};

}  // namespace aurochs::enrich
