// SPDX-License-Identifier: Apache-2.0
#include "capture/recording.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace aurochs::capture {
namespace {
using audit::Frame;
using audit::FrameKind;
using audit::kFrameHeadBytes;
using base::Error;
using base::Ok;
using base::Result;
using base::Status;

constexpr size_t kBufferBytes = 256u << 10;
constexpr size_t kAnswerHead = 20;
constexpr size_t kAheadBytes = 4u << 20;  // looked through for one question

bool decode_answer(const Frame& frame, RecordedAnswer& out) {
  std::string_view bytes = frame.payload;
  if (frame.kind != FrameKind::answer || bytes.size() < kAnswerHead) return false;
  uint32_t path_bytes;
  std::memcpy(&out.id, bytes.data() + 8, sizeof out.id);
  std::memcpy(&path_bytes, bytes.data() + 16, sizeof path_bytes);
  out.ask = frame.type;
  out.found = bytes[0] != 0;
  bytes.remove_prefix(kAnswerHead);
  if (path_bytes > bytes.size()) return false;
  out.path = bytes.substr(0, path_bytes);
  out.bytes = bytes.substr(path_bytes);
  return true;
}
}  // namespace

// --- writer

RecordingWriter::RecordingWriter(base::UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {
  buffer_.reserve(kBufferBytes);
  buffer_.append(kRecordingMagic.data(), kRecordingMagic.size());
}

Result<RecordingWriter> RecordingWriter::create(const std::string& path) {
  base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return base::errno_error(path, errno);
  return RecordingWriter(std::move(fd), path);
}

RecordingWriter::~RecordingWriter() { (void)flush(); }

Status RecordingWriter::append(const Frame& frame) {
  if (has_failed_) return Ok{};
  if (frame.payload.size() > kRecordingFrameBytes - kFrameHeadBytes) {
    has_failed_ = true;
    return Error{EMSGSIZE, path_ + ": a frame is longer than a recording holds; the recording ends here"};
  }
  char head[kFrameHeadBytes];
  audit::encode_frame_head(frame, head);
  buffer_.append(head, sizeof head);
  buffer_.append(frame.payload.data(), frame.payload.size());
  return buffer_.size() >= kBufferBytes ? flush() : Ok{};
}

Status RecordingWriter::append_answer(const RecordedAnswer& answer) {
  scratch_.assign(kAnswerHead, '\0');
  scratch_[0] = answer.found ? 1 : 0;
  const auto path_bytes = static_cast<uint32_t>(answer.path.size());
  std::memcpy(&scratch_[8], &answer.id, sizeof answer.id);
  std::memcpy(&scratch_[16], &path_bytes, sizeof path_bytes);
  scratch_.append(answer.path.data(), answer.path.size());
  scratch_.append(answer.bytes.data(), answer.bytes.size());
  Frame frame;
  frame.kind = FrameKind::answer;
  frame.type = answer.ask;
  frame.payload = scratch_;
  return append(frame);
}

Status RecordingWriter::flush() {
  if (has_failed_ || !fd_) return Ok{};
  if (!base::write_all(fd_.get(), buffer_)) {
    has_failed_ = true;
    Error error = base::errno_error(path_, errno);
    error.message += "; the recording ends here";
    return error;
  }
  bytes_ += buffer_.size();
  buffer_.clear();
  return Ok{};
}

// --- reader

Result<RecordingReader> RecordingReader::open(const std::string& path) {
  base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return base::errno_error(path, errno);
  return of(std::move(fd), path);
}

Result<RecordingReader> RecordingReader::of(base::UniqueFd fd, std::string name) {
  RecordingReader reader(std::move(fd), std::move(name));
  const bool has_magic = reader.fill(kRecordingMagic.size());
  if (reader.error_) return base::errno_error(reader.name_, reader.error_);
  if (!has_magic || !base::starts_with(reader.buffer_, kRecordingMagic))
    return Error{EINVAL, reader.name_ + ": not a recording of this version; a log is read as a log"};
  reader.start_ = kRecordingMagic.size();
  return reader;
}

/// True when `end` bytes are there behind start_.
bool RecordingReader::fill(size_t end) {
  while (buffer_.size() - start_ < end && !is_at_end_) {
    const size_t have = buffer_.size();
    buffer_.resize(have + kBufferBytes);
    const ssize_t n = ::read(fd_.get(), &buffer_[have], kBufferBytes);
    buffer_.resize(have + (n > 0 ? static_cast<size_t>(n) : 0));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) error_ = errno;
    is_at_end_ = n <= 0;
  }
  return buffer_.size() - start_ >= end;
}

/// The frame that begins `at` bytes behind start_; false when there is no whole one.
bool RecordingReader::peek(size_t at, Frame& frame, size_t& bytes) {
  if (!fill(at + kFrameHeadBytes)) return false;
  uint32_t payload_bytes;
  std::memcpy(&payload_bytes, buffer_.data() + start_ + at + 4, sizeof payload_bytes);
  bytes = kFrameHeadBytes + payload_bytes;
  if (bytes > kRecordingFrameBytes || !fill(at + bytes)) return false;
  return audit::decode_frame(std::string_view(buffer_).substr(start_ + at, bytes), frame);
}

void RecordingReader::count_torn_tail() {
  do {
    torn_bytes_ += buffer_.size() - start_;
    buffer_.clear();
    start_ = 0;
  } while (fill(1));
}

Result<bool> RecordingReader::next(Frame& frame) {
  if (start_ >= kBufferBytes) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  size_t bytes = 0;
  while (peek(0, frame, bytes)) {
    start_ += bytes;
    if (frame.kind == FrameKind::answer) {
      ++unused_answers_;
      continue;
    }
    current_.assign(frame.payload.data(), frame.payload.size());
    frame.payload = current_;
    return true;
  }
  if (error_) return base::errno_error(name_, error_);
  count_torn_tail();
  return false;
}

bool RecordingReader::next_answer(uint16_t ask, int64_t id, std::string_view path, std::string& answer, bool& found) {
  Frame frame;
  RecordedAnswer recorded;
  size_t at = 0, bytes = 0;
  for (size_t i = 0; at < kAheadBytes && peek(at, frame, bytes) && frame.kind == FrameKind::answer; ++i, at += bytes) {
    if (!decode_answer(frame, recorded) || recorded.ask != ask || recorded.id != id || recorded.path != path) continue;
    found = recorded.found;
    answer.assign(recorded.bytes.data(), recorded.bytes.size());
    start_ += at + bytes;
    unused_answers_ += i;
    return true;
  }
  ++unknown_questions_;
  found = false;
  answer.clear();
  return false;
}

}  // namespace aurochs::capture
