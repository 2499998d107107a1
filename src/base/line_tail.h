// SPDX-License-Identifier: Apache-2.0
// LineTail: whole lines that are appended to a file, in their order, over rotation and truncation.
// A file that was renamed to PATH.N (as auditd and logrotate do) is read to its end first, then those between it and PATH,
// however many rotations there were between two looks. A line longer than the bound is passed over and counted; what can
// not be had any more is counted too. Reads at most read_bytes a look. Allocates while it follows a rotation, else not. One thread.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/fd.h"

struct stat;

namespace aurochs::base {

/// Cuts bytes into lines.
class LineCutter {
 public:
  using Visit = std::function<void(std::string_view line)>;
  explicit LineCutter(size_t max_bytes) : max_bytes_(max_bytes) {}
  void add(std::string_view bytes, const Visit& visit);
  void clear();
  /// The bytes to come are the rest of a line whose begin nobody has.
  void skip_line() { is_passing_ = true; }
  uint64_t begun() const { return begun_; }  ///< bytes of the line that has no end yet
  uint64_t over_long() const { return over_long_; }

 private:
  void keep(std::string_view piece);

  const size_t max_bytes_;
  std::string rest_;
  uint64_t begun_ = 0, over_long_ = 0;
  bool is_passing_ = false;
};

/// The end of the last whole line that was read.
struct TailPosition {
  uint64_t dev = 0, inode = 0, offset = 0;
  int64_t written_ns = 0;  ///< the file's mtime when it was looked at: what is older was read before
};

class LineTail {
 public:
  LineTail(size_t line_bytes, size_t read_bytes) : lines_(line_bytes), chunk_(new char[read_bytes]), read_bytes_(read_bytes) {}
  void set_path(std::string path) { path_ = std::move(path); }
  const std::string& path() const { return path_; }
  /// Before the first look, which begins at the end of the file otherwise: the file is read from its begin, it was not there before.
  void set_fresh() { has_looked_ = true; }
  /// The same: read on where an earlier one stopped.
  void resume(const TailPosition& from) { resume_ = from; }

  /// True: something was read, so more may be there.
  bool poll(const LineCutter::Visit& visit);
  TailPosition position() const { return {dev_, inode_, at_ - lines_.begun(), written_ns_}; }
  int error() const { return error_; }  ///< errno of the last look; 0
  /// Bytes that are gone unread since the last call; 1 stands for an unknown number.
  uint64_t take_missed() { return std::exchange(missed_, 0); }
  uint64_t over_long() const { return lines_.over_long(); }

 private:
  bool read_on(const LineCutter::Visit& visit);
  bool begin();
  bool follow();
  bool open(const std::string& path, UniqueFd& fd, struct stat& st);
  void adopt(UniqueFd fd, const struct stat& st, uint64_t offset);
  int find(uint64_t dev, uint64_t inode) const;
  int oldest_since(int64_t written_ns) const;
  std::string name(int n) const { return n ? path_ + '.' + std::to_string(n) : path_; }
  bool is_ours(const struct stat& st) const;
  void note(const struct stat& st);

  std::string path_;
  UniqueFd fd_;
  uint64_t at_ = 0, dev_ = 0, inode_ = 0, size_ = 0, missed_ = 0;
  int64_t written_ns_ = 0;
  int error_ = 0;
  bool has_looked_ = false;
  TailPosition resume_;  ///< inode 0: none
  LineCutter lines_;
  const std::unique_ptr<char[]> chunk_;
  const size_t read_bytes_;
};

}  // namespace aurochs::base
