// SPDX-License-Identifier: Apache-2.0
#include "enrich/logon_events.h"

namespace aurochs::enrich {

bool LogonEvents::take(event::Event&) { return true; }

bool LogonEvents::next(event::Event&, int64_t) { return false; }

}  // namespace aurochs::enrich
