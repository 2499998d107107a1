// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void module_family(Source&, event::Event&, Result&) {}
void bpf_family(Source&, event::Event&, Result&) {}
void kexec_family(Source&, event::Event&, Result&) {}
void kernel_log_family(Source&, event::Event&, Result&) {}
void io_port_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
