// SPDX-License-Identifier: Apache-2.0
#include "audit/keys.h"

#include <array>
#include <cstring>

namespace aurochs::audit {
namespace {

struct Row {
  std::string_view name;
  bool untrusted;
};

constexpr Row kRows[] = {
    {"", false},
#define AUROCHS_KEY(enumerator, wire, untrusted) {#wire, untrusted != 0},
    AUROCHS_KEYS(AUROCHS_KEY)
#undef AUROCHS_KEY
};
constexpr size_t kCount = sizeof kRows / sizeof *kRows;
static_assert(kCount == static_cast<size_t>(Key::count_));
static_assert(kCount < 256);

// Open addressing, four times as many slots as names: a look-up is one hash and, nearly always, one compare.
constexpr size_t kSlots = 512;

constexpr uint32_t hash(std::string_view s) {
  uint32_t h = static_cast<uint32_t>(s.size()) * 0x9E3779B1u;
  for (size_t i = 0; i < s.size(); ++i) h = (h ^ static_cast<uint8_t>(s[i])) * 0x01000193u;
  return h ^ h >> 15;
}

constexpr std::array<uint8_t, kSlots> make_slots() {
  std::array<uint8_t, kSlots> slots{};
  for (size_t i = 1; i < kCount; ++i) {
    size_t at = hash(kRows[i].name) % kSlots;
    while (slots[at]) at = (at + 1) % kSlots;
    slots[at] = static_cast<uint8_t>(i);
  }
  return slots;
}
constexpr auto kSlotOf = make_slots();

/// Names are a few bytes long: a loop beats the call to memcmp.
bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i]) return false;
  return true;
}

}  // namespace

Key key_of(std::string_view name) {
  if (name.size() > 16) return Key::other;
  for (size_t at = hash(name) % kSlots; kSlotOf[at]; at = (at + 1) % kSlots)
    if (same(kRows[kSlotOf[at]].name, name)) return static_cast<Key>(kSlotOf[at]);
  return Key::other;
}

bool is_untrusted(Key key) { return kRows[static_cast<size_t>(key)].untrusted; }

}  // namespace aurochs::audit
