// SPDX-License-Identifier: Apache-2.0
#include "observe/line_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

namespace aurochs::observe {

void LineCutter::clear() {
  rest_.clear();
  is_too_long_ = false;
}

void LineCutter::add(std::string_view bytes, const Visit& visit) {
  for (size_t end; (end = bytes.find('\n')) != std::string_view::npos; bytes.remove_prefix(end + 1)) {
    const std::string_view piece = bytes.substr(0, end);
    if (!is_too_long_ && rest_.size() + piece.size() <= limits::kLogLineBytes) {
      if (rest_.empty()) {
        visit(piece);
      } else {
        rest_ += piece;
        visit(rest_);
      }
    }
    clear();
  }
  is_too_long_ = is_too_long_ || rest_.size() + bytes.size() > limits::kLogLineBytes;
  if (is_too_long_)
    rest_.clear();
  else
    rest_ += bytes;
}

void LineTail::poll(const LineCutter::Visit& visit) {
  struct stat now {};
  const bool is_there = ::stat(path_.c_str(), &now) == 0 && S_ISREG(now.st_mode);
  if (fd_ && (!is_there || now.st_ino != inode_ || now.st_dev != dev_)) {
    read_on(visit);  // what was written to it before it was rotated away
    fd_.reset();
  }
  if (!fd_ && is_there) {
    fd_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    at_ = has_looked_ ? 0 : static_cast<uint64_t>(now.st_size);
    dev_ = now.st_dev;
    inode_ = now.st_ino;
    lines_.clear();
  }
  has_looked_ = true;
  if (!fd_) return;
  if (static_cast<uint64_t>(now.st_size) < at_) {
    at_ = 0;
    lines_.clear();
  }
  if (static_cast<uint64_t>(now.st_size) > at_) read_on(visit);
}

/// A log that grows faster than this is read on at the next look.
void LineTail::read_on(const LineCutter::Visit& visit) {
  chunk_.resize(limits::kLogReadBytes);
  const ssize_t n = ::pread(fd_.get(), &chunk_[0], chunk_.size(), static_cast<off_t>(at_));
  if (n <= 0) return;
  at_ += static_cast<uint64_t>(n);
  lines_.add({chunk_.data(), static_cast<size_t>(n)}, visit);
}

}  // namespace aurochs::observe
