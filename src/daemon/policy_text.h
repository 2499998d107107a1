// SPDX-License-Identifier: Apache-2.0
// What goes out, as one text for govern/policy.h: the profile, the administrator's file, then events.on and events.off.
#pragma once
#include <string>

#include "base/result.h"
#include "config/config.h"

namespace aurochs::daemon {

/// An error names the file and its line.
base::Result<std::string> policy_text(const config::Config& config, unsigned profile);

}  // namespace aurochs::daemon
