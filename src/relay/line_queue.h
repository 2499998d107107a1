// SPDX-License-Identifier: Apache-2.0
// LineQueue: lines between auditd's pipe and the sensor's socket, in a fixed number of bytes. Put never fails: what finds no
// room costs the oldest line, and a line of our own stands at its place and says how many are gone.
// A line that was begun is sent to its end; after a broken connection it is sent from its begin. No allocation, nothing of
// the C++ library's: the program that holds it stays at the size of its pages. One thread.
#pragma once
#include <cstddef>
#include <cstdint>

#include "base/limits.h"

namespace aurochs::relay {

class LineQueue {
 public:
  /// Bytes as they come from the pipe, cut anywhere. A line longer than kLineBytes is a drop.
  void put(const char* bytes, size_t size);
  /// What goes out next; 0: nothing.
  size_t front(const char*& bytes);
  void sent(size_t size);
  /// Another connection: the line that was not sent whole is sent again.
  void begin_again();

  uint64_t dropped() const { return dropped_; }  ///< since the start
  uint64_t waiting() const;                      ///< lines that are not sent

 private:
  static constexpr size_t kOutBytes = limits::kLineBytes + 64;
  void put_line(const char* line, size_t size);
  void drop_oldest();
  size_t line_at_head() const;
  void copy_out(size_t size);
  void fill();

  char queue_[limits::kRelayBytes];  ///< a ring of whole lines
  size_t head_ = 0, used_ = 0, lines_ = 0;
  uint64_t untold_ = 0, dropped_ = 0;
  char out_[kOutBytes];  ///< whole lines on their way
  size_t out_size_ = 0, out_sent_ = 0, out_lines_ = 0;
  uint64_t out_told_ = 0;
  char begun_[limits::kLineBytes];
  size_t begun_size_ = 0;
  bool is_passing_ = false;
};

}  // namespace aurochs::relay
