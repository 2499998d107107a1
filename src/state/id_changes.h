// SPDX-License-Identifier: Apache-2.0
// IdChanges: changes of a process's ids that the proc connector told, kept until the audit record of the same change comes, which
// is late and has only the ids after it. Matched by process and by those; of several equal ones the oldest. Bounded: the
// newest kIdChanges. Allocates once. One thread (core).
#pragma once
#include <cstdint>
#include <vector>

#include "base/limits.h"
#include "state/process_table.h"

namespace aurochs::state {

enum class IdKind : uint8_t { user, group };

struct Ids {
  uint32_t real = Process::kUnset, effective = Process::kUnset, saved = Process::kUnset;
  bool same_as(const Ids& o) const { return real == o.real && effective == o.effective; }
};

class IdChanges {
 public:
  IdChanges() : ring_(limits::kIdChanges) {}
  void put(Handle process, IdKind kind, const Ids& before, const Ids& after, int64_t at_ms);
  /// Takes out what led to `after` at or behind `called_ms`. False: the connector told no such change.
  bool take(Handle process, IdKind kind, const Ids& after, int64_t called_ms, Ids& before);

 private:
  struct Change {
    Handle process;  ///< generation 0: taken
    IdKind kind = IdKind::user;
    Ids before, after;
    int64_t at_ms = 0;
  };
  std::vector<Change> ring_;
  size_t next_ = 0;
};

}  // namespace aurochs::state
