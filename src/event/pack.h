// SPDX-License-Identifier: Apache-2.0
// An event as bytes: what a source beside the audit stream sends to the core (FrameKind::observation), what a recording
// keeps of it, and how the line parks an event that waits for its facts. Fields go by name, so that a recording of another
// version can be read: [id u16] then, for each field, [name size u8][name][value size u32][value]; numbers are eight bytes.
// Pure; little endian.
#pragma once
#include <string>
#include <string_view>

#include "event/event.h"

namespace aurochs::event {

/// Appends.
void pack(const Event& e, std::string& out);
/// Fills `e`, texts copied into its arena; fields that this version does not know are passed over. False: damaged, or a
/// type that this version does not know; `e` is then not to be used.
bool unpack(std::string_view bytes, Event& e);

}  // namespace aurochs::event
