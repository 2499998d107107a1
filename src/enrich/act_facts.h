// SPDX-License-Identifier: Apache-2.0
// ActFacts: what the records of an act leave out and the table or a look at the host can say: the process that was acted on,
// the ids before a change, what a descriptor or a mount point is. Looks are few: rare calls only, each once, while the caller
// is still there; what cannot be learned stays absent. One thread (core).
#pragma once
#include <string>

#include "event/event.h"
#include "event/file_details.h"
#include "state/lineage.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class ActFacts {
 public:
  ActFacts(state::Lineage& lineage, state::ProcReader& reader) : lineage_(lineage), reader_(reader) {}

  /// Ids and capabilities before a change of them. False: the call changed nothing, so there is no event. To be asked before the
  /// process is looked at: the table must be as it was.
  bool changed(event::Event& e);
  /// The record shows root's ids that nothing explains; those before are then set, and proc_priv_how. To be asked before changed().
  bool unexplained(event::Event& e);
  /// tgt_* of the process that tgt_proc_id names.
  void target(event::Event& e);
  /// What the event's type needs of the host; `file_fd` is the descriptor that the call was about.
  void look(event::Event& e, const event::FileDetails& file);

 private:
  bool ids_changed(event::Event& e, state::IdKind kind);
  bool capabilities_changed(event::Event& e);
  bool ask_link(event::Event& e, std::string_view directory, int64_t number);
  bool ask(int64_t pid, std::string_view path) { return reader_.ask(state::Ask::link, pid, path, answer_); }
  bool is_in_our(std::string_view ns, int64_t pid);
  void mount(event::Event& e);
  void file_of(event::Event& e, int32_t fd);
  void loop_device(event::Event& e, int32_t fd);
  void tun_device(event::Event& e, int32_t fd);
  void pidfd(event::Event& e, int32_t fd);
  void namespace_of(event::Event& e, int32_t fd);
  void host_name(event::Event& e);

  state::Lineage& lineage_;
  state::ProcReader& reader_;
  std::string answer_, path_, other_;
};

}  // namespace aurochs::enrich
