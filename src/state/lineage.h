// SPDX-License-Identifier: Apache-2.0
// Lineage: what the sensor remembers of processes, fed by everything that tells of them (exec events, the proc
// connector, looks at /proc), in whatever order these come. It tells PID reuse apart, keeps original parents, pairs
// an exec with the look at /proc that belongs to it, and holds an exit back until the exec before it has come through.
// It asks the host through ProcReader, only for what nobody has told it. One thread (core).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "audit/frame.h"
#include "base/limits.h"
#include "state/id_changes.h"
#include "state/pending.h"
#include "state/proc_reader.h"
#include "state/process_table.h"

namespace aurochs::state {

/// An exec as its audit event told it.
struct ExecFacts {
  int32_t pid = 0, parent_pid = 0;
  int64_t event_ms = 0;
  uint32_t serial = 0;
  std::string_view comm, path, command_line, cwd;
  std::string_view exe;  ///< the image as the kernel resolved it
  uint32_t uid_real = Process::kUnset, uid_effective = Process::kUnset, gid_real = Process::kUnset, gid_effective = Process::kUnset;
  uint32_t login_uid = Process::kUnset, login_session = Process::kUnset;
  uint64_t cap_effective = 0, cap_permitted = 0;
  bool has_caps = false;
};

struct ExecView {
  Process* process = nullptr;
  Process* parent = nullptr;   ///< the one that forked it; nullptr where nobody knows it
  ProcFacts proc;              ///< the look at /proc at exec; empty where there was none
  bool has_proc = false;
  uint32_t uid_effective_before = Process::kUnset;
  bool was_rootless = false;   ///< see Process; before this exec
};

/// What a record of a call that sets ids meant for its process.
enum class IdNews : uint8_t { same, changed, unknown_before };

/// A process that ended.
struct ExitView {
  Process* process = nullptr;
  Process* parent = nullptr;
  int64_t at_ms = 0;
  uint32_t status = 0, signal = 0;  ///< as wait(2): status of exit(), or the signal that ended it
  bool by_signal = false;
};

class Lineage {
 public:
  Lineage(const Identity& identity, ProcReader& reader);

  ExecView exec(const ExecFacts& facts);
  /// An ended process, from a rule's exit_group event.
  ExitView exit(int32_t pid, int64_t at_ms, uint32_t status);
  void fork(int32_t parent_pid, int32_t pid);
  /// A call of that process left it with `now`, as its record says; `before` are the ids that it had, kUnset where nobody knows.
  IdNews set_ids(int32_t pid, IdKind kind, const Ids& now, int64_t called_ms, Ids& before);
  /// A whole record of some other call shows `now`: root's ids, of a process that had none and for which no exec, no such call and
  /// no word of the connector explains them. True once for a process; `before` are those that it had.
  bool is_unexplained(int32_t pid, const Ids& now, std::string_view exe, Ids& before);

  /// A look at /proc at exec, or the urgent part of one: kept for its audit event. The view has a process where none will
  /// come, because a kernel thread started the program.
  ExecView note_snapshot(const audit::Frame& frame);
  /// After note() of an exec: the same of a look that came before the connector's word.
  ExecView note_exec(int32_t pid);
  /// A look at /proc of the sweep at start; nullptr process when it is known already. An empty frame ends the sweep.
  ExecView note_sweep(const audit::Frame& frame);
  /// Whether the connector's execs have audit events, for which ends wait.
  void expect_execs(bool on) { expects_execs_ = on; }
  /// A look at /proc now. No process: it is gone, or a kernel thread.
  ExecView look(int32_t pid, int64_t at_ms);
  /// A kernel thread started it.
  bool is_of_kernel(int32_t pid);
  /// The proc connector's word. True when `out` is an end to be told now.
  bool note(const audit::ProcessFrame& frame, int64_t received_ms, ExitView& out);
  /// An exit that waited for its exec, which has come, or whose wait (kExitWaitMs) is over. False: none.
  bool next_exit(int64_t now_ms, ExitView& out);

  ProcessTable& table() { return table_; }
  const ProcessTable& table() const { return table_; }
  Process* find_or_look(int32_t pid);
  /// As find_or_look, but a process that neither knows gets an entry, for what its events tell from now on.
  Process& take_in(int32_t pid);
  /// As get(), but looked at where its image is not known any more.
  Process* parent_of(Process& p);

 private:
  void refresh(Process& p);
  struct WaitingExit {
    Handle handle;
    int64_t received_ms = 0;
  };
  ExecView looks_at(const ExecFacts& facts);
  ExecView kernel_exec(int32_t pid, std::string_view sections);
  ExitView end(Process& p, int64_t at_ms, uint32_t wait_status);
  Process& identify(const ExecFacts& facts, const ProcFacts* proc);
  void note_ids(Process& p, IdKind kind, const Ids& now, int64_t received_ms);
  void release_exit(Process& p);
  void expire_oldest_wait();
  /// Image, command line, cwd and cgroups of a look at /proc.
  void adopt_image(Process& p, const ProcFacts& facts);

  bool expects_execs_ = true;
  ProcReader& reader_;
  ProcessTable table_;
  PendingSnapshots pending_{limits::kPendingSnapshots}, urgent_{limits::kPendingUrgent};
  IdChanges id_changes_;
  std::vector<WaitingExit> waiting_;  ///< a ring, in the order of the exits; those told already are passed over
  size_t waiting_first_ = 0, waiting_count_ = 0;
  std::vector<Handle> ready_;
  std::string answer_, snapshot_, urgent_snapshot_;
  std::string scratch_, masked_;
};

}  // namespace aurochs::state
