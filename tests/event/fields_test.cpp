// SPDX-License-Identifier: Apache-2.0
#include "event/fields.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace aurochs::event;

namespace {

bool is_snake_case(std::string_view s) {
  bool was_underscore = true;
  for (const char c : s) {
    if (c == '_' ? was_underscore : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) return false;
    was_underscore = c == '_';
  }
  return !s.empty() && !was_underscore;
}

}  // namespace

TEST_SUITE("event") {
  TEST_CASE("every field has a wire name of its own in snake case, found by it, and a sentence") {
    std::set<std::string> names, sentences;
    for (size_t i = 0; i < kFieldCount; ++i) {
      const auto id = static_cast<FieldId>(i);
      const FieldRow& row = field_row(id);
      CAPTURE(row.name);
      CHECK(is_snake_case(row.name));
      CHECK(names.insert(std::string(row.name)).second);
      CHECK(field_by_name(row.name) == id);
      CHECK(row.sentence.size() > 5);
      CHECK(row.sentence.back() == '.');
      CHECK_FALSE(type_name(row.type).empty());
      CHECK_FALSE(block_name(row.block).empty());
    }
    CHECK(names.size() == kFieldCount);
  }
  TEST_CASE("no two fields share a CEF key") {
    std::set<std::string> keys;
    for (size_t i = 0; i < kFieldCount; ++i) {
      const FieldRow& row = field_row(static_cast<FieldId>(i));
      CAPTURE(row.name);
      CAPTURE(row.cef);
      if (!row.cef.empty()) CHECK(keys.insert(std::string(row.cef)).second);
    }
  }
  TEST_CASE("blocks of fields stand together: the order of the rows is the order of the keys") {
    std::set<Block> seen;
    Block now = field_row(FieldId{}).block;
    for (size_t i = 0; i < kFieldCount; ++i) {
      const FieldRow& row = field_row(static_cast<FieldId>(i));
      CAPTURE(row.name);
      if (row.block == now) continue;
      seen.insert(now);
      CHECK(seen.count(row.block) == 0);
      now = row.block;
    }
  }
  TEST_CASE("a name that is none is no field") {
    for (const char* bad : {"", "event", "event_id ", "EVENT_ID", "count_"}) CHECK(field_by_name(bad) == FieldId::count_);
  }
}
