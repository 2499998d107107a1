// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void ptrace_family(Source&, event::Event&, Result&) {}
void vm_family(Source&, event::Event&, Result&) {}
void memfd_family(Source&, event::Event&, Result&) {}
void protect_family(Source&, event::Event&, Result&) {}
void map_family(Source&, event::Event&, Result&) {}
void memory_misc_family(Source&, event::Event&, Result&) {}
void ipc_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
