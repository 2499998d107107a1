// SPDX-License-Identifier: Apache-2.0
// Facts of this host that stand on every event, read once at start. Nothing here waits: no name service, no DNS.
#pragma once
#include <string>

#include "enrich/settings.h"
#include "state/process_table.h"

namespace aurochs::daemon {

struct HostFacts {
  std::string boot_id;
  int64_t boot_time_ms = 0;
  uint32_t ticks_per_second = 100;
};
HostFacts read_host_facts();
/// dev_* fields into settings.
void add_device_settings(enrich::Settings& settings, const HostFacts& facts);

}  // namespace aurochs::daemon
