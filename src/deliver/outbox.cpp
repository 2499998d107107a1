// SPDX-License-Identifier: Apache-2.0
#include "deliver/outbox.h"

#include <poll.h>
#include <sys/eventfd.h>
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
    // After POLLOUT a pipe takes PIPE_BUF bytes at once even from a blocking writer (pipe(7)); the descriptor is shared
    // with whoever started us, so it is not made non-blocking.
    pollfd p{fd_, POLLOUT, 0};
    if (::poll(&p, 1, 0) == 0) return State::blocked;
    const ssize_t n = ::write(fd_, buffer_.data() + written_, std::min<size_t>(buffer_.size() - written_, PIPE_BUF));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return State::blocked;
    if (n < 0) {
      error_ = errno;
      return State::broken;
    }
    written_ += static_cast<size_t>(n);
  }
}

}  // namespace aurochs::deliver
