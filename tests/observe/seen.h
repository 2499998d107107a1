// SPDX-License-Identifier: Apache-2.0
// Seen: the events that a source gave, kept after it; and a clock that stands until it is moved.
#pragma once
#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "observe/source.h"

struct StillClock : aurochs::base::Clock {
  int64_t wall_ms = 1700000000000, steady_ms = 1000;
  int64_t unix_ms() override { return wall_ms; }
  int64_t monotonic_ms() override { return steady_ms; }
  void pass(int64_t ms) {
    wall_ms += ms;
    steady_ms += ms;
  }
};

struct Seen {
  struct One {
    std::string type;
    std::map<std::string, std::string> fields;  ///< numbers as decimal text
    std::string operator[](const std::string& name) const {
      const auto at = fields.find(name);
      return at == fields.end() ? "(absent)" : at->second;
    }
  };
  std::vector<One> all;

  void take(const aurochs::event::Event& e) {
    One one;
    one.type = aurochs::event::event_row(e.type()).type;
    e.each([&](aurochs::event::FieldId f) {
      const auto& row = aurochs::event::field_row(f);
      one.fields[std::string(row.name)] = row.type == aurochs::event::Type::text ? std::string(e.text(f)) : std::to_string(e.integer(f));
    });
    all.push_back(std::move(one));
  }
  aurochs::observe::Sink sink() {
    return [this](const aurochs::event::Event& e) { take(e); };
  }
  std::string types() const {
    std::string out;
    for (const One& one : all) out += (out.empty() ? "" : " ") + one.type;
    return out;
  }
  /// The only event since the last call.
  One only() {
    REQUIRE(all.size() == 1);
    One one = std::move(all[0]);
    all.clear();
    return one;
  }
};
