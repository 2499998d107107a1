// SPDX-License-Identifier: Apache-2.0
#include "state/text_pool.h"

#include <cstring>

namespace aurochs::state {

size_t TextPool::class_of(size_t bytes) {
  size_t c = 0;
  while (kSmallest << c < bytes) ++c;
  return c;
}

char* TextPool::take(size_t bytes, uint32_t& room) {
  const size_t c = class_of(bytes);
  if (c >= kClasses) return nullptr;
  const size_t size = kSmallest << c;
  char* block = free_[c];
  if (block) {
    std::memcpy(&free_[c], block, sizeof(char*));
  } else {
    if (slab_left_ < size) {
      if (reserved_ + kSlabBytes > max_bytes_) return nullptr;
      while (slab_left_ >= kSmallest) {  // the tail of the old slab still serves small blocks
        std::memcpy(slab_, &free_[0], sizeof(char*));
        free_[0] = slab_;
        slab_ += kSmallest;
        slab_left_ -= kSmallest;
      }
      slabs_.push_back(std::unique_ptr<char[]>(new char[kSlabBytes]));
      slab_ = slabs_.back().get();
      slab_left_ = kSlabBytes;
      reserved_ += kSlabBytes;
    }
    block = slab_;
    slab_ += size;
    slab_left_ -= size;
  }
  used_ += size;
  room = static_cast<uint32_t>(size);
  return block;
}

void TextPool::give_back(char* block, uint32_t room) {
  if (!block) return;
  const size_t c = class_of(room);
  std::memcpy(block, &free_[c], sizeof(char*));
  free_[c] = block;
  used_ -= room;
}

}  // namespace aurochs::state
