// SPDX-License-Identifier: Apache-2.0
// Pipeline: the line. Frames in, events out:
//   reassemble -> decode -> normalize -> state -> enrich -> out
// No thread, no descriptor, no clock, no log: time comes with the frames, the host is asked through ProcReader. The
// daemon, replay, the goldens, the benchmark and the fuzzers call the same functions; the same frames and answers give
// the same events to the byte. One thread.
#pragma once
#include <array>
#include <atomic>
#include <functional>

#include "audit/frame.h"
#include "enrich/acts.h"
#include "enrich/host.h"
#include "govern/governor.h"
#include "govern/load.h"
#include "govern/losses.h"
#include "normalize/normalize.h"
#include "reassemble/reassembler.h"

namespace aurochs::pipeline {

struct Options : enrich::Host {
  bool is_live = false;  ///< serial gaps are losses, start and stop are events; a log may be an excerpt
  uint32_t canary = 0;   ///< the sensor's own acts to look for: personality(0xffffffff, canary, NUMBER); 0: none
};

/// Gets every event once; the event and its views are valid during the call. Answers how many bytes it became, for the meter.
using Sink = std::function<size_t(const event::Event&)>;

class Pipeline {
 public:
  Pipeline(Options options, state::ProcReader& reader, Sink sink);

  /// Says that the sensor starts (live only); `how` is the capture mode.
  void start(int64_t now_ms, std::string_view how);
  void push(const audit::Frame& frame);
  /// End of input: partial events come out flagged, losses and (live) the stop are told.
  void finish(std::string_view why);

  const reassemble::Counters& counters() const { return reassembler_.counters(); }
  uint64_t events() const { return events_; }
  /// NUMBER of the newest act of the sensor's own that came back.
  uint32_t canary() const { return canary_; }
  /// What a heartbeat says, but for the sensor's own cost.
  void report(event::Event& e);
  uint64_t lost(audit::GapCause c) const { return losses_.total(c); }
  state::Lineage& lineage() { return lineage_; }
  std::optional<state::SavedLogons> logons() { return acts_.logons().save(); }
  /// Any thread: events that came from audit so far, before the policy judged them, by what they cost: see govern/load.h.
  uint64_t seen(govern::Family family) const { return seen_[static_cast<size_t>(family)].load(std::memory_order_relaxed); }

 private:
  void push_text(const audit::Frame& frame);
  void take_policy(const audit::Frame& frame);
  void switch_profile(std::string_view payload);
  void follow_policy();
  void observe(const audit::Frame& frame);
  void drain();
  void judge(audit::AuditEvent& audit_event);
  void give(const normalize::Result& r, int64_t called_ms);
  void tell_held(int64_t now_ms);
  void tick();
  void note_canary();
  void tell_losses(bool is_end = false);
  void tell_self(event::EventType type, std::string_view how, std::string_view why);
  void emit(event::EventType type);
  void write();

  Options options_;
  Sink sink_;
  state::Lineage lineage_;
  enrich::Enricher enricher_;
  event::Event event_;
  enrich::ProcessEvents processes_;
  enrich::Acts acts_;
  reassemble::Reassembler reassembler_;
  normalize::Normalizer normalizer_;
  govern::Losses losses_;
  govern::Governor governor_;
  uint64_t events_ = 0;
  uint32_t canary_ = 0;
  std::array<std::atomic<uint64_t>, govern::kFamilies> seen_{};
  int64_t now_ms_ = 0, next_names_ms_ = 0, next_losses_ms_ = 0, next_heartbeat_ms_ = 0;
};

}  // namespace aurochs::pipeline
