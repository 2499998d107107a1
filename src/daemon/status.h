// SPDX-License-Identifier: Apache-2.0
// The answer to the verb "status": a flat JSON object. Names stay; lost_CAUSE and bytes_TYPE are there where they are not 0.
// Pure.
#pragma once
#include <cstdint>
#include <string>

#include "daemon/core.h"

namespace aurochs::daemon {

struct StatusFacts {
  Figures figures;
  std::string mode, profile, cfg_version, canary, blind;
  uint64_t uptime_s = 0, rules = 0, ring_bytes = 0, outbox_bytes = 0;
  uint64_t backlog = 0, backlog_limit = 0, kernel_lost = 0, cpu_ms = 0, cpu_percent = 0, rss_bytes = 0;
  bool is_lost_meaningful = true;
};
std::string status_answer(const StatusFacts& facts);

}  // namespace aurochs::daemon
