// SPDX-License-Identifier: Apache-2.0
// Event: one flat event, indexed by field. A bitmap says which fields are there; unknown is absent, never a guess.
// Text values are views: into the event's arena, an audit event's arena or a table that outlives the event.
// An Event is reused: clear() costs the bitmap only. Single thread.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "base/arena.h"
#include "event/catalogue.h"
#include "event/fields.h"

namespace aurochs::event {

class Event {
 public:
  void clear(EventType type) {
    type_ = type;
    present_.fill(0);
    arena_.reset(64u << 10);
  }
  EventType type() const { return type_; }
  /// The same fields under another type (a second event of one act).
  void retype(EventType type) { type_ = type; }

  bool has(FieldId f) const { return present_[index(f) / 64] >> index(f) % 64 & 1; }
  void remove(FieldId f) { present_[index(f) / 64] &= ~(uint64_t{1} << index(f) % 64); }
  void set_number(FieldId f, uint64_t v) { mark(f).number = v; }
  void set_integer(FieldId f, int64_t v) { mark(f).number = static_cast<uint64_t>(v); }
  void set_bool(FieldId f, bool v) { mark(f).number = v; }
  void set_time(FieldId f, int64_t unix_ms) { mark(f).number = static_cast<uint64_t>(unix_ms); }
  void set_text(FieldId f, std::string_view v) {
    Value& value = mark(f);
    value.number = v.size();
    value.text = v.data();
  }
  /// Copies `v` into the event's arena first.
  void set_copy(FieldId f, std::string_view v) { set_text(f, arena_.copy(v)); }
  void set_text_if(FieldId f, std::string_view v) {
    if (!v.empty()) set_text(f, v);
  }

  uint64_t number(FieldId f) const { return has(f) ? values_[index(f)].number : 0; }
  int64_t integer(FieldId f) const { return static_cast<int64_t>(number(f)); }
  std::string_view text(FieldId f) const {
    return has(f) ? std::string_view(values_[index(f)].text, values_[index(f)].number) : std::string_view();
  }
  base::Arena& arena() { return arena_; }
  size_t field_count() const;
  /// Calls visit(FieldId) for every present field in table order.
  template <class Visit>
  void each(Visit visit) const {
    for (size_t word = 0; word < present_.size(); ++word)
      for (uint64_t bits = present_[word]; bits; bits &= bits - 1)
        visit(static_cast<FieldId>(word * 64 + static_cast<size_t>(__builtin_ctzll(bits))));
  }

 private:
  struct Value {
    const char* text;
    uint64_t number;  ///< length of a text
  };
  static size_t index(FieldId f) { return static_cast<size_t>(f); }
  Value& mark(FieldId f) {
    present_[index(f) / 64] |= uint64_t{1} << index(f) % 64;
    return values_[index(f)];
  }

  EventType type_ = EventType::sensor_start;
  std::array<uint64_t, (kFieldCount + 63) / 64> present_{};
  std::array<Value, kFieldCount> values_;
  base::Arena arena_{8192};
};

}  // namespace aurochs::event
