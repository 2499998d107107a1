// SPDX-License-Identifier: Apache-2.0
#include "watch/table.h"

#include <algorithm>
#include <array>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "watch/homes.h"
#include "watch/parser.h"

namespace aurochs::watch {

using event::EventType;
using event::FileOp;

namespace {

constexpr uint64_t kSeed = 1469598103934665603u;

uint64_t add(uint64_t hash, char c) { return (hash ^ static_cast<unsigned char>(c)) * 1099511628211u; }

size_t slashes(std::string_view path) { return static_cast<size_t>(std::count(path.begin(), path.end(), '/')); }

uint64_t hash_of(std::string_view text, bool is_home) {
  uint64_t hash = is_home ? add(kSeed, '~') : kSeed;
  for (const char c : text) hash = add(hash, c);
  return hash;
}

}  // namespace

EventType generic_type(FileOp op) {
  switch (op) {
    case FileOp::create:
    case FileOp::mknod: return EventType::file_create;
    case FileOp::read: return EventType::file_read;
    case FileOp::remove: return EventType::file_delete;
    case FileOp::rename: return EventType::file_rename;
    case FileOp::link: return EventType::file_hard_link;
    case FileOp::symlink: return EventType::file_symlink;
    case FileOp::mode: return EventType::file_mode_change;
    case FileOp::owner: return EventType::file_owner_change;
    case FileOp::xattr: return EventType::file_xattr_set;
    case FileOp::times: return EventType::file_time_change;
    case FileOp::truncate: return EventType::file_truncate;
    case FileOp::mkdir: return EventType::dir_create;
    case FileOp::rmdir: return EventType::dir_delete;
    case FileOp::flags: return EventType::file_immutable_change;
    default: return EventType::file_modify;
  }
}

namespace {

size_t place_of_type(FileOp op) {
  switch (op) {
    case FileOp::create:
    case FileOp::mknod:
    case FileOp::rename:
    case FileOp::link:
    case FileOp::symlink:
    case FileOp::mkdir: return 0;
    case FileOp::remove:
    case FileOp::rmdir: return 2;
    default: return 1;
  }
}

}  // namespace

base::Result<Table> Table::load(const std::string& file) {
  const auto text = base::read_file(file, limits::kConfigBytes);
  if (!text) return text.error();
  return parse(*text, file);
}

base::Result<Table> Table::parse(std::string_view text, std::string_view file) {
  Table table;
  if (std::string errors = TableParser(table, file).parse(text); !errors.empty()) return base::Error{0, std::move(errors)};
  table.index();
  return table;
}

void Table::index() {
  std::stable_sort(patterns_.begin(), patterns_.end(), [](const Pattern& a, const Pattern& b) {
    if (a.is_home != b.is_home) return a.is_home < b.is_home;
    if (const int order = a.directory.compare(b.directory)) return order < 0;
    return a.literal != b.literal ? a.literal > b.literal : a.row < b.row;
  });
  size_t size = 16;
  while (size < 4 * patterns_.size()) size *= 2;
  slots_.assign(size, {});
  for (uint32_t i = 0; i < patterns_.size();) {
    const Pattern& p = patterns_[i];
    Slot slot;
    slot.hash = hash_of(p.directory, p.is_home);
    slot.first = i;
    while (i < patterns_.size() && patterns_[i].is_home == p.is_home && patterns_[i].directory == p.directory) ++i;
    slot.count = i - slot.first;
    size_t at = slot.hash % size;
    while (slots_[at].count) at = (at + 1) % size;
    slots_[at] = slot;
    depth_ = std::max(depth_, slashes(p.directory));
  }
}

Table::Range Table::find(std::string_view directory, uint64_t hash, bool is_home) const {
  if (slots_.empty()) return {};
  for (size_t at = hash % slots_.size(); slots_[at].count; at = (at + 1) % slots_.size()) {
    if (slots_[at].hash != hash) continue;
    const Pattern* first = &patterns_[slots_[at].first];
    if (first->is_home == is_home && first->directory == directory) return {first, first + slots_[at].count};
  }
  return {};
}

void Table::set_homes(std::string_view lines) {
  homes_ = split_lines(lines);
  homes_.emplace_back("/root");
  std::sort(homes_.begin(), homes_.end());
  home_hashes_.clear();
  for (const std::string& home : homes_) {
    home_hashes_.push_back(hash_of(home, false));
    home_depth_ = std::max(home_depth_, slashes(home));
  }
  std::sort(home_hashes_.begin(), home_hashes_.end());
}

bool Table::is_home(std::string_view directory, uint64_t hash) const {
  constexpr std::string_view kHomes = "/home/";
  if (base::starts_with(directory, kHomes) && directory.size() > kHomes.size() && directory.find('/', kHomes.size()) == std::string_view::npos) return true;
  return std::binary_search(home_hashes_.begin(), home_hashes_.end(), hash) && std::binary_search(homes_.begin(), homes_.end(), directory);
}

bool Table::is_excluded(const Row& row, const Actor& actor) const {
  return std::any_of(row.not_by.begin(), row.not_by.end(), [&](uint32_t set) { return sets_[set].programs.has(actor); });
}

/// The directories of one path, with their hashes; those of "~" from where a home begins.
struct Table::Walk {
  struct Cut {
    size_t size;
    uint64_t hash, home_hash;
  };
  std::array<Cut, 2 * limits::kWatchDepth + 1> cuts;
  size_t count = 0, home_size = 0;

  Walk(const Table& table, std::string_view path) {
    uint64_t hash = add(kSeed, '/'), home_hash = 0;
    size_t home_slashes = 0;
    for (size_t i = 1; i <= path.size() && count < cuts.size(); ++i) {
      if (i == path.size() || path[i] == '/') {
        cuts[count++] = {i, hash, home_hash};
        if (table.is_home(path.substr(0, i), hash)) {
          home_size = i;
          home_hash = cuts[count - 1].home_hash = add(kSeed, '~');
          home_slashes = count;
        }
        if (count >= home_slashes + std::max(table.depth_, table.home_depth_)) break;
      }
      if (i == path.size()) break;
      hash = add(hash, path[i]);
      if (home_size) home_hash = add(home_hash, path[i]);
    }
  }
};

std::optional<Match> Table::match(std::string_view path, FileOp op, const Actor& actor) const {
  if (path.size() < 2 || path[0] != '/' || op >= FileOp::count_) return std::nullopt;
  const Walk walk(*this, path);
  bool is_known = false;
  for (size_t i = walk.count; i-- > 0;) {
    const Walk::Cut& cut = walk.cuts[i];
    Range ours = find(path.substr(0, cut.size), cut.hash, false), home;
    if (walk.home_size && cut.size >= walk.home_size) home = find(path.substr(walk.home_size, cut.size - walk.home_size), cut.home_hash, true);
    const std::string_view rest = cut.size == path.size() ? std::string_view() : path.substr(cut.size + 1);
    while (ours.first != ours.end || home.first != home.end) {
      const auto special = [&](const Range& r, size_t more) { return r.first == r.end ? 0 : r.first->literal + more; };
      const bool is_ours = home.first == home.end || (ours.first != ours.end && special(ours, 0) >= special(home, walk.home_size));
      const Pattern& p = *(is_ours ? ours : home).first++;
      const bool fits = p.tail.empty() ? p.is_tree || cut.size == path.size() : cut.size < path.size() && glob_match(p.tail, rest, p.is_tree);
      if (!fits) continue;
      const Row& row = rows_[p.row];
      is_known = true;
      if (!(row.operations >> static_cast<int>(op) & 1)) continue;
      if (row.kind == Row::Kind::none) return Match{};
      if (is_excluded(row, actor))
        continue;
      else if (row.kind == Row::Kind::generic)
        return Match{generic_type(op), row.group, true};
      else
        return Match{row.types[place_of_type(op)], row.group, false};
    }
  }
  return is_known ? std::optional<Match>(Match{}) : std::nullopt;
}

}  // namespace aurochs::watch
