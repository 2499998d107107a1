// SPDX-License-Identifier: Apache-2.0
#include "event/catalogue.h"

namespace aurochs::event {
namespace {
constexpr EventRow kRows[] = {
#define AUROCHS_EVENT(name, id, type, vendor, words, source, category, volume, profiles, trigger) \
  {id, type, vendor, source, category, Volume::volume, profiles, trigger, vendor " - " words " Info"},
    AUROCHS_EVENTS(AUROCHS_EVENT)
#undef AUROCHS_EVENT
};
static_assert(sizeof kRows / sizeof *kRows == kEventTypeCount);
}  // namespace

const EventRow& event_row(EventType t) { return kRows[static_cast<size_t>(t)]; }

EventType event_by_id(uint64_t id) {
  for (size_t i = 0; i < kEventTypeCount; ++i)
    if (kRows[i].id == id) return static_cast<EventType>(i);
  return EventType::count_;
}

std::string_view volume_name(Volume v) {
  constexpr std::string_view kNames[] = {"very low", "low", "medium", "high"};
  return kNames[static_cast<size_t>(v)];
}

}  // namespace aurochs::event
