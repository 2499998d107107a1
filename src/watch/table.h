// SPDX-License-Identifier: Apache-2.0
// The watch table: which files matter, and what an operation on one is called. data/watches.conf (aurochs-watches(5)), one
// row a line; from the same rows come the kernel's watch rules (rules.h) and the type of an event whose path matches,
// whoever's rule brought it. A bad row is an error with file:line; none is passed over. match() allocates nothing.
// Immutable but for set_homes(); one thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/catalogue.h"
#include "event/file_details.h"
#include "watch/pattern.h"
#include "watch/programs.h"

namespace aurochs::watch {

/// What an operation is called everywhere.
event::EventType generic_type(event::FileOp op);

struct Match {
  event::EventType type = event::EventType::count_;
  std::string_view group;   ///< file_watch_group
  bool is_generic = false;  ///< type is only what the operation is called everywhere: a more special one stands
  /// The table knows the file and does not want this to be told: a package manager at its work, a log that is appended to.
  /// There is no event, unless its type is more than generic_type().
  bool is_unwanted() const { return type == event::EventType::count_; }
};

struct Row {
  enum class Kind : uint8_t { special, generic, none };
  uint32_t operations = 0;    ///< bit by FileOp
  Kind kind = Kind::special;
  event::EventType types[3];  ///< special: of what creates, changes, removes
  std::string group;
  std::vector<uint32_t> not_by;  ///< places in Table::sets()
  int line = 0;
};

struct ProgramSet {
  std::string name;  ///< empty: named by one row only
  Programs programs;
};

class Table {
 public:
  static base::Result<Table> load(const std::string& file);
  /// `file`: for messages. All errors at once, one a line.
  static base::Result<Table> parse(std::string_view text, std::string_view file);
  Table() { set_homes({}); }

  /// path: absolute, without "." and "..". Nothing: no row knows the file.
  /// A rename is asked for twice: its new name with rename, its old one with remove.
  std::optional<Match> match(std::string_view path, event::FileOp op, const Actor& actor) const;
  /// Directories that "~" means beside /root and all of /home, one a line (homes.h).
  void set_homes(std::string_view lines);

  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<Pattern>& patterns() const { return patterns_; }
  const std::vector<ProgramSet>& sets() const { return sets_; }

 private:
  /// Open addressing over directories; what collides lies behind.
  struct Slot {
    uint64_t hash = 0;
    uint32_t first = 0, count = 0;
  };
  struct Range {
    const Pattern *first = nullptr, *end = nullptr;
  };
  struct Walk;
  void index();
  Range find(std::string_view directory, uint64_t hash, bool is_home) const;
  bool is_home(std::string_view directory, uint64_t hash) const;
  bool is_excluded(const Row& row, const Actor& actor) const;
  friend class TableParser;

  std::vector<Row> rows_;
  std::vector<Pattern> patterns_;  ///< by directory; among equals the most special first
  std::vector<ProgramSet> sets_;
  std::vector<Slot> slots_;
  std::vector<std::string> homes_;
  std::vector<uint64_t> home_hashes_;  ///< sorted
  size_t depth_ = 0, home_depth_ = 2;  ///< slashes of the deepest directory, of the deepest home
};

}  // namespace aurochs::watch
