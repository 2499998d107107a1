// SPDX-License-Identifier: Apache-2.0
// The other process of an act, from OBJ_PID records or from an argument, and other parts that the families of acts share.
#pragma once
#include "normalize/parts.h"
#include "normalize/words.h"

namespace aurochs::normalize {

/// tgt_* of the first OBJ_PID record whose process is not the actor. Further ones stand in op_value, as pids joined by '|'. False: none.
bool write_target(Source& in, event::Event& out, const SyscallFacts& call);
/// An OBJ_PID record names the actor.
bool targets_itself(const Source& in, const SyscallFacts& call);
/// The act is on the sensor itself: a rule of ours with that key says so, or, where another rule took the call first, OBJ_PID names it.
bool targets_sensor(Source& in);
/// The process that an argument names, where no record does: a number of the caller's PID namespace.
void write_target_argument(event::Event& out, int32_t pid);
/// The path that the call was about, absolute: PATH item `item`. Empty where there is none.
std::string_view path_argument(Source& in, std::string_view item);
/// file_path and file_name of that path.
void write_path(Source& in, event::Event& out, std::string_view item = "0");
/// A field by its name on the wire, for those that no table of keys has; nullptr: none.
const audit::Field* field_named(const audit::Record& r, std::string_view name);

}  // namespace aurochs::normalize
