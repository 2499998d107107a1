// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void signal_family(Source&, event::Event&, Result&) {}
void root_family(Source&, event::Event&, Result&) {}
void priority_family(Source&, event::Event&, Result&) {}
void limit_family(Source&, event::Event&, Result&) {}
void personality_family(Source&, event::Event&, Result&) {}
void prctl_family(Source&, event::Event&, Result&) {}
void setsid_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
