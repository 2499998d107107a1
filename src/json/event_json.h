// SPDX-License-Identifier: Apache-2.0
// One event as one flat JSON object, keys in the order of the field table.
#pragma once
#include "event/event.h"
#include "json/writer.h"

namespace aurochs::json {

/// Appends the object (no newline).
void write_event(const event::Event& e, Writer& w);

/// The same as one line, with its newline. Answers how many bytes it added.
size_t write_line(const event::Event& e, Writer& w);

}  // namespace aurochs::json
