// SPDX-License-Identifier: Apache-2.0
#include "base/ring.h"

#include <cassert>
#include <cstring>

namespace aurochs::base {
namespace {
// A frame is a 4-byte length and its bytes, padded to 8; kSkip marks the unused end before a wrap.
constexpr uint32_t kSkip = 0xFFFFFFFFu;
constexpr size_t kHead = 8;
size_t padded(size_t bytes) { return (kHead + bytes + 7) & ~size_t{7}; }
}  // namespace

Ring::Ring(size_t capacity_bytes) : size_(capacity_bytes), bytes_(new char[capacity_bytes]) {
  assert((capacity_bytes & (capacity_bytes - 1)) == 0);
}

char* Ring::reserve(size_t bytes) {
  const size_t need = padded(bytes);
  if (need > size_ / 2) return nullptr;
  size_t head = head_.load(std::memory_order_relaxed);
  const size_t offset = head & (size_ - 1);
  const size_t to_end = size_ - offset;
  const size_t skip = to_end < need ? to_end : 0;
  if (head + skip + need - tail_.load(std::memory_order_acquire) > size_) return nullptr;
  if (skip) {
    std::memcpy(bytes_.get() + offset, &kSkip, sizeof kSkip);
    head += skip;
  }
  reserved_at_ = head;
  return bytes_.get() + (head & (size_ - 1)) + kHead;
}

bool Ring::commit(size_t bytes) {
  const auto length = static_cast<uint32_t>(bytes);
  std::memcpy(bytes_.get() + (reserved_at_ & (size_ - 1)), &length, sizeof length);
  head_.store(reserved_at_ + padded(bytes), std::memory_order_seq_cst);
  return sleeping_.load(std::memory_order_seq_cst);
}

std::string_view Ring::front() {
  for (;;) {
    const size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail == head_.load(std::memory_order_acquire)) return {};
    const size_t offset = tail & (size_ - 1);
    uint32_t length;
    std::memcpy(&length, bytes_.get() + offset, sizeof length);
    if (length != kSkip) return {bytes_.get() + offset + kHead, length};
    tail_.store(tail + size_ - offset, std::memory_order_release);
  }
}

void Ring::release() {
  const size_t tail = tail_.load(std::memory_order_relaxed);
  uint32_t length;
  std::memcpy(&length, bytes_.get() + (tail & (size_ - 1)), sizeof length);
  tail_.store(tail + padded(length), std::memory_order_release);
}

bool Ring::prepare_sleep() {
  sleeping_.store(true, std::memory_order_seq_cst);
  if (tail_.load(std::memory_order_relaxed) == head_.load(std::memory_order_seq_cst)) return true;
  awake();
  return false;
}

}  // namespace aurochs::base
