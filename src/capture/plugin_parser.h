// SPDX-License-Identifier: Apache-2.0
// Plugin parser: audit records as auditd (3.x) or audispd (2.x) gives them to a plugin, in the `string` format (lines) or the
// `binary` format (a header and data). Bytes in, frames out; pure. One thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>

#include "audit/frame.h"

namespace aurochs::capture {

enum class PluginFormat : uint8_t { detect, text, binary };

/// Nothing is allocated after construction.
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

  /// Another sender: what is begun is forgotten.
  void restart();

  /// A header that is none: where the next one begins is unknown, so nothing more is read.
  bool has_failed() const { return has_failed_; }
  PluginFormat format() const { return format_; }  ///< detect until the first byte came
  uint64_t over_long() const { return over_long_; }  ///< lines longer than kLineBytes

 private:
  bool next_line(audit::Frame& frame);
  bool next_message(audit::Frame& frame);
  size_t have() const { return end_ - start_; }

  const PluginFormat wanted_;
  PluginFormat format_;
  const std::unique_ptr<char[]> buffer_;
  size_t start_ = 0, end_ = 0;
  size_t scanned_ = 0;  ///< of the line that has begun: no LF in there
  bool is_skipping_ = false, has_failed_ = false;
  uint64_t over_long_ = 0;
};

}  // namespace aurochs::capture
