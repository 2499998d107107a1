// SPDX-License-Identifier: Apache-2.0
// Kernel rules from the rows of the watch table, in the language of auditctl(8), for the files that are there now.
// Writes: one rule on a directory covers every row below it, so few rules do (the kernel walks them at every call that
// changes a file). Reads: one rule a file, which costs only who opens that file. What is not there is left out, and found
// at the next look. Looks at the file system; never fails. Any thread.
#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "watch/table.h"

namespace aurochs::watch {

struct WatchRule {
  std::string text;
  std::string place;  ///< device and inode of what it is on, and mounts below: another one, and the kernel's rule is blind
};

struct WatchRules {
  std::vector<WatchRule> rules;
  size_t left_out = 0;  ///< files that found no room
};

/// homes: as Table::set_homes(). At most `room` rules. with_exe: the kernel knows -F exe!= (4.18), so that a package
/// manager's doings that no row wants are not even recorded.
/// with_generic: also what rows of type generic want, which is most of what a busy host does to files.
WatchRules kernel_rules(const Table& table, std::string_view homes, size_t room, bool with_exe, bool with_generic = true);
/// Files of the host's own (no homes) that special rows of the groups persistence, system, accounts, audit and sensor want
/// watched for writes, as they are there now; at most `most`, sorted.
std::vector<std::string> critical_files(const Table& table, size_t most);

}  // namespace aurochs::watch
