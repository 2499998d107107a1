// SPDX-License-Identifier: Apache-2.0
// Reassembler: records of interleaved events -> audit events, one per (node, time, serial).
//
// What the kernel gives: records of one event in order among themselves, mixed with those of other CPUs' events; EOE at
// the end of events with a syscall context (2.6.32 to 6.x), but auditd writes no EOE to its log, `exclude` rules may
// drop it, and single-record events have none. So an event ends
//   - at EOE, or with its one record when its type never has companions;
//   - softly, at PROCTITLE or when every announced PATH is there: then it waits kSoftEndMs of the event clock for
//     stragglers (a PATH after PROCTITLE still belongs to it);
//   - by age: kEventAgeMs of the event clock, flagged incomplete;
//   - by a bound (kInFlightEvents, kInFlightBytes): the oldest goes early, flagged incomplete and counted.
// The event clock is the progress of the stamps, plus quiet time told by tick(); a wrong clock on one host can not stop
// it: it never runs backwards and never jumps by more than a minute.
//
// Every operation is O(1); in steady state nothing is allocated. No thread, no clock, no I/O. One thread.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "audit/record.h"
#include "reassemble/serial_window.h"

namespace aurochs::reassemble {

/// Since start; each moves when the thing happens.
struct Counters {
  uint64_t records = 0, events = 0;
  uint64_t incomplete = 0;   ///< events that ended by age, bound or flush without a sign of their end
  uint64_t forced = 0;       ///< of these, by a bound
  uint64_t late = 0;         ///< events made of records that came after their event had ended
  uint64_t duplicates = 0;   ///< records that came twice
  uint64_t cut = 0;          ///< records dropped at kEventBytes or kEventRecords
  uint64_t serial_gaps = 0;  ///< audit events whose serial was never seen
  uint64_t headless = 0;     ///< audit events of which only parts came, without the SYSCALL record that says what was done
};

class Reassembler {
 public:
  explicit Reassembler(size_t max_events = 0);  ///< 0: limits::kInFlightEvents
  ~Reassembler();
  Reassembler(const Reassembler&) = delete;
  Reassembler& operator=(const Reassembler&) = delete;

  void push(const audit::RecordText& r);
  /// Wall time passed without records; the event clock follows it.
  void tick(int64_t now_ms);
  /// End of input: everything in flight is complete.
  void flush();
  /// Holes among the serials that are as old as the last call are losses; all: at the end of a stream.
  void settle_gaps(bool all = false) { counters_.serial_gaps += serials_.settle(all); }
  /// Oldest finished event or nullptr; it and its views live until the next pop().
  audit::AuditEvent* pop();

  const Counters& counters() const { return counters_; }
  size_t in_flight() const { return in_flight_; }

 private:
  struct Slot;
  struct List {
    Slot* head = nullptr;
    Slot* tail = nullptr;
  };

  Slot* find(const audit::RecordText& r, size_t bucket);
  Slot* open(const audit::RecordText& r, size_t bucket);
  bool is_duplicate(const Slot& s, const audit::RecordText& r) const;
  void append(Slot& s, const audit::RecordText& r);
  void note_end_signs(Slot& s, const audit::RecordText& r);
  void advance_clock(int64_t stamp_ms);
  void expire();
  void finish(Slot* s, bool complete);
  static void link(List& l, Slot* s);
  static void unlink(List& l, Slot* s);

  const size_t max_events_;
  base::BlockPool blocks_{limits::kIdleBytes};
  std::vector<Slot*> buckets_;
  std::vector<Slot*> free_;
  std::vector<Slot*> all_;
  List aging_, soft_, finished_;
  Slot* popped_ = nullptr;
  std::vector<uint64_t> done_;  ///< hashes of finished (stamp, node), by their low bits
  audit::AuditEvent out_;
  SerialWindow serials_;
  Counters counters_;
  size_t in_flight_ = 0, in_flight_bytes_ = 0;
  int64_t clock_ms_ = 0, newest_stamp_ms_ = 0, last_wall_ms_ = 0;
};

}  // namespace aurochs::reassemble
