// SPDX-License-Identifier: Apache-2.0
// Line reader: log files (audit.log, the output of ausearch --raw), plain or gzip, as lines. One pass, 256 KiB a
// read, bounded memory, no allocation a line. Lines end at LF; a CR before it stays for the decoder.
// A line longer than kLineBytes is left out and counted. Recordings are refused (capture/recording.h reads them).
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace aurochs::capture {

/// Views are valid during the call. False: enough, stop reading.
using LineSink = std::function<bool(std::string_view line)>;

struct LineCounts {
  uint64_t lines = 0;    ///< handed out
  uint64_t skipped = 0;  ///< longer than kLineBytes
  uint64_t bytes = 0;    ///< of text, after decompression
};

/// Cuts chunks of any size into lines.
class LineSplitter {
 public:
  explicit LineSplitter(const LineSink& sink);
  /// False once the sink had enough.
  bool feed(std::string_view chunk);
  /// Hands out a last line without LF.
  void finish();
  const LineCounts& counts() const { return counts_; }

 private:
  bool hand_out(std::string_view line);

  const LineSink& sink_;
  std::string begun_;  ///< a line that crosses chunks
  bool is_over_long_ = false;
  LineCounts counts_;
};

/// path: "-" is stdin. Errors name the path; lines before a damaged place have been handed out.
base::Result<LineCounts> read_lines(const std::string& path, const LineSink& sink);

}  // namespace aurochs::capture
