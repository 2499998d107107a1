// SPDX-License-Identifier: Apache-2.0
// Policy: what goes out, out of a text of lines "off TYPE" and "on TYPE", the later one wins; TYPE is the name of a type of
// event or "all"; # begins a comment. Immutable while it is in force; a new one replaces it whole.
#pragma once
#include <bitset>
#include <string>
#include <string_view>

#include "base/result.h"
#include "event/catalogue.h"

namespace aurochs::govern {

struct Policy {
  std::bitset<event::kEventTypeCount> off;  ///< default: everything goes out, as for a log that is decoded
};

/// Error: "line N: ...".
base::Result<Policy> parse_policy(std::string_view text);
/// Text: off what the catalogue marks 0 in that profile: 1 default, 2 high network, 3 high process, 4 high file.
std::string profile_policy(unsigned profile);
/// Text: `names` joined by '|' on or off.
std::string switch_types(std::string_view names, bool on);

}  // namespace aurochs::govern
