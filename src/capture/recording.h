// SPDX-License-Identifier: Apache-2.0
// Recording: what the line was fed, as a file, so that a replay feeds it the same bytes in the same order.
//   "AUROCHS-RECORDING 1\n", then frames as in audit/frame.h; the first is of kind host.
//   An answer frame stands behind the input frame on which the line was working when it asked; type = the question;
//   payload = found u8, 7 zero bytes, id i64, length of path u32, path, answer. Little endian.
// A file may end anywhere (power loss, full disk): the torn tail is a number, not an error.
// Each object belongs to one thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "audit/frame.h"
#include "base/fd.h"

namespace aurochs::capture {

inline constexpr std::string_view kRecordingMagic = "AUROCHS-RECORDING 1\n";
inline constexpr size_t kRecordingFrameBytes = 1u << 20;  ///< largest frame; a snapshot is 90 KB at most

/// One question of the line to the host and its answer. What the questions mean is the line's affair.
struct RecordedAnswer {
  uint16_t ask = 0;
  int64_t id = 0;
  std::string_view path;
  bool found = false;
  std::string_view bytes;
};

class RecordingWriter {
 public:
  /// Readable by the owner only: it holds command lines and environments. An existing file is replaced.
  static base::Result<RecordingWriter> create(const std::string& path);
  RecordingWriter(RecordingWriter&&) = default;
  ~RecordingWriter();

  /// The first error is returned once; from then on nothing is written and Ok is returned (see has_failed()).
  base::Status append(const audit::Frame& frame);
  base::Status append_answer(const RecordedAnswer& answer);
  base::Status flush();
  bool has_failed() const { return has_failed_; }
  uint64_t bytes() const { return bytes_; }

 private:
  RecordingWriter(base::UniqueFd fd, std::string path);

  base::UniqueFd fd_;
  std::string path_;
  std::string buffer_, scratch_;
  bool has_failed_ = false;
  uint64_t bytes_ = 0;
};

class RecordingReader {
 public:
  static base::Result<RecordingReader> open(const std::string& path);
  /// fd at the start of the file; name is for messages.
  static base::Result<RecordingReader> of(base::UniqueFd fd, std::string name);

  /// The next input frame (its payload is valid until the next call); false at the end. Answers that the line did
  /// not ask for are passed over and counted. Error: the file cannot be read.
  base::Result<bool> next(audit::Frame& frame);
  /// The answer to a question of the line while it works on the frame that next() gave last. Answers are looked for
  /// in their order; one that is found further on drops those before it. False: not recorded; `answer` is then empty
  /// and `found` false.
  bool next_answer(uint16_t ask, int64_t id, std::string_view path, std::string& answer, bool& found);

  uint64_t torn_bytes() const { return torn_bytes_; }            ///< behind the last whole frame, once next() is false
  uint64_t unknown_questions() const { return unknown_questions_; }  ///< not in the recording
  uint64_t unused_answers() const { return unused_answers_; }        ///< in the recording, not asked

 private:
  RecordingReader(base::UniqueFd fd, std::string name) : fd_(std::move(fd)), name_(std::move(name)) {}
  bool fill(size_t end);
  bool peek(size_t at, audit::Frame& frame, size_t& bytes);
  void count_torn_tail();

  base::UniqueFd fd_;
  std::string name_;
  std::string buffer_;   ///< bytes of the file from the next frame on, behind start_
  size_t start_ = 0;
  std::string current_;  ///< payload of the newest input frame
  bool is_at_end_ = false;
  int error_ = 0;
  uint64_t torn_bytes_ = 0, unknown_questions_ = 0, unused_answers_ = 0;
};

}  // namespace aurochs::capture
