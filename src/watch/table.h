// SPDX-License-Identifier: Apache-2.0
// The watch table: which files matter, and what an operation on one is called. data/watches.conf, one row a line; from the
// same rows come the kernel's watch rules and the type of an event whose path matches, whoever's rule brought it.
// Pure but for load(); immutable after it. A bad row is an error with file:line; none is passed over.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/catalogue.h"
#include "event/file_details.h"

namespace aurochs::watch {

struct Match {
  event::EventType type;
  std::string_view group;  ///< file_watch_group
};

class Table {
 public:
  static base::Result<Table> load(const std::string& file);

  /// path: absolute, without "." and ".."; image: program that does it. Nothing: no row wants it, and the generic type of
  /// the operation stands.
  std::optional<Match> match(std::string_view path, event::FileOp op, std::string_view image) const;
};

}  // namespace aurochs::watch
