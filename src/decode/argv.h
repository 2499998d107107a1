// SPDX-License-Identifier: Apache-2.0
// Arguments of an exec, from its EXECVE records; and one command line out of them.
// Kernel 4.8+ splits at about 7500 bytes a record (kernel/auditsc.c audit_log_execve_info): a long argument comes
// as aN_len=L aN[0]=.. aN[1]=..; L is not to be believed, pieces are decoded one by one and joined as bytes.
// Before 3.16 a script gave two lists: the interpreter's real one, then a stale one; the first counts. Old kernels
// print nothing for an empty argument, and records get lost: such an argument is missing (null), not empty.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "audit/record.h"
#include "base/arena.h"

namespace aurochs::decode {

struct Argument {
  std::string_view text;
  bool missing = true;
};

/// One aN= or aN[M]= as it stood in a record.
struct ArgumentPiece {
  uint64_t argument = 0, part = 0;
  std::string_view text;
};

struct Argv {
  std::vector<Argument> arguments;
  bool truncated = false;           ///< missing arguments, missing pieces or a cut quote
  std::vector<ArgumentPiece> pieces;  ///< scratch, kept so that steady state allocates nothing
};

/// Of all EXECVE records of the event; false when it has none. Texts lie in event.arena or in its records.
bool collect_argv(audit::AuditEvent& event, Argv& out);

/// argv[0] argv[1] ...: an argument with a blank, a quote or a control character stands in single quotes, with
/// an inner single quote written '\''; an empty one is ''. A missing one is left out. At most max_bytes, cut on a character.
std::string_view command_line(const Argv& argv, size_t max_bytes, base::Arena& arena, bool& cut);
/// The same of a NUL-separated list (/proc/PID/cmdline, PROCTITLE).
std::string_view command_line(std::string_view nul_separated, size_t max_bytes, base::Arena& arena, bool& cut);

}  // namespace aurochs::decode
