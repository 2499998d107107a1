// SPDX-License-Identifier: Apache-2.0
// Host: what the line is built from (identity, constant fields, seed), and the same as the host frame, the first frame of a
// recording, so that a replay builds the same line; a second host frame, at the end, says why the sensor stopped.
#pragma once
#include <string>

#include "audit/frame.h"
#include "enrich/settings.h"
#include "state/process_table.h"

namespace aurochs::enrich {

struct Host {
  state::Identity identity;
  Settings settings;
  std::string policy;      ///< text of govern/policy.h: what goes out
  std::string watches;     ///< text of the watch table
  std::string blind;       ///< names of what the sensor can not see here, joined by '|'; told by its start
  uint64_t uuid_seed = 0;  ///< event_uuid: random by seed, the same in a replay of the same recording
};

/// Sections of the host frame; how = capture mode.
std::string host_sections(const Host& host, std::string_view how);
std::string stop_sections(std::string_view why);

/// Into a default Host; boot_id backs host.identity.boot_id and must outlive it. False: damaged.
bool read_host_frame(const audit::Frame& frame, Host& host, std::string& boot_id, std::string& how);
std::string stop_reason(const audit::Frame& frame);

/// Fields that say which sensor this is.
void add_sensor_settings(Settings& settings, std::string_view version);

}  // namespace aurochs::enrich
