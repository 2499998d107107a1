// SPDX-License-Identifier: Apache-2.0
// The host frame: first frame of a recording. It carries what the line is built from (identity, constant fields, seed),
// so that a replay builds the same line; a second one, at the end, says why the sensor stopped.
#pragma once
#include <string>

#include "audit/frame.h"
#include "pipeline/pipeline.h"

namespace aurochs::pipeline {

/// Sections of `options`; how = capture mode.
std::string host_sections(const Options& options, std::string_view how);
std::string stop_sections(std::string_view why);

/// Into default options; boot_id backs options.identity.boot_id and must outlive it. False: damaged.
bool read_host_frame(const audit::Frame& frame, Options& options, std::string& boot_id, std::string& how);
std::string stop_reason(const audit::Frame& frame);

/// Fields that say which sensor this is.
void add_sensor_settings(enrich::Settings& settings, std::string_view version);

}  // namespace aurochs::pipeline
