// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void config_change_family(Source&, event::Event&, Result&) {}
void mac_family(Source&, event::Event&, Result&) {}
void seccomp_family(Source&, event::Event&, Result&) {}
void kernel_anomaly_family(Source&, event::Event&, Result&) {}
void firewall_family(Source&, event::Event&, Result&) {}
void integrity_family(Source&, event::Event&, Result&) {}
void bpf_record_family(Source&, event::Event&, Result&) {}
void kernel_module_record_family(Source&, event::Event&, Result&) {}
void time_record_family(Source&, event::Event&, Result&) {}
void device_record_family(Source&, event::Event&, Result&) {}
void feature_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
