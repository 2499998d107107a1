// SPDX-License-Identifier: Apache-2.0
// Recent: a map that keeps the latest `n` keys that were put or found, in arrays that are made once: nothing is allocated
// afterwards but what a value allocates itself, and a value that is used anew keeps its storage. One thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace aurochs::enrich {

template <class Key, class Value, class Hash>
class Recent {
 public:
  explicit Recent(size_t n) : rows_(n + 1), heads_(slots_for(n), 0) {
    // Row 0 is the ring's anchor: after it the latest, before it the oldest.
    for (size_t i = 0; i <= n; ++i) {
      rows_[i].newer = static_cast<uint32_t>(i == 0 ? n : i - 1);
      rows_[i].older = static_cast<uint32_t>(i == n ? 0 : i + 1);
    }
  }

  /// The value of a key that is there; it becomes the latest.
  Value* find(const Key& key) {
    for (uint32_t i = heads_[slot(key)]; i; i = rows_[i].next)
      if (rows_[i].key == key) {
        touch(i);
        return &rows_[i].value;
      }
    return nullptr;
  }
  /// The value of the key, new in place of the oldest where it was not there; `is_new` says which. A new one holds
  /// what the oldest held.
  Value& put(const Key& key, bool& is_new) {
    if (Value* there = find(key)) {
      is_new = false;
      return *there;
    }
    is_new = true;
    const uint32_t i = rows_[0].newer;
    if (rows_[i].is_used) unlink_key(i);
    Row& row = rows_[i];
    row.key = key;
    row.is_used = true;
    uint32_t& head = heads_[slot(key)];
    row.next = head;
    head = i;
    touch(i);
    return row.value;
  }

 private:
  struct Row {
    Key key{};
    Value value{};
    uint32_t next = 0, newer = 0, older = 0;
    bool is_used = false;
  };
  static size_t slots_for(size_t n) {
    size_t slots = 16;
    while (slots < n * 2) slots *= 2;
    return slots;
  }
  size_t slot(const Key& key) const { return Hash()(key) & (heads_.size() - 1); }
  void unlink_key(uint32_t i) {
    uint32_t* at = &heads_[slot(rows_[i].key)];
    while (*at != i) at = &rows_[*at].next;
    *at = rows_[i].next;
  }
  void touch(uint32_t i) {
    Row& row = rows_[i];
    rows_[row.newer].older = row.older;
    rows_[row.older].newer = row.newer;
    row.newer = 0;
    row.older = rows_[0].older;
    rows_[row.older].newer = i;
    rows_[0].older = i;
  }

  std::vector<Row> rows_;
  std::vector<uint32_t> heads_;
};

/// FNV-1a over bytes.
inline size_t hash_bytes(const void* bytes, size_t size) {
  uint64_t h = 0xCBF29CE484222325u;
  for (size_t i = 0; i < size; ++i) h = (h ^ static_cast<const uint8_t*>(bytes)[i]) * 0x100000001B3u;
  return static_cast<size_t>(h ^ h >> 32);
}

}  // namespace aurochs::enrich
