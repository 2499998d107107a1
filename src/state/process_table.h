// SPDX-License-Identifier: Apache-2.0
// ProcessTable: every process the sensor knows, live or gone, by PID and by handle.
//
// Identity: proc_guid = UUIDv5(dev_id, "boot_id:pid:start_ticks"); it survives exec. A process whose start ticks were
// never read (gone before anybody looked) gets "boot_id:pid:@time_ms:serial" of its first event instead and keeps it
// (with ":node" behind it where the log names one).
// A PID whose start ticks differ, or that forked anew, is another process; its entry is a new one and the old one stays
// for its children, which hold handles: a handle names one entry and goes stale when that entry is evicted, so a parent
// is never mixed up with who got its PID later. Bounded in entries, in entries of those gone, and in bytes: the longest gone goes first.
//
// Steady state allocates nothing. No I/O. One thread (core).
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/uuid.h"
#include "crypto/digest.h"
#include "state/proc_facts.h"
#include "state/text_pool.h"

namespace aurochs::state {

struct Handle {
  uint32_t index = 0, generation = 0;  ///< generation 0: none
};

/// How an entry came to be known.
enum class Origin : uint8_t { exec_event, fork_event, proc_scan, inferred, saved };

struct Process {
  static constexpr uint32_t kUnset = 0xFFFFFFFFu;
  int32_t pid = 0;
  uint64_t node = 0;       ///< which host of a collected log; 0: this one
  int32_t parent_pid = 0;  ///< of the process that forked it
  Handle self, parent;
  base::Uuid guid;
  uint64_t start_ticks = 0;
  int64_t start_ms = 0;         ///< from ticks; of the first event where start_from_event
  int64_t exited_ms = 0;        ///< 0: alive as far as known
  uint32_t uid_real = kUnset, uid_effective = kUnset, gid_real = kUnset, gid_effective = kUnset;
  uint32_t uid_saved = kUnset, gid_saved = kUnset;
  uint32_t login_uid = kUnset, login_session = kUnset;
  int32_t session = -1;
  uint64_t cap_effective = 0, cap_permitted = 0;
  bool has_caps = false, has_guid = false, start_from_event = false, image_exists = true, image_exists_known = false;
  uint32_t exit_status = 0;  ///< as wait(2) gives it, while exit_waits
  bool exit_waits = false;   ///< its exit was told before its exec event came through
  uint8_t execs_pending = 0;  ///< execs told by the proc connector whose audit events are still to come
  bool used = false;
  bool is_told = false;      ///< an event told of its image
  bool is_stale = false;     ///< it execed and nobody looked: path, line and cwd are of the program before
  Origin origin = Origin::inferred;
  int8_t chrooted = -1;
  bool rootless = false;   ///< by its last exec event, and by all that was told since, none of its user ids is or was 0
  uint32_t exe_hash = 0;   ///< of the image that this exec event named; 0: none

  // Strings in one block of the pool: path, command line, cwd, cgroups.
  std::string_view path() const { return {text, path_size}; }
  std::string_view command_line() const { return {text + path_size, line_size}; }
  std::string_view cwd() const { return {text + path_size + line_size, cwd_size}; }
  std::string_view cgroups() const { return {text + path_size + line_size + cwd_size, cgroups_size}; }
  char* text = nullptr;
  uint32_t room = 0;
  uint16_t path_size = 0, line_size = 0, cwd_size = 0, cgroups_size = 0;

  // Owned by the table.
  uint32_t next_same_pid = 0;      ///< index + 1 in the bucket
  uint32_t older = 0, newer = 0;   ///< index + 1 in the order of eviction
};

struct Identity {
  base::Uuid dev_id;
  std::string_view boot_id;
  int64_t boot_time_ms = 0;
  uint32_t ticks_per_second = 100;
};

class ProcessTable {
 public:
  explicit ProcessTable(const Identity& identity, size_t max_processes = 0, size_t max_text_bytes = 0);

  /// Logs that a collector gathered from several hosts: PIDs of each are its own. Empty: this host.
  void set_node(std::string_view node);
  /// The process that has this PID now (also one that is gone, while nobody took its PID), or nullptr.
  Process* find(int32_t pid);
  /// nullptr when the handle is stale.
  Process* get(Handle h);
  /// A new entry that owns the PID from now on. Parent by handle where it is known.
  Process& add(int32_t pid, int32_t parent_pid, Process* parent, Origin origin);
  /// Child of a fork: everything of the parent until it execs.
  Process& fork(Process* parent, int32_t parent_pid, int32_t pid);
  void exit(Process& p, int64_t at_ms);
  /// When a process with these ticks started, in the time of events.
  int64_t start_ms(uint64_t start_ticks) const {
    return identity_.boot_time_ms + static_cast<int64_t>(start_ticks * 1000 / identity_.ticks_per_second);
  }
  /// Sets ticks and start; true when they contradict those known (another process has this PID).
  bool learn_start(Process& p, uint64_t start_ticks);
  /// Start unknown for good: the event stands for it.
  void assume_start(Process& p, int64_t event_ms, uint32_t serial);
  const base::Uuid& guid(Process& p, int64_t event_ms, uint32_t serial);
  /// Copies the strings; what does not fit the bounds is cut.
  void set_text(Process& p, std::string_view path, std::string_view command_line, std::string_view cwd, std::string_view cgroups);
  /// Credentials, sessions, capabilities, start of a look at /proc.
  void apply(Process& p, const ProcFacts& facts);

  /// An entry of an earlier run of the sensor in this boot; its parent is found by guid among those restored before.
  Process& restore(const Process& saved, std::string_view path, std::string_view line, std::string_view cwd, std::string_view cgroups,
                   const base::Uuid& parent_guid);
  /// Entries of processes that ended, all of them: memory is short.
  void forget_gone();
  /// Restored entries that the sweep over /proc did not find again are gone.
  void end_unconfirmed(int64_t at_ms);

  size_t size() const { return size_; }
  uint64_t forgotten() const { return forgotten_; }  ///< live entries evicted because the table was full, gone ones because memory is short
  /// Every entry, oldest first: for saving. visit(const Process&).
  template <class Visit>
  void each(Visit visit) const {
    for (const Process& p : entries_)
      if (p.used) visit(p);
  }

 private:
  struct Order {
    uint32_t oldest = 0, newest = 0;
  };
  Process& take_entry();
  void evict(uint32_t index);
  void unlink_pid(Process& p);
  void name_process(Process& p, const char* start);
  void enqueue(Order& o, Process& p);
  void dequeue(Order& o, Process& p);

  Identity identity_;
  std::string boot_id_;
  size_t max_processes_;
  std::vector<Process> entries_;
  std::vector<uint32_t> buckets_;
  std::vector<uint32_t> free_;
  Order live_, gone_;
  size_t gone_count_ = 0;
  uint64_t node_ = 0;
  TextPool pool_;
  crypto::UuidV5 uuid5_;
  size_t size_ = 0;
  uint64_t forgotten_ = 0;
};

}  // namespace aurochs::state
