// SPDX-License-Identifier: Apache-2.0
// What the family files of normalize share: the source of one event, and how its common fields are written.
#pragma once
#include "normalize/normalize.h"

namespace aurochs::normalize {

struct Source {
  audit::AuditEvent& audit;
  const audit::Record* syscall;  ///< nullptr where the event has no SYSCALL record
  decode::Argv& argv;
};

/// A family's function: sets fields and result; result.has_event says whether it made an event.
using Family = void (*)(Source& in, event::Event& out, Result& result);

void exec_family(Source& in, event::Event& out, Result& result);
void fork_family(Source& in, event::Event& out, Result& result);
void exit_family(Source& in, event::Event& out, Result& result);
void crash_family(Source& in, event::Event& out, Result& result);

/// Ids, session, terminal, label and key of a SYSCALL (or ANOM_ABEND) record as the process's own fields.
void write_subject(const audit::Record& r, base::Arena& arena, event::Event& out);
/// `path` absolute, without "." and "..", by `cwd`; as the process sees it.
std::string_view absolute_path(std::string_view path, std::string_view cwd, base::Arena& arena);

}  // namespace aurochs::normalize
