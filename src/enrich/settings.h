// SPDX-License-Identifier: Apache-2.0
// Settings: the fields that are the same on every event (host, sensor, customer), given at start; the load profile changes later.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "event/event.h"

namespace aurochs::enrich {

class Settings {
 public:
  /// A field by wire name, in the place of what it was before; false: no such field, or `value` does not fit its type (boolean: true/false; time: ms).
  bool set(std::string_view wire_name, std::string_view value);
  void apply(event::Event& e) const;
  /// "wire_name=value" of each, as set.
  const std::vector<std::string>& rows() const { return rows_; }

 private:
  struct Row {
    event::FieldId field;
    uint64_t number;
    size_t row;  ///< text values lie in rows_
    size_t text_at;
  };
  std::vector<Row> fields_;
  std::vector<std::string> rows_;
};

}  // namespace aurochs::enrich
