// SPDX-License-Identifier: Apache-2.0
#include "deliver/outbox.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include "base/limits.h"

namespace aurochs::deliver {

Outbox::Outbox() : ring_(limits::kOutboxBytes), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

bool Outbox::put(std::string_view line) {
  char* room = ring_.reserve(line.size());
  if (!room) return false;
  std::memcpy(room, line.data(), line.size());
  if (ring_.commit(line.size())) {
    const uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
  }
  return true;
}

void Outbox::clear_wake() {
  uint64_t count;
  (void)!::read(wake_.get(), &count, sizeof count);
}

// The descriptor is shared with whoever started us, so it is not made non-blocking. A pipe can be opened a second time; a socket has
// a flag for each call; what is neither (a terminal) takes PIPE_BUF bytes at once after POLLOUT.
StreamOutput::StreamOutput(Outbox& outbox, int fd) : outbox_(outbox), fd_(fd) {
  struct stat s;
  if (::fstat(fd, &s) < 0) return;
  if (S_ISREG(s.st_mode)) kind_ = Kind::file;
  if (S_ISSOCK(s.st_mode)) kind_ = Kind::socket;
  if (S_ISFIFO(s.st_mode)) pipe_.reset(::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
  if (pipe_) kind_ = Kind::pipe;
}

ssize_t StreamOutput::write_now(const char* data, size_t size) {
  switch (kind_) {
    case Kind::file: return ::write(fd_, data, size);
    case Kind::pipe: return ::write(pipe_.get(), data, size);
    case Kind::socket: return ::send(fd_, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    case Kind::other: break;
  }
  pollfd p{fd_, POLLOUT, 0};
  if (::poll(&p, 1, 0) == 0) return errno = EAGAIN, -1;
  return ::write(fd_, data, std::min<size_t>(size, PIPE_BUF));  // pipe(7)
}

StreamOutput::State StreamOutput::write_some() {
  constexpr size_t kBatchBytes = 64u << 10;
  for (;;) {
    if (written_ == buffer_.size()) {
      buffer_.clear();
      written_ = 0;
      for (std::string_view line = outbox_.front(); line.data() && buffer_.size() < kBatchBytes; line = outbox_.front()) {
        buffer_.append(line.data(), line.size());
        outbox_.release();
      }
      if (buffer_.empty()) return State::drained;
    }
    const ssize_t n = write_now(buffer_.data() + written_, buffer_.size() - written_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return State::blocked;
    if (n < 0) {
      error_ = errno;
      return State::broken;
    }
    written_ += static_cast<size_t>(n);
    bytes_written_ += static_cast<uint64_t>(n);
  }
}

}  // namespace aurochs::deliver
