// SPDX-License-Identifier: Apache-2.0
// Ring: bytes from one producer thread to one consumer thread, in whole frames, without locks.
// A frame that finds no room is refused at once (the caller counts the loss): the producer never waits.
// Frames are contiguous in memory; one frame may be at most half the ring.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace aurochs::base {

class Ring {
 public:
  /// capacity_bytes: a power of two.
  explicit Ring(size_t capacity_bytes);

  // --- producer thread
  /// Room for a frame of up to `bytes`, or nullptr. Only the newest reservation counts.
  char* reserve(size_t bytes);
  /// Publishes the first `bytes` of the reservation. True when the consumer sleeps and must be woken.
  [[nodiscard]] bool commit(size_t bytes);

  // --- consumer thread
  /// Oldest frame, valid until release(); a view with null data when there is none.
  std::string_view front();
  void release();
  /// Says that the consumer is about to sleep; false when a frame arrived meanwhile (do not sleep then).
  bool prepare_sleep();
  void awake() { sleeping_.store(false, std::memory_order_seq_cst); }

  size_t capacity() const { return size_; }
  /// Bytes in use, as either side sees it; for status only.
  size_t used() const { return head_.load(std::memory_order_acquire) - tail_.load(std::memory_order_acquire); }

 private:
  const size_t size_;
  std::unique_ptr<char[]> bytes_;
  alignas(64) std::atomic<size_t> head_{0};  ///< written by the producer
  size_t reserved_at_ = 0;                   ///< producer's own
  alignas(64) std::atomic<size_t> tail_{0};  ///< written by the consumer
  alignas(64) std::atomic<bool> sleeping_{false};
};

}  // namespace aurochs::base
