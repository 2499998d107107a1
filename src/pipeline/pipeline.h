// SPDX-License-Identifier: Apache-2.0
// Pipeline: the line. Frames in, events out:
//   reassemble -> decode -> normalize -> state -> enrich -> out
// No thread, no descriptor, no clock, no log: time comes with the frames, the host is asked through ProcReader. The
// daemon, replay, the goldens, the benchmark and the fuzzers call the same functions; the same frames and answers give
// the same events to the byte. One thread.
#pragma once
#include <array>
#include <functional>
#include <string>

#include "audit/frame.h"
#include "enrich/enricher.h"
#include "event/event.h"
#include "normalize/normalize.h"
#include "reassemble/reassembler.h"
#include "state/lineage.h"

namespace aurochs::pipeline {

struct Options {
  state::Identity identity;
  enrich::Settings settings;
  uint64_t uuid_seed = 0;   ///< event_uuid: random by seed, the same in a replay of the same recording
  bool is_live = false;     ///< serial gaps are losses; a log may be an excerpt
};

/// Gets every event once; the event and its views are valid during the call.
using Sink = std::function<void(const event::Event&)>;

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
  uint64_t lost(audit::GapCause c) const { return lost_total_[static_cast<size_t>(c)]; }
  state::Lineage& lineage() { return lineage_; }

 private:
  void push_text(const audit::Frame& frame);
  void drain();
  void judge(audit::AuditEvent& audit_event);
  void exec(const normalize::Result& r);
  void sweep(const audit::Frame& frame);
  void process(const audit::Frame& frame);
  void tell_exits();
  void tell_exit(const state::ExitView& v);
  void tick(int64_t now_ms);
  void lose(audit::GapCause cause, uint64_t count);
  void tell_losses();
  void heartbeat();
  void emit(event::EventType type);

  Options options_;
  Sink sink_;
  state::ProcReader& reader_;
  state::Lineage lineage_;
  enrich::Enricher enricher_;
  reassemble::Reassembler reassembler_;
  normalize::Normalizer normalizer_;
  event::Event event_;
  std::string answer_;
  static constexpr size_t kCauses = static_cast<size_t>(audit::GapCause::count_);
  std::array<uint64_t, kCauses> lost_{}, lost_total_{};
  std::array<int64_t, kCauses> lost_since_ms_{};
  uint64_t events_ = 0, gaps_seen_ = 0, forced_seen_ = 0, forgotten_seen_ = 0, refused_seen_ = 0;
  int64_t now_ms_ = 0, next_names_ms_ = 0, next_losses_ms_ = 0, next_heartbeat_ms_ = 0;
  bool has_connector_ = false;
};

}  // namespace aurochs::pipeline
