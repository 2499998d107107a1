// SPDX-License-Identifier: Apache-2.0
#include "enrich/hash_book.h"

#include <cstdio>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::enrich {

FileKey key_of(const state::FileStat& s) {
  FileKey k;
  k.dev_major = s.dev_major;
  k.dev_minor = s.dev_minor;
  k.inode = s.inode;
  k.size = s.size;
  k.ctime_ms = s.ctime_ms;
  return k;
}

size_t format_key(const FileKey& k, char* out) {
  const int n = std::snprintf(out, 128, "%u:%u:%llu:%lld:%llu", k.dev_major, k.dev_minor, static_cast<unsigned long long>(k.inode),
                              static_cast<long long>(k.ctime_ms), static_cast<unsigned long long>(k.size));
  return static_cast<size_t>(n);
}

bool parse_key(std::string_view text, FileKey& out) {
  uint64_t major = 0, minor = 0;
  if (!base::parse_u64(base::next_piece(text, ':'), major) || !base::parse_u64(base::next_piece(text, ':'), minor) ||
      !base::parse_u64(base::next_piece(text, ':'), out.inode) || !base::parse_i64(base::next_piece(text, ':'), out.ctime_ms) ||
      !base::parse_u64(text, out.size))
    return false;
  out.dev_major = static_cast<uint32_t>(major);
  out.dev_minor = static_cast<uint32_t>(minor);
  return true;
}

HashBook::HashBook() : entries_(limits::kHashCache) {}

HashBook::Entry& HashBook::slot(const FileKey& k) {
  uint64_t h = (k.inode * 0x9E3779B97F4A7C15u) ^ (k.size * 0xC2B2AE3D27D4EB4Fu) ^ static_cast<uint64_t>(k.ctime_ms) ^
               (static_cast<uint64_t>(k.dev_major) << 32 | k.dev_minor);
  h ^= h >> 32;
  return entries_[h * 0x9E3779B97F4A7C15u >> 40 & (entries_.size() - 1)];
}

const Digests* HashBook::find(const FileKey& key, bool& must_order) {
  const Entry& e = slot(key);
  const bool same = e.state != Entry::empty && e.key == key;
  must_order = !same;
  return same && e.state == Entry::known ? &e.digests : nullptr;
}

void HashBook::ordered(const FileKey& key) {
  Entry& e = slot(key);
  e.key = key;
  e.state = Entry::is_ordered;
}

void HashBook::wait(const FileKey& key, const Waiting& who) {
  if (waiting_.size() < limits::kJobs * 4) waiting_.push_back({key, who});
}

void HashBook::learn(const FileKey& key, const Digests& digests) {
  Entry& e = slot(key);
  e.key = key;
  e.digests = digests;
  e.state = Entry::known;
}

bool HashBook::next_waiting(const FileKey& key, Waiting& out) {
  for (size_t i = 0; i < waiting_.size(); ++i) {
    if (!(waiting_[i].first == key)) continue;
    out = waiting_[i].second;
    waiting_[i] = waiting_.back();
    waiting_.pop_back();
    return true;
  }
  return false;
}

}  // namespace aurochs::enrich
