// SPDX-License-Identifier: Apache-2.0
#include "daemon/policy_text.h"

#include "base/fd.h"
#include "base/limits.h"
#include "govern/policy.h"

namespace aurochs::daemon {

base::Result<std::string> policy_text(const config::Config& config, unsigned profile) {
  std::string text = govern::profile_policy(profile);
  if (!config.events_policy.empty()) {
    auto file = base::read_file(config.events_policy, limits::kConfigBytes);
    if (!file) return base::Error{file.error().code, file.error().message + "; give a readable file with events.policy, or none"};
    if (auto parsed = govern::parse_policy(*file); !parsed) return base::Error{0, config.events_policy + ": " + parsed.error().message};
    else if (parsed->profile != 1)
      return base::Error{0, config.events_policy + ": profile: is no line of an administrator's file; choose it with profile.name"};
    text += *file + '\n';
  }
  const std::string switched = govern::switch_types(config.events_on, true) + govern::switch_types(config.events_off, false);
  if (auto parsed = govern::parse_policy(switched); !parsed) return base::Error{0, "events.on, events.off: " + parsed.error().message};
  return text + switched;
}

}  // namespace aurochs::daemon
