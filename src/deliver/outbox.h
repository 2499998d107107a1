// SPDX-License-Identifier: Apache-2.0
// Outbox: finished JSON lines from the core to the main thread, bounded, without waiting: a full outbox refuses and the
// core counts the loss. The stdout output writes only what the descriptor takes at once, so a stopped reader stops
// nobody: not signals, not the core, not the kernel.
#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/ring.h"

namespace aurochs::deliver {

class Outbox {
 public:
  Outbox();
  // --- core thread
  /// False: no room.
  bool put(std::string_view line);
  // --- main thread
  int wake_fd() const { return wake_.get(); }
  /// Oldest line or null data.
  std::string_view front() { return ring_.front(); }
  void release() { ring_.release(); }
  void clear_wake();
  bool prepare_sleep() { return ring_.prepare_sleep(); }
  /// Bytes that wait; any thread, for status only.
  size_t used() const { return ring_.used(); }

 private:
  base::Ring ring_;
  base::UniqueFd wake_;
};

/// Writes the outbox to one descriptor.
class StreamOutput {
 public:
  enum class State : uint8_t { drained, blocked, broken };
  StreamOutput(Outbox& outbox, int fd);
  /// As much as goes without waiting. broken: errno of the failure is in error().
  State write_some();
  int error() const { return error_; }
  uint64_t bytes_written() const { return bytes_written_; }

 private:
  enum class Kind : uint8_t { file, pipe, socket, other };
  ssize_t write_now(const char* data, size_t size);

  Outbox& outbox_;
  int fd_;
  Kind kind_ = Kind::other;
  base::UniqueFd pipe_;  ///< the same pipe, opened anew to be non-blocking for us alone
  uint64_t bytes_written_ = 0;
  int error_ = 0;
  std::string buffer_;
  size_t written_ = 0;
};

}  // namespace aurochs::deliver
