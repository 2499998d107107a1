// SPDX-License-Identifier: Apache-2.0
#include "event/stamp.h"

#include "base/uuid.h"

namespace aurochs::event {
namespace {

/// splitmix64 (Steele, Lea, Flood 2014): event_uuid needs no secrecy, only the same bits for the same input.
uint64_t mix(uint64_t x) {
  x += 0x9E3779B97F4A7C15u;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
  x = (x ^ x >> 27) * 0x94D049BB133111EBu;
  return x ^ x >> 31;
}

}  // namespace

void stamp(Event& e, EventType type, uint64_t seed, uint64_t ordinal) {
  const EventRow& row = event_row(type);
  e.retype(type);
  e.set_number(FieldId::event_id, row.id);
  e.set_text(FieldId::event_type, row.type);
  e.set_text(FieldId::event_type_vendor, row.vendor_type);
  if (!e.has(FieldId::event_log_source)) e.set_text(FieldId::event_log_source, row.log_source);
  e.set_text(FieldId::rule_name, row.rule_name);
  if (!e.has(FieldId::event_count)) e.set_number(FieldId::event_count, 1);
  const uint64_t high = mix(seed + 2 * ordinal), low = mix(high ^ seed ^ (2 * ordinal + 1));
  char* uuid = e.arena().allocate(base::kUuidTextBytes, 1);
  base::format_uuid(base::uuid_v4(high, low), uuid);
  e.set_text(FieldId::event_uuid, {uuid, base::kUuidTextBytes});
}

}  // namespace aurochs::event
