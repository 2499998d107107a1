// SPDX-License-Identifier: Apache-2.0
// HashBook: digests of images by what the file is (device, inode, ctime, size), and who waits for one. A known digest
// rides on the event; an unknown one is ordered from the worker once, and when it comes every process that ran the image
// meanwhile is told of. A direct-mapped table: a collision forgets, it never mixes. One thread (core).
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "state/proc_reader.h"
#include "state/process_table.h"

namespace aurochs::enrich {

struct FileKey {
  uint32_t dev_major = 0, dev_minor = 0;
  uint64_t inode = 0, size = 0;
  int64_t ctime_ms = 0;
  bool operator==(const FileKey& o) const {
    return inode == o.inode && size == o.size && ctime_ms == o.ctime_ms && dev_major == o.dev_major && dev_minor == o.dev_minor;
  }
};

FileKey key_of(const state::FileStat& s);
/// "maj:min:inode:ctime_ms:size", as the worker's answer carries it. Returns the length; out holds 128 bytes.
size_t format_key(const FileKey& k, char* out);
bool parse_key(std::string_view text, FileKey& out);

struct Digests {
  uint8_t md5[16], sha1[20], sha256[32];
  bool has_md5 = false, has_sha1 = false, has_sha256 = false;
};

struct Waiting {
  state::Handle process;
  int64_t event_ms = 0;
  uint32_t serial = 0;
};

class HashBook {
 public:
  HashBook();
  /// nullptr: not known; then `must_order` says whether nobody asked for it yet.
  const Digests* find(const FileKey& key, bool& must_order);
  void ordered(const FileKey& key);
  void wait(const FileKey& key, const Waiting& who);
  void learn(const FileKey& key, const Digests& digests);
  /// Next of those who waited for this key; false when there is none left.
  bool next_waiting(const FileKey& key, Waiting& out);

 private:
  struct Entry {
    FileKey key;
    Digests digests;
    enum : uint8_t { empty, is_ordered, known } state = empty;
  };
  Entry& slot(const FileKey& key);
  std::vector<Entry> entries_;
  std::vector<std::pair<FileKey, Waiting>> waiting_;
};

}  // namespace aurochs::enrich
