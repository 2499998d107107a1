// SPDX-License-Identifier: Apache-2.0
// Collected: the sink of a source; keeps the events as names and values.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "event/event.h"
#include "event/fields.h"

struct Collected {
  struct One {
    std::string type;
    std::map<std::string, std::string, std::less<>> values;  ///< numbers in decimal
    std::string operator[](std::string_view field) const {
      const auto at = values.find(field);
      return at == values.end() ? "-" : at->second;
    }
  };
  std::vector<One> events;

  void operator()(const aurochs::event::Event& e) {
    One one;
    one.type = aurochs::event::event_row(e.type()).type;
    e.each([&](aurochs::event::FieldId f) {
      const auto& row = aurochs::event::field_row(f);
      one.values[std::string(row.name)] = row.type == aurochs::event::Type::text ? std::string(e.text(f)) : std::to_string(e.number(f));
    });
    events.push_back(one);
  }
  /// The only event so far, and forgets it; an empty one when there is none or more.
  One only() {
    One one;
    if (events.size() == 1) one = events[0];
    else one.type = std::to_string(events.size()) + " events";
    events.clear();
    return one;
  }
};
