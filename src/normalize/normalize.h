// SPDX-License-Identifier: Apache-2.0
// normalize: one audit event -> one event, or none. What the records say goes into the fields, nothing else: no table,
// no host. One function a family, one dispatch table (table.cpp); a new type is a catalogue row and a function.
// Kernel text and userspace text are not mixed. Damage leaves fields absent. One thread.
#pragma once
#include <cstdint>
#include <string_view>

#include "audit/record.h"
#include "audit/syscalls.h"
#include "decode/argv.h"
#include "event/event.h"
#include "event/exec_details.h"

namespace aurochs::normalize {

/// What the SYSCALL record says, parsed once.
struct SyscallFacts {
  audit::Syscall syscall = audit::Syscall::other;
  uint32_t arch = 0, number = 0;
  int64_t exit = 0;
  bool success = false, has_exit = false;
  uint32_t pid = 0, ppid = 0;
  uint64_t a0 = 0, a1 = 0, a2 = 0, a3 = 0;
  std::string_view comm, exe;  ///< decoded
};

/// What the line needs to know beyond the fields of the event.
struct Result {
  bool has_event = false;
  bool is_exec = false;        ///< a new image: state and the derived events look at it
  bool is_fork = false;        ///< fork, vfork, clone seen by a rule; exit = child's pid as its namespace sees it
  SyscallFacts syscall;
  event::ExecDetails exec;
};

class Normalizer {
 public:
  /// `in` is decoded here (its fields are filled); `out` is filled where Result::has_event. Views live as long as both.
  Result event(audit::AuditEvent& in, event::Event& out);

 private:
  decode::Argv argv_;
};

}  // namespace aurochs::normalize
