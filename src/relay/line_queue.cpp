// SPDX-License-Identifier: Apache-2.0
#include "relay/line_queue.h"

#include <cstdio>
#include <cstring>

namespace aurochs::relay {

namespace {
size_t smaller(size_t a, size_t b) { return a < b ? a : b; }
}  // namespace

void LineQueue::put(const char* bytes, size_t size) {
  while (size > 0) {
    const void* found = std::memchr(bytes, '\n', size);
    const size_t piece = found ? static_cast<size_t>(static_cast<const char*>(found) - bytes) : size;
    if (begun_size_ + piece + 1 > sizeof begun_) is_passing_ = true;
    if (!is_passing_) std::memcpy(begun_ + begun_size_, bytes, piece);
    if (!is_passing_) begun_size_ += piece;
    bytes += piece + (found ? 1 : 0);
    size -= piece + (found ? 1 : 0);
    if (!found) return;
    if (is_passing_) {
      ++untold_;
      ++dropped_;
    } else if (begun_size_ > 0) {
      begun_[begun_size_++] = '\n';
      put_line(begun_, begun_size_);
    }
    begun_size_ = 0;
    is_passing_ = false;
  }
}

void LineQueue::put_line(const char* line, size_t size) {
  while (sizeof queue_ - used_ < size) drop_oldest();
  const size_t at = (head_ + used_) % sizeof queue_, first = smaller(size, sizeof queue_ - at);
  std::memcpy(queue_ + at, line, first);
  std::memcpy(queue_, line + first, size - first);
  used_ += size;
  ++lines_;
}

/// With its end.
size_t LineQueue::line_at_head() const {
  const size_t first = smaller(used_, sizeof queue_ - head_);
  if (const void* end = std::memchr(queue_ + head_, '\n', first)) return static_cast<size_t>(static_cast<const char*>(end) - (queue_ + head_)) + 1;
  const void* end = std::memchr(queue_, '\n', used_ - first);
  return end ? first + static_cast<size_t>(static_cast<const char*>(end) - queue_) + 1 : used_;
}

void LineQueue::drop_oldest() {
  const size_t size = line_at_head();
  head_ = (head_ + size) % sizeof queue_;
  used_ -= size;
  --lines_;
  ++untold_;
  ++dropped_;
}

void LineQueue::copy_out(size_t size) {
  const size_t first = smaller(size, sizeof queue_ - head_);
  std::memcpy(out_ + out_size_, queue_ + head_, first);
  std::memcpy(out_ + out_size_ + first, queue_, size - first);
  head_ = (head_ + size) % sizeof queue_;
  used_ -= size;
  out_size_ += size;
  --lines_;
  ++out_lines_;
}

void LineQueue::fill() {
  out_size_ = out_sent_ = out_lines_ = 0;
  out_told_ = untold_;
  if (untold_ > 0) {
    const int n = std::snprintf(out_, sizeof out_, "aurochs-audisp dropped=%llu\n", static_cast<unsigned long long>(untold_));
    out_size_ = static_cast<size_t>(n);
    untold_ = 0;
  }
  while (used_ > 0) {
    const size_t size = line_at_head();
    if (out_size_ + size > sizeof out_) return;
    copy_out(size);
  }
}

size_t LineQueue::front(const char*& bytes) {
  if (out_sent_ == out_size_) fill();
  bytes = out_ + out_sent_;
  return out_size_ - out_sent_;
}

void LineQueue::sent(size_t size) { out_sent_ += smaller(size, out_size_ - out_sent_); }

void LineQueue::begin_again() {
  while (out_sent_ > 0 && out_sent_ < out_size_ && out_[out_sent_ - 1] != '\n') --out_sent_;
}

uint64_t LineQueue::waiting() const {
  uint64_t unsent = 0;
  for (size_t i = out_sent_; i < out_size_; ++i) unsent += out_[i] == '\n';
  if (out_told_ > 0 && out_sent_ == 0 && unsent > 0) unsent += out_told_ - 1;  // the line that tells of drops stands for them
  return lines_ + untold_ + unsent;
}

}  // namespace aurochs::relay
