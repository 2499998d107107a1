// SPDX-License-Identifier: Apache-2.0
// The text of the watch table, into a Table. Private to watch; the language is in aurochs-watches(5). Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "watch/table.h"

namespace aurochs::watch {

class TableParser {
 public:
  TableParser(Table& out, std::string_view file) : out_(out), file_(file) {}
  /// What is wrong, one line each; empty for a good table.
  std::string parse(std::string_view text);

 private:
  struct Word {
    std::string_view text;
    int line;
  };
  void statement();
  void version();
  void set();
  void row();
  bool operations(const Word& word, Row& row);
  bool types(const Word& word, Row& row);
  bool patterns(size_t begin, size_t end);
  bool programs(size_t begin, Row& row);
  bool fail(const Word& word, const std::string& reason);

  Table& out_;
  std::string_view file_;
  std::string errors_;
  std::vector<Word> words_;  ///< of the statement under way
  bool has_version_ = false;
};

}  // namespace aurochs::watch
