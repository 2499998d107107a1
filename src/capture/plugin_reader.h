// SPDX-License-Identifier: Apache-2.0
// Plugin reader: audit records from auditd (3.x) or audispd (2.x), whose plugin this process is: they come on a pipe,
// in the plugin's `string` format (lines) or `binary` format (a header and data). All plugins
// share auditd's queue, so a slow one makes it drop events for every plugin: this thread reads and copies, and a full
// ring is a gap.
// PluginParser is the pure half; PluginReader::run() is a thread's life in the place of Stream's.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

#include "audit/frame.h"
#include "base/result.h"
#include "capture/stream.h"

namespace aurochs::capture {

enum class PluginFormat : uint8_t { detect, text, binary };

/// Bytes in, frames out. Nothing is allocated after construction.
class PluginParser {
 public:
  explicit PluginParser(PluginFormat format);

  /// Where the next bytes go: read into it and say how many came.
  char* room(size_t& bytes);
  void filled(size_t bytes) { end_ += bytes; }
  /// The next frame (of kind line or record, valid until room()); false when more bytes are needed or has_failed().
  bool next(audit::Frame& frame);
  /// A last line without LF, once the pipe was closed.
  bool last(audit::Frame& frame);

  /// A header that is none: where the next one begins is unknown, so nothing more is read.
  bool has_failed() const { return has_failed_; }
  PluginFormat format() const { return format_; }  ///< detect until the first byte came
  uint64_t over_long() const { return over_long_; }  ///< lines longer than kLineBytes

 private:
  bool next_line(audit::Frame& frame);
  bool next_message(audit::Frame& frame);
  size_t have() const { return end_ - start_; }

  PluginFormat format_;
  const std::unique_ptr<char[]> buffer_;
  size_t start_ = 0, end_ = 0;
  size_t scanned_ = 0;  ///< of the line that has begun: no LF in there
  bool is_skipping_ = false, has_failed_ = false;
  uint64_t over_long_ = 0;
};

struct PluginCounters {
  Counter records, bytes, truncated;
};

class PluginReader {
 public:
  /// fd: the pipe, usually stdin; not owned. wake_fd as in Stream.
  PluginReader(int fd, base::Ring& ring, int wake_fd, PluginFormat format = PluginFormat::detect)
      : fd_(fd), parser_(format), frames_(ring, wake_fd) {}

  /// Returns Ok after stop() and when auditd closed the pipe; an Error for damaged data or a failed read.
  base::Status run();
  void stop() { stop_.raise(); }  ///< any thread
  void report_loss(audit::GapCause cause, uint64_t count) { frames_.report_loss(cause, count); }
  const PluginCounters& counters() const { return counters_; }
  uint64_t ring_full() const { return frames_.ring_full.value(); }

 private:
  void pass_on(const audit::Frame& frame);
  /// Bytes read, 0 at the end of the pipe, -1 with errno.
  ssize_t read_batch();

  const int fd_;
  PluginParser parser_;
  FrameWriter frames_;
  PluginCounters counters_;
  StopSignal stop_;
};

}  // namespace aurochs::capture
