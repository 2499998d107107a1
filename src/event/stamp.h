// SPDX-License-Identifier: Apache-2.0
// What every event carries of its type, and its uuid.
#pragma once
#include "event/event.h"

namespace aurochs::event {

/// Makes `e` an event of `type`: id, names, source, count, and a version 4 UUID out of (seed, ordinal): the same input
/// gives the same events, so that a replay can be compared byte by byte.
void stamp(Event& e, EventType type, uint64_t seed, uint64_t ordinal);

}  // namespace aurochs::event
