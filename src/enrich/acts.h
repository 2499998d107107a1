// SPDX-License-Identifier: Apache-2.0
// Acts: every event that is not the birth or death of a process: who did it, to whom, and what its family adds. One act is
// one event; the most special type wins (docs/decisions/0008). One thread (core).
#pragma once
#include "enrich/act_facts.h"
#include "enrich/differences.h"
#include "enrich/file_events.h"
#include "enrich/logon_events.h"
#include "enrich/network_events.h"
#include "enrich/process_events.h"
#include "watch/table.h"

namespace aurochs::enrich {

class Acts {
 public:
  /// watches: text of a watch table, which has been checked; one that is bad is as good as none.
  Acts(state::Lineage& lineage, Enricher& enricher, state::ProcReader& reader, const std::string& watches, event::Event& event, Emit emit, bool is_live);

  /// The event holds what the records said.
  void take(const event::FileDetails& file);
  /// A packed event of a source beside the audit stream into the event, for take(). False: damaged.
  bool unpack(const audit::Frame& frame);
  /// Accounts of the host may have changed: asks where their homes are.
  void refresh_homes();
  /// What waited and is due.
  void tell_held(int64_t now_ms);
  const FileEvents& files() const { return files_; }
  LogonEvents& logons() { return logons_; }

 private:
  state::Process* actor();
  void give();
  /// The alarm beside the act that showed it; the act then goes its own way.
  void tell_unexplained();
  void tell();

  state::Lineage& lineage_;
  Enricher& enricher_;
  event::Event& event_;
  Emit emit_;
  state::ProcReader& reader_;
  ActFacts facts_;
  watch::Table watches_;
  std::string homes_;
  FileEvents files_;
  LogonEvents logons_;
  NetworkEvents network_;
  Differences differences_;
};

}  // namespace aurochs::enrich
