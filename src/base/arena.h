// SPDX-License-Identifier: Apache-2.0
// Arena: bump allocation for one event's life. allocate() never fails (out of memory ends the process) and
// nothing is freed before reset(), which keeps the blocks: in steady state an arena allocates nothing.
// Views into an arena live until its reset(). Single thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace aurochs::base {

/// Blocks that arenas are done with, for whichever of them needs one next: many arenas of which few are large at a time
/// then share the large blocks. Must outlive its arenas.
class BlockPool {
 public:
  explicit BlockPool(size_t max_bytes) : max_bytes_(max_bytes) {}

 private:
  friend class Arena;
  struct Block {
    std::unique_ptr<char[]> bytes;
    size_t size = 0;
  };
  /// A block of at least `bytes`; one without bytes when there is none.
  Block take(size_t bytes);
  void give_back(Block block);

  const size_t max_bytes_;
  size_t bytes_ = 0;
  std::vector<Block> blocks_;
};

class Arena {
 public:
  explicit Arena(size_t first_block_bytes = 4096, BlockPool* pool = nullptr) : first_block_bytes_(first_block_bytes), pool_(pool) {}
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  char* allocate(size_t bytes, size_t align = 8) {
    size_t at = (at_ + align - 1) & ~(align - 1);
    if (at + bytes > end_) return allocate_slow(bytes, align);
    used_ += at + bytes - at_;
    at_ = at + bytes;
    return base_ + at;
  }
  template <class T>
  T* array(size_t n) {
    return reinterpret_cast<T*>(allocate(n * sizeof(T), alignof(T)));
  }
  std::string_view copy(std::string_view s);
  /// Gives back the unused tail of the newest allocation (the last one made).
  void shrink_last(const char* start, size_t bytes) {
    used_ -= static_cast<size_t>(base_ + at_ - start) - bytes;
    at_ = static_cast<size_t>(start - base_) + bytes;
  }
  /// Forgets everything; memory beyond `keep_bytes` goes back, to the pool where there is one.
  void reset(size_t keep_bytes);
  size_t used() const { return used_; }
  size_t reserved() const { return reserved_; }

 private:
  using Block = BlockPool::Block;
  char* allocate_slow(size_t bytes, size_t align);
  void enter(size_t block);

  size_t first_block_bytes_;
  BlockPool* pool_;
  std::vector<Block> blocks_;
  size_t block_ = 0;
  char* base_ = nullptr;
  size_t at_ = 0, end_ = 0;
  size_t used_ = 0, reserved_ = 0;
};

}  // namespace aurochs::base
