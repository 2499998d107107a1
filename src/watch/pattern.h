// SPDX-License-Identifier: Apache-2.0
// Path patterns of the watch table: a literal directory and, behind it, a glob. * and ? stay inside a component, ** does not,
// [a-z] and [!a-z] are one byte, {a,b} is written out when the table is read, a backslash takes the next byte as it is.
// Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::watch {

struct Pattern {
  std::string directory;  ///< literal; below a home without "~", so "" is the home itself
  std::string tail;       ///< glob behind `directory` and a slash; empty: `directory` itself
  bool is_home = false, is_tree = false;  ///< is_tree: and everything below
  uint32_t literal = 0;   ///< bytes before the first special one: of two patterns the longer one is the more special
  uint32_t row = 0;
};

/// `text` with each {a,b} written out. False: braces that do not match, or more than limits::kWatchPatterns of them.
bool expand_braces(std::string_view text, std::vector<std::string>& out);
/// The reason of a refusal ("reason; what to do"), empty for success.
std::string parse_pattern(std::string_view text, Pattern& out);
/// is_tree: a match that ends before a slash of `text` is one too.
bool glob_match(std::string_view glob, std::string_view text, bool is_tree);
bool has_glob(std::string_view text);
/// `text` without its backslashes.
std::string unescaped(std::string_view text);

}  // namespace aurochs::watch
