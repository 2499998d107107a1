// SPDX-License-Identifier: Apache-2.0
#include "event/event.h"

namespace aurochs::event {

size_t Event::field_count() const {
  size_t n = 0;
  for (const uint64_t word : present_) n += static_cast<size_t>(__builtin_popcountll(word));
  return n;
}

}  // namespace aurochs::event
