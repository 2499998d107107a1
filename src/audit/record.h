// SPDX-License-Identifier: Apache-2.0
// The kernel's vocabulary: Stamp, Field, Record, AuditEvent.
// Texts are views: of a Record into the bytes it was read from, of decoded values into the event's arena.
// Kernel text and userspace text (msg='...') are told apart by Field::kInMessage and never overwrite one another.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "audit/keys.h"
#include "base/arena.h"

namespace aurochs::audit {

/// The kernel's event id: "audit(SEC.MS:SERIAL)". Time is the entry of the syscall (coarse clock), so it is not
/// monotonic with the serial; the serial wraps.
struct Stamp {
  int64_t time_ms = 0;
  uint32_t serial = 0;
  bool operator==(const Stamp& o) const { return time_ms == o.time_ms && serial == o.serial; }
};

struct Field {
  enum Flag : uint8_t {
    kQuoted = 1,     ///< "text": verbatim
    kInMessage = 2,  ///< written by user space inside msg='...'
    kTruncated = 4,  ///< closing quote missing
  };
  Key key = Key::other;
  uint8_t flags = 0;
  std::string_view name;
  std::string_view raw;  ///< without quotes and without the separators that auparse cuts
};

/// One kernel line.
struct Record {
  uint16_t type = 0;           ///< number; 0 for a name that has none in our table (see type_text)
  std::string_view type_text;  ///< as written in a log ("SYSCALL", "UNKNOWN[1420]"); empty for netlink records
  std::string_view body;       ///< after "audit(...):", kernel part only
  std::string_view enriched;   ///< after 0x1D: interpreted by auditd
  const Field* fields = nullptr;  ///< in the order of the record; set by decode
  uint32_t field_count = 0;

  /// First field of that key in the kernel's part, or nullptr.
  const Field* find(Key key) const {
    for (uint32_t i = 0; i < field_count; ++i)
      if (fields[i].key == key && !(fields[i].flags & Field::kInMessage)) return &fields[i];
    return nullptr;
  }
  /// First field of that key inside msg='...', or nullptr.
  const Field* find_in_message(Key key) const {
    for (uint32_t i = 0; i < field_count; ++i)
      if (fields[i].key == key && (fields[i].flags & Field::kInMessage)) return &fields[i];
    return nullptr;
  }
};

/// One record on its way into assembly: header parsed, body not. Views into the input.
struct RecordText {
  Stamp stamp;
  std::string_view node, type_text, body, enriched;
  uint16_t type = 0;
  int64_t received_ms = 0;
};

/// All records of one stamp, in arrival order.
struct AuditEvent {
  enum Note : uint8_t {
    kIncomplete = 1,  ///< ended by age, bound or end of input, not by its own last record
    kLate = 2,        ///< records that came after their event had ended
    kCut = 4,         ///< records were dropped at kEventBytes or kEventRecords
    kDuplicate = 8,   ///< the same record came twice (once kept)
  };
  Stamp stamp;
  std::string_view node;
  int64_t received_ms = 0;  ///< of the first record; 0 for logs
  uint8_t notes = 0;
  std::vector<Record> records;
  base::Arena arena{4096};

  const Record* find(uint16_t type) const {
    for (const Record& r : records)
      if (r.type == type) return &r;
    return nullptr;
  }
};

}  // namespace aurochs::audit
