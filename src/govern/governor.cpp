// SPDX-License-Identifier: Apache-2.0
#include "govern/governor.h"

namespace aurochs::govern {

Governor::Governor(std::string_view policy) {
  if (auto parsed = parse_policy(policy)) policy_ = *parsed;
}

bool Governor::admit(event::Event& e, int64_t) { return wants(e.type()); }

bool Governor::next(event::Event&, int64_t) { return false; }

}  // namespace aurochs::govern
