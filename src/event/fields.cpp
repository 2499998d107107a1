// SPDX-License-Identifier: Apache-2.0
#include "event/fields.h"

namespace aurochs::event {
namespace {
constexpr FieldRow kRows[] = {
#define AUROCHS_FIELD(name, type, block, ecs, cef, sigma, doc) {#name, Type::type, Block::block, ecs, cef, sigma, doc},
    AUROCHS_FIELDS(AUROCHS_FIELD)
#undef AUROCHS_FIELD
};
static_assert(sizeof kRows / sizeof *kRows == kFieldCount);
}  // namespace

const FieldRow& field_row(FieldId id) { return kRows[static_cast<size_t>(id)]; }

std::string_view type_name(Type t) {
  constexpr std::string_view kNames[] = {"text", "number", "integer", "boolean", "time", "octal"};
  return kNames[static_cast<size_t>(t)];
}

std::string_view block_name(Block b) {
  constexpr std::string_view kNames[] = {"event", "device", "sensor", "process", "image", "parent", "privilege", "script"};
  return kNames[static_cast<size_t>(b)];
}

FieldId field_by_name(std::string_view name) {
  for (size_t i = 0; i < kFieldCount; ++i)
    if (kRows[i].name == name) return static_cast<FieldId>(i);
  return FieldId::count_;
}

}  // namespace aurochs::event
