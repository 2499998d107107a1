// SPDX-License-Identifier: Apache-2.0
// UniqueFd owns one file descriptor. Small whole-file reads and writes. Any thread.
#pragma once
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace aurochs::base {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& o) noexcept {
    reset(std::exchange(o.fd_, -1));
    return *this;
  }
  ~UniqueFd() { reset(); }
  void reset(int fd = -1);
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Error with errno's text: "<what>: <reason>".
Error errno_error(std::string what, int code);
/// Whole file, at most max_bytes (a larger one is an error). Works for /proc files, whose size is 0.
Result<std::string> read_file(const std::string& path, size_t max_bytes);
/// Writes path.tmp, fsyncs, renames over path. mode as for open(2).
Status write_file_atomically(const std::string& path, std::string_view content, unsigned mode);
/// All of `bytes`, over short writes and EINTR. False: errno says why.
bool write_all(int fd, std::string_view bytes);

}  // namespace aurochs::base
