// SPDX-License-Identifier: Apache-2.0
// UtmpFile follows wtmp or btmp: what was appended, over rotation (rename and create, copy and truncate) and over a last
// record that is still half written. It knows what it has read by its hash, so that a change of what was there is seen:
// a file that shrank, changed or went away without an older copy appearing beside it was tampered with. One thread.
#pragma once
#include <sys/stat.h>

#include <cstdint>
#include <functional>
#include <string>

#include "base/fd.h"
#include "observe/utmp_record.h"

namespace aurochs::observe {

class UtmpFile {
 public:
  enum class Tamper : uint8_t { truncated, rewritten, removed };
  struct Visit {
    /// is_old: it was in the file at the first look, or in one that had to be read anew. The record lives during the call.
    std::function<void(const UtmpRecord&, bool is_old)> record;
    /// What is remembered of this file is void; records of the file with this inode follow.
    std::function<void(uint64_t inode)> restart;
    std::function<void(Tamper, uint64_t old_bytes, uint64_t new_bytes)> tampered;
  };

  void set_path(std::string path) { path_ = std::move(path); }
  const std::string& path() const { return path_; }
  /// now_ms: wall clock.
  void poll(int64_t now_ms, const Visit& visit);
  uint64_t rubbish() const { return rubbish_; }  ///< records passed over so far

 private:
  enum class Reading : uint8_t { old, by_age, fresh };

  bool open(Reading reading, const Visit& visit);
  void check(const struct stat& now, const Visit& visit);
  void read_on(uint64_t size, Reading reading, const Visit& visit);
  void begin(uint64_t size, const Visit& visit);
  bool is_tail_as_read() const;
  bool is_all_as_read() const;
  bool has_older_copy() const;

  std::string path_;
  base::UniqueFd fd_;
  struct stat last_ {};
  UtmpLayout layout_ = UtmpLayout::narrow;
  uint64_t begin_ = 0, at_ = 0;        ///< read: [begin_, at_)
  uint64_t hash_ = 0, tail_hash_ = 0;  ///< of that, and of its last bytes
  uint64_t rubbish_ = 0;
  int64_t now_ms_ = 0, looked_ms_ = 0;
  bool has_looked_ = false, has_layout_ = false;
};

}  // namespace aurochs::observe
