// SPDX-License-Identifier: Apache-2.0
// Profiles: which load profile holds (aurochs-profiles(7)), and the change to another one: what the line lets out, kernel rules,
// polled sources, looks at execs. By hand, or on what govern::Load makes of the readings taken here each second. Once a minute it
// looks at the sensor's own memory as well. Main thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "capture/exec_watch.h"
#include "capture/stream.h"
#include "config/config.h"
#include "daemon/core.h"
#include "daemon/kernel_side.h"
#include "govern/load.h"
#include "observe/observer.h"

namespace aurochs::daemon {

class Profiles {
 public:
  /// What a profile rules; each may be missing.
  struct Parts {
    KernelSide* kernel = nullptr;
    Core* core = nullptr;
    observe::Observer* observer = nullptr;
    capture::Stream* stream = nullptr;
    capture::ExecWatch* watch = nullptr;
  };

  explicit Profiles(const config::Config& config);

  unsigned current() const { return current_; }
  /// The kernel rules for a policy.
  static capture::RuleChoice rules_for(const govern::Policy& policy);
  /// Before the first second(); brings the parts into the profile of the start.
  void attach(const Parts& parts);
  /// drops: records that the sensor's own sockets and ring lost so far.
  void second(int64_t now_ms, uint64_t drops);
  /// default, highnet, highproc, highfile, or auto. The error says why nothing changed.
  base::Status set(std::string_view name, const std::string& why);
  /// A configuration that was read anew: policy, profile, budgets.
  base::Status reload(const config::Config& config);

 private:
  base::Status change(unsigned profile, const std::string& why);
  void turn_parts();
  govern::Reading read(int64_t now_ms, uint64_t drops);
  void look_at_memory();

  config::Config config_;
  Parts parts_;
  govern::Load load_;
  govern::Reading last_;
  unsigned current_ = 1;
  bool is_auto_ = true;
  int64_t next_memory_ms_ = 0;
};

}  // namespace aurochs::daemon
