// SPDX-License-Identifier: Apache-2.0
// TextPool: memory for the process table's strings, in blocks of powers of two from slabs that are never given back:
// in steady state an exec that replaces another's strings allocates nothing. Bounded. One thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace aurochs::state {

class TextPool {
 public:
  explicit TextPool(size_t max_bytes) : max_bytes_(max_bytes) {}
  /// A block of at least `bytes`, or nullptr at the bound. `room` gets its real size.
  char* take(size_t bytes, uint32_t& room);
  void give_back(char* block, uint32_t room);
  size_t used() const { return used_; }

 private:
  static constexpr size_t kSmallest = 64, kClasses = 8;  // 64 bytes to 8 KiB
  static constexpr size_t kSlabBytes = 64u << 10;
  static size_t class_of(size_t bytes);

  const size_t max_bytes_;
  size_t used_ = 0, reserved_ = 0, slab_left_ = 0;
  std::vector<std::unique_ptr<char[]>> slabs_;
  char* slab_ = nullptr;
  char* free_[kClasses] = {};  ///< each free block begins with a pointer to the next
};

}  // namespace aurochs::state
