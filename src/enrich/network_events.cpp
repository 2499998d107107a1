// SPDX-License-Identifier: Apache-2.0
#include "enrich/network_events.h"

namespace aurochs::enrich {

bool NetworkEvents::take(event::Event&) { return true; }

bool NetworkEvents::next(event::Event&, int64_t) { return false; }

}  // namespace aurochs::enrich
