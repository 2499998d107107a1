// SPDX-License-Identifier: Apache-2.0
// What the counts of logons must not forget over a restart of the sensor, and its place on disk (SQLite): failed logons of the
// window, and logons that wtmp does not hold. Names and addresses are kept as hashes: who counts needs no more.
// LogonStore: main thread. pack and unpack: the same as bytes, for the door to the host. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sqlite/database.h"

namespace aurochs::state {

struct FailedLogon {
  int64_t time_ms = 0;
  uint64_t user = 0, address = 0;  ///< 0: not known
  uint64_t record = 0;             ///< of its record in btmp; 0: none seen
  int32_t pid = 0;
  uint32_t counts = 1;             ///< 0: a failure that is no logon (sudo)
};

struct OtherLogons {
  uint64_t key = 0;  ///< of a user or an address
  uint64_t count = 0;
};

struct SavedLogons {
  uint64_t wtmp_inode = 0;  ///< the wtmp that lacks `others`
  std::vector<FailedLogon> failures;
  std::vector<OtherLogons> others;
};

std::string pack_logons(const SavedLogons& logons);
/// False: damaged; `out` is then empty.
bool unpack_logons(std::string_view bytes, SavedLogons& out);

class LogonStore {
 public:
  static base::Result<LogonStore> open(const std::string& path);
  base::Status save(const SavedLogons& logons);
  base::Result<SavedLogons> load();

 private:
  explicit LogonStore(sqlite::Database database) : database_(std::move(database)) {}
  sqlite::Database database_;
};

}  // namespace aurochs::state
