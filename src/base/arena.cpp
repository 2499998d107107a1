// SPDX-License-Identifier: Apache-2.0
#include "base/arena.h"

#include <algorithm>
#include <cstring>

namespace aurochs::base {

BlockPool::Block BlockPool::take(size_t bytes) {
  for (size_t i = blocks_.size(); i-- > 0;) {
    if (blocks_[i].size < bytes) continue;
    Block block = std::move(blocks_[i]);
    blocks_[i] = std::move(blocks_.back());
    blocks_.pop_back();
    bytes_ -= block.size;
    return block;
  }
  return {};
}

void BlockPool::give_back(Block block) {
  if (bytes_ + block.size > max_bytes_) return;
  bytes_ += block.size;
  blocks_.push_back(std::move(block));
}

void Arena::enter(size_t block) {
  block_ = block;
  base_ = blocks_[block].bytes.get();
  at_ = 0;
  end_ = blocks_[block].size;
}

char* Arena::allocate_slow(size_t bytes, size_t align) {
  const size_t need = bytes + align;
  for (size_t next = base_ ? block_ + 1 : 0; next < blocks_.size(); ++next) {
    if (blocks_[next].size < need) continue;
    std::swap(blocks_[next], blocks_[base_ ? block_ + 1 : 0]);
    enter(base_ ? block_ + 1 : 0);
    return allocate(bytes, align);
  }
  // Blocks double up to 1 MiB, so that a large event costs few of them.
  const size_t grown = blocks_.empty() ? first_block_bytes_ : std::min<size_t>(blocks_.back().size * 2, 1u << 20);
  const size_t size = std::max(grown, need);
  Block block = pool_ ? pool_->take(size) : Block{};
  if (!block.bytes) {
    block.bytes.reset(new char[size]);
    block.size = size;
  }
  reserved_ += block.size;
  if (blocks_.empty()) blocks_.reserve(8);
  blocks_.push_back(std::move(block));
  std::swap(blocks_.back(), blocks_[base_ ? block_ + 1 : 0]);
  enter(base_ ? block_ + 1 : 0);
  return allocate(bytes, align);
}

std::string_view Arena::copy(std::string_view s) {
  if (s.empty()) return {};
  char* p = allocate(s.size(), 1);
  std::memcpy(p, s.data(), s.size());
  return {p, s.size()};
}

void Arena::reset(size_t keep_bytes) {
  while (reserved_ > keep_bytes && blocks_.size() > 1) {
    reserved_ -= blocks_.back().size;
    if (pool_) pool_->give_back(std::move(blocks_.back()));
    blocks_.pop_back();
  }
  if (reserved_ > keep_bytes && !blocks_.empty() && blocks_[0].size > first_block_bytes_) {
    reserved_ = 0;
    blocks_.clear();
  }
  used_ = 0;
  if (blocks_.empty()) {
    base_ = nullptr;
    at_ = end_ = 0;
  } else {
    enter(0);
  }
}

}  // namespace aurochs::base
