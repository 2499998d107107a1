// SPDX-License-Identifier: Apache-2.0
// FileEvents: events about files: the directory behind a descriptor, the special paths, the watch table, and facts
// of the file. What will be written after its open is held until it has settled (docs/decisions/0009), looked at then, and
// given out by next(); a bound that is reached gives the oldest out early, counted. A file that is gone, or that is another
// one by then, has no facts: never a guess. Asks through ProcReader only. One thread (core).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "enrich/file_block.h"
#include "enrich/hash_book.h"
#include "event/event.h"
#include "event/file_details.h"
#include "state/proc_reader.h"
#include "watch/table.h"

namespace aurochs::enrich {

class FileEvents {
 public:
  /// All outlive this.
  FileEvents(state::ProcReader& reader, const watch::Table& watches, HashBook& hashes);

  /// root: process whose root directory the paths are meant in; 0: ours.
  /// True: `e` is complete now. False: it is held, or nobody wants it.
  bool take(event::Event& e, const event::FileDetails& file, int64_t root);
  /// The next held event whose wait is over. False: none.
  bool next(event::Event& e, int64_t now_ms);

  uint64_t held_early() const { return held_early_; }
  uint64_t hashes_refused() const { return hashes_refused_; }

 private:
  struct Held {
    bool in_use = false;
    bool is_hashing = false;      ///< looked at; only its digests are waited for
    bool has_size_before = false;
    bool knows_device = false;    ///< it was looked at when its event came
    bool starts_empty = false;
    uint64_t order = 0, inode = 0, size_before = 0;
    int64_t root = 0, due_ms = 0;
    uint32_t dev_major = 0, dev_minor = 0;
    FileKey key;
    std::string event, path;      ///< path: where the file is now
  };

  /// One of our own threads did it: its looks at files are opens like others, and would be looked at without end.
  bool is_own(const event::Event& e);
  void locate(event::Event& e, const event::FileDetails& d);
  bool below(event::Event& e, event::FieldId field, int32_t fd, uint64_t parent_inode);
  bool by_descriptor(event::Event& e, const event::FileDetails& d);
  bool give_type(event::Event& e, const event::FileDetails& d, int64_t root);
  bool is_special(event::Event& e, const event::FileDetails& d, int64_t root, bool& is_kernels);
  std::optional<watch::Match> row_of(const event::Event& e, const event::FileDetails& d) const;
  bool is_watched(event::Event& e, const event::FileDetails& d, int64_t root, bool& is_unwanted);
  void note_rename(std::string_view from, std::string_view to);

  /// There is a host to ask; a replay of a foreign log has none.
  bool has_host();
  bool hold(event::Event& e, const event::FileDetails& d, int64_t root, bool& is_complete);
  void look_now(event::Event& e, const event::FileDetails& d, int64_t root);
  bool ask_file(int64_t root, std::string_view path, FileAnswer& a);

  // file_look.cpp
  void look(event::Event& e, Held& h, bool may_wait);
  void read_head(event::Event& e, const Held& h, const state::FileStat& s);
  void read_package(event::Event& e, const Held& h);
  void read_parameter(event::Event& e, const Held& h);
  void read_caps(event::Event& e, const event::FileDetails& d, int64_t root);
  void order_hash(event::Event& e, Held& h, const state::FileStat& s, bool may_wait);
  void write_digests(event::Event& e, const Digests& d);

  state::ProcReader& reader_;
  const watch::Table& watches_;
  HashBook& hashes_;
  std::vector<Held> held_;
  Held spare_;
  bool asked_host_ = false, has_host_ = false;
  size_t held_count_ = 0;
  uint64_t order_ = 0, held_early_ = 0, hashes_refused_ = 0;
  std::string answer_, scratch_;
};

/// Programs that put files of packages in their place: their work is no drop.
bool is_package_manager(std::string_view image);

}  // namespace aurochs::enrich
