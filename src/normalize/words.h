// SPDX-License-Identifier: Apache-2.0
// Words: numbers of the kernel's interface as the names its headers give them, and short texts made of arguments.
// Tables are constexpr arrays of Word beside the family that reads them, each with the header it is from. Text goes into the
// event's own arena. Reads no record and keeps nothing; any thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "event/event.h"

namespace aurochs::normalize {

struct Word {
  uint64_t value;
  std::string_view name;
};

/// Name of a value; empty when the table has none.
template <size_t N>
std::string_view word_of(const Word (&table)[N], uint64_t value) {
  for (const Word& w : table)
    if (w.value == value) return w.name;
  return {};
}

/// Sets `field` to the names of the bits of `flags`, joined by '|'; what has no name comes last, in hex. No bit: not set.
void set_flags(event::Event& out, event::FieldId field, const Word* table, size_t count, uint64_t flags);
template <size_t N>
void set_flags(event::Event& out, event::FieldId field, const Word (&table)[N], uint64_t flags) {
  set_flags(out, field, table, N, flags);
}
/// Name of a value, or its number where the table has none.
void set_word(event::Event& out, event::FieldId field, const Word* table, size_t count, uint64_t value);
template <size_t N>
void set_word(event::Event& out, event::FieldId field, const Word (&table)[N], uint64_t value) {
  set_word(out, field, table, N, value);
}
void set_decimal(event::Event& out, event::FieldId field, int64_t value);
void set_hex(event::Event& out, event::FieldId field, uint64_t value);

/// An int or unsigned argument: a register holds 64 bits, the call reads the low half.
inline int32_t int_of(uint64_t argument) { return static_cast<int32_t>(static_cast<uint32_t>(argument)); }
inline uint32_t word32(uint64_t argument) { return static_cast<uint32_t>(argument); }

}  // namespace aurochs::normalize
