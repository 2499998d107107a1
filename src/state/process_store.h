// SPDX-License-Identifier: Apache-2.0
// ProcessStore: the process table on disk (SQLite), so that a restart of the sensor goes on with the same guids,
// parents and command lines. Saved as a value taken on core and written on main; rows of another boot are dropped.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sqlite/database.h"
#include "state/process_table.h"

namespace aurochs::state {

struct SavedProcess {
  Process process;  ///< its pointers and handles mean nothing
  base::Uuid parent_guid;
  std::string path, command_line, cwd, cgroups;
};

/// Live entries and the newest of those gone, parents before children (limits::kSavedProcesses at most).
std::vector<SavedProcess> saved_processes(ProcessTable& table);

class ProcessStore {
 public:
  static base::Result<ProcessStore> open(const std::string& path);
  base::Status save(const std::vector<SavedProcess>& processes, std::string_view boot_id);
  /// Into an empty table; returns how many. A damaged row is skipped.
  base::Result<size_t> load(ProcessTable& table, std::string_view boot_id);

 private:
  explicit ProcessStore(sqlite::Database database) : database_(std::move(database)) {}
  sqlite::Database database_;
};

}  // namespace aurochs::state
