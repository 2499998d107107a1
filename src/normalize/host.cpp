// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void clock_family(Source&, event::Event&, Result&) {}
void host_name_family(Source&, event::Event&, Result&) {}
void reboot_family(Source&, event::Event&, Result&) {}
void accounting_family(Source&, event::Event&, Result&) {}
void kernel_key_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
