// SPDX-License-Identifier: Apache-2.0
// ProcessEvents: from everything that tells of processes (exec audit events, the proc connector, the sweep at start, late
// digests) to whole events: lineage first, then enrichment, then out. One act may give several events: an exec, and what
// is remarkable about it. One thread (core).
#pragma once
#include <functional>

#include "audit/frame.h"
#include "enrich/container_book.h"
#include "enrich/enricher.h"
#include "enrich/exec_remarks.h"

namespace aurochs::enrich {

/// Gives the event out as one of `type`; the event stays filled.
using Emit = std::function<void(event::EventType type)>;

class ProcessEvents {
 public:
  ProcessEvents(state::Lineage& lineage, Enricher& enricher, state::ProcReader& reader, event::Event& event, Emit emit)
      : lineage_(lineage), enricher_(enricher), event_(event), emit_(std::move(emit)), remarks_(lineage, reader) {}

  /// Births and new sessions are events only where somebody wants them: they are as many as the processes.
  void tell(bool forks, bool sessions) {
    tells_forks_ = forks;
    tells_sessions_ = sessions;
  }

  /// The high-process profile: audit tells of few execs, and found() of the other processes. Ends are told of those that were told of.
  void poll(bool on) {
    is_polled_ = on;
    lineage_.expect_execs(!on);
  }
  /// Polling saw a process for the first time, or with another image than before.
  void found(int32_t pid, int64_t at_ms);

  /// The event holds what the records of a successful exec said.
  void exec(const event::ExecDetails& details);
  /// A fork or an exit that a rule saw; passed over once the connector has spoken: it would be told twice.
  void fork(int32_t parent_pid, int32_t pid, int64_t called_ms);
  void exit();
  void connector(const audit::Frame& frame);
  void sweep(const audit::Frame& frame);
  void snapshot(const audit::Frame& frame);
  void fact(const audit::Frame& frame);
  /// Ends that waited for their exec, and whose wait is over.
  void tell_ends(int64_t now_ms);

 private:
  void give(event::EventType type);
  void exec_unseen(int32_t pid, int64_t at_ms);
  void tell_end(const state::ExitView& v);
  void tell_about(const audit::ProcessFrame& p, int64_t at_ms, event::EventType type);
  void tell_containers(const state::ExecView& view);
  void tell_look(const state::ExecView& view, int64_t at_ms, event::EventType type);
  state::ExecFacts exec_facts() const;

  state::Lineage& lineage_;
  Enricher& enricher_;
  event::Event& event_;
  Emit emit_;
  ExecRemarks remarks_;
  ContainerBook containers_;
  bool is_polled_ = false;
  bool has_connector_ = false, tells_forks_ = false, tells_sessions_ = false;
};

}  // namespace aurochs::enrich
