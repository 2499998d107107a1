// SPDX-License-Identifier: Apache-2.0
#include "capture/line_reader.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <memory>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "capture/recording.h"

namespace aurochs::capture {
namespace {
using base::Error;
using base::Ok;
using base::Status;

constexpr size_t kReadBytes = 256u << 10;
constexpr std::string_view kGzipMagic = "\x1f\x8b";

/// Up to `bytes`, over EINTR; short at the end of the file only once `at_least` are there (a pipe gives what it has).
base::Result<size_t> read_some(int fd, const std::string& path, char* out, size_t bytes, size_t at_least) {
  size_t have = 0;
  do {
    const ssize_t n = ::read(fd, out + have, bytes - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::errno_error(path, errno);
    if (n == 0) break;
    have += static_cast<size_t>(n);
  } while (have < at_least);
  return have;
}

/// gzip members in a row (logs that were appended to one another), inflated into a splitter.
class Inflater {
 public:
  explicit Inflater(LineSplitter& lines) : lines_(lines), out_(new char[kReadBytes]) {}
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() {
    if (is_open_) ::inflateEnd(&stream_);
  }
  bool open() {
    constexpr int kGzipOnly = 15 + 16;  // largest window; 16 asks zlib for the gzip format
    is_open_ = ::inflateInit2(&stream_, kGzipOnly) == Z_OK;
    return is_open_;
  }
  /// False: damaged, or the sink had enough (wants_more() tells which).
  bool feed(std::string_view packed) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    while (stream_.avail_in > 0 || is_output_full_) {
      if (is_at_member_end_ && ::inflateReset(&stream_) != Z_OK) return false;
      stream_.next_out = reinterpret_cast<Bytef*>(out_.get());
      stream_.avail_out = kReadBytes;
      const int code = ::inflate(&stream_, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return false;
      is_at_member_end_ = code == Z_STREAM_END;
      is_output_full_ = stream_.avail_out == 0 && !is_at_member_end_;
      wants_more_ = lines_.feed({out_.get(), kReadBytes - stream_.avail_out});
      if (!wants_more_) return false;
    }
    return true;
  }
  bool is_at_member_end() const { return is_at_member_end_; }
  bool wants_more() const { return wants_more_; }

 private:
  LineSplitter& lines_;
  const std::unique_ptr<char[]> out_;
  z_stream stream_{};
  bool is_open_ = false, is_at_member_end_ = false, is_output_full_ = false, wants_more_ = true;
};

Status read_plain(int fd, const std::string& path, char* buffer, size_t have, LineSplitter& lines) {
  while (have > 0) {
    if (!lines.feed({buffer, have})) return Ok{};
    auto more = read_some(fd, path, buffer, kReadBytes, 1);
    if (!more) return more.error();
    have = *more;
  }
  return Ok{};
}

Status read_gzip(int fd, const std::string& path, char* buffer, size_t have, LineSplitter& lines) {
  Inflater inflater(lines);
  if (!inflater.open()) return Error{ENOMEM, path + ": no memory to decompress it"};
  while (have > 0) {
    if (!inflater.feed({buffer, have})) {
      if (!inflater.wants_more()) return Ok{};
      return Error{EBADMSG, path + ": damaged gzip data; the lines before it were read"};
    }
    auto more = read_some(fd, path, buffer, kReadBytes, 1);
    if (!more) return more.error();
    have = *more;
  }
  if (inflater.is_at_member_end()) return Ok{};
  return Error{EBADMSG, path + ": gzip data ends early; the lines before it were read"};
}

}  // namespace

LineSplitter::LineSplitter(const LineSink& sink) : sink_(sink) { begun_.reserve(limits::kLineBytes); }

bool LineSplitter::hand_out(std::string_view line) {
  if (line.size() > limits::kLineBytes) {
    ++counts_.skipped;
    return true;
  }
  ++counts_.lines;
  return sink_(line);
}

bool LineSplitter::feed(std::string_view chunk) {
  counts_.bytes += chunk.size();
  while (!chunk.empty()) {
    const size_t end = chunk.find('\n');
    const std::string_view piece = chunk.substr(0, end);
    const bool is_whole = end != std::string_view::npos;
    chunk.remove_prefix(is_whole ? end + 1 : chunk.size());
    if (is_whole && begun_.empty() && !is_over_long_) {
      if (!hand_out(piece)) return false;
      continue;
    }
    is_over_long_ = is_over_long_ || begun_.size() + piece.size() > limits::kLineBytes;
    if (!is_over_long_) begun_.append(piece.data(), piece.size());
    if (!is_whole) return true;
    const bool wants_more = is_over_long_ || hand_out(begun_);
    if (is_over_long_) ++counts_.skipped;
    is_over_long_ = false;
    begun_.clear();
    if (!wants_more) return false;
  }
  return true;
}

void LineSplitter::finish() {
  if (is_over_long_)
    ++counts_.skipped;
  else if (!begun_.empty())
    (void)hand_out(begun_);
  begun_.clear();
  is_over_long_ = false;
}

base::Result<LineCounts> read_lines(const std::string& path, const LineSink& sink) {
  const bool is_stdin = path == "-";
  const std::string name = is_stdin ? "standard input" : path;
  const base::UniqueFd own(is_stdin ? -1 : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!is_stdin && !own) return base::errno_error(name, errno);
  const int fd = is_stdin ? STDIN_FILENO : own.get();
  const std::unique_ptr<char[]> buffer(new char[kReadBytes]);
  auto first = read_some(fd, name, buffer.get(), kReadBytes, kRecordingMagic.size());
  if (!first) return first.error();
  const std::string_view start(buffer.get(), *first);
  if (base::starts_with(start, kRecordingMagic))
    return Error{EINVAL, name + ": is a recording, not a log; replay it as a recording"};
  LineSplitter lines(sink);
  const Status status = base::starts_with(start, kGzipMagic) ? read_gzip(fd, name, buffer.get(), *first, lines)
                                                             : read_plain(fd, name, buffer.get(), *first, lines);
  if (!status) return status.error();
  lines.finish();
  return lines.counts();
}

}  // namespace aurochs::capture
