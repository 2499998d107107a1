// SPDX-License-Identifier: Apache-2.0
// normalize: one audit event -> its events; most give one, or none. What the records say goes into the fields, nothing else: no table,
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
#include "event/file_details.h"

namespace aurochs::normalize {

struct Source;

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
  event::FileDetails file;
};

class Normalizer {
 public:
  /// Takes the next audit event; next() then gives its events one by one.
  void begin(audit::AuditEvent& in);
  /// `in` is decoded here (its fields are filled); `out` is filled where Result::has_event. Views live as long as both.
  /// False: none left. A call by a syscall's rule comes before what its other records tell (a denial, an anomaly).
  bool next(event::Event& out, Result& result);
  /// The call of the audit event that was begun; all zero where it has no SYSCALL record.
  const SyscallFacts& call() const { return facts_; }
  /// The first event, for those who want no other.
  Result event(audit::AuditEvent& in, event::Event& out);

 private:
  static constexpr size_t kFamilies = 4;  ///< of one audit event: the syscall's and those of its records
  using Family = void (*)(Source&, event::Event&, Result&);

  audit::AuditEvent* in_ = nullptr;
  const audit::Record* syscall_ = nullptr;
  SyscallFacts facts_;
  Family families_[kFamilies] = {};
  size_t count_ = 0, at_ = 0;
  decode::Argv argv_;
};

}  // namespace aurochs::normalize
