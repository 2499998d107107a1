// SPDX-License-Identifier: Apache-2.0
#include "event/fields.h"

#include <array>

namespace aurochs::event {
namespace {
constexpr FieldRow kRows[] = {
#define AUROCHS_FIELD(name, type, block, ecs, cef, sigma, doc) {#name, Type::type, Block::block, ecs, cef, sigma, doc},
    AUROCHS_FIELDS(AUROCHS_FIELD)
#undef AUROCHS_FIELD
};
static_assert(sizeof kRows / sizeof *kRows == kFieldCount);

// Open addressing: observations name their fields by text.
constexpr size_t kSlots = 1024;
static_assert(kFieldCount * 2 < kSlots);

constexpr uint32_t hash(std::string_view s) {
  uint32_t h = 0x811C9DC5u;
  for (size_t i = 0; i < s.size(); ++i) h = (h ^ static_cast<uint8_t>(s[i])) * 0x01000193u;
  return h ^ h >> 15;
}

/// Row + 1; 0: empty.
constexpr std::array<uint16_t, kSlots> make_slots() {
  std::array<uint16_t, kSlots> slots{};
  for (size_t i = 0; i < kFieldCount; ++i) {
    size_t at = hash(kRows[i].name) % kSlots;
    while (slots[at]) at = (at + 1) % kSlots;
    slots[at] = static_cast<uint16_t>(i + 1);
  }
  return slots;
}
constexpr auto kSlotOf = make_slots();
}  // namespace

const FieldRow& field_row(FieldId id) { return kRows[static_cast<size_t>(id)]; }

std::string_view type_name(Type t) {
  constexpr std::string_view kNames[] = {"text", "number", "integer", "boolean", "time", "octal"};
  return kNames[static_cast<size_t>(t)];
}

std::string_view block_name(Block b) {
  constexpr std::string_view kNames[] = {"event", "device", "sensor", "process", "image", "parent", "privilege", "script", "target", "file", "logon", "network", "system"};
  return kNames[static_cast<size_t>(b)];
}

FieldId field_by_name(std::string_view name) {
  for (size_t at = hash(name) % kSlots; kSlotOf[at]; at = (at + 1) % kSlots)
    if (kRows[kSlotOf[at] - 1u].name == name) return static_cast<FieldId>(kSlotOf[at] - 1);
  return FieldId::count_;
}

}  // namespace aurochs::event
