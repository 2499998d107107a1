// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void mount_family(Source&, event::Event&, Result&) {}
void namespace_family(Source&, event::Event&, Result&) {}
void swap_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
