// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void setuid_family(Source&, event::Event&, Result&) {}
void setgid_family(Source&, event::Event&, Result&) {}
void groups_family(Source&, event::Event&, Result&) {}
void capset_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
