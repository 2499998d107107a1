// SPDX-License-Identifier: Apache-2.0
// ExecRemarks: what is remarkable about an exec, one event each beside its process_create. One row of the table in
// exec_remarks.cpp is one remark: a type, the function that says whether it holds, and the fields that it adds. What a
// program says about itself (argv, environ) is only used to remark on it, never to name it. One thread (core).
#pragma once
#include <string>

#include "crypto/digest.h"
#include "event/event.h"
#include "event/exec_details.h"
#include "state/lineage.h"

namespace aurochs::enrich {

class ExecRemarks {
 public:
  ExecRemarks(state::Lineage& lineage, state::ProcReader& reader) : lineage_(lineage), reader_(reader) {}

  struct Subject {
    event::Event& e;  ///< the process_create, complete
    const state::ExecView& view;
    const event::ExecDetails& details;
  };
  /// The next remark from row `at` on, its fields set; EventType::count_ when there is none. Call with at = 0 first.
  event::EventType next(const Subject& s, size_t& at);

 private:
  struct Row;
  static const Row kRows[];
  bool masquerade(const Subject& s);
  bool deleted(const Subject& s);
  bool fileless(const Subject& s);
  bool stdio_socket(const Subject& s);
  bool env_hijack(const Subject& s);
  bool script(const Subject& s);
  bool script_content(const Subject& s);
  bool inline_code(const Subject& s);
  bool script_stdin(const Subject& s);
  bool shell_interactive(const Subject& s);
  bool history_off(const Subject& s);
  bool package_script(const Subject& s);
  bool cron_job(const Subject& s);
  bool web_child(const Subject& s);
  bool unexplained(const Subject& s);
  bool suid_exec(const Subject& s);
  bool file_cap_exec(const Subject& s);
  /// Nearest ancestor whose image has one of these names; nullptr: none within limits::kAncestors.
  state::Process* ancestor(state::Process& p, const std::string_view* names, size_t count);
  bool read_script(const Subject& s);

  state::Lineage& lineage_;
  state::ProcReader& reader_;
  crypto::Digest sha256_{crypto::Algorithm::sha256};
  std::string content_, scratch_;
};

}  // namespace aurochs::enrich
