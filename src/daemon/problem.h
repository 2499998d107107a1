// SPDX-License-Identifier: Apache-2.0
// What ends aurochsd: its exit statuses, and a problem with the sentence that goes to log() once.
#pragma once
#include <string>

namespace aurochs::daemon {

/// Exit statuses of aurochsd.
enum Exit : int {
  kExitOk = 0,
  kExitFailed = 1,
  kExitUsage = 2,      ///< options, configuration, rule files
  kExitBusy = 3,       ///< state directory or rules held by another sensor
  kExitNoAudit = 4,    ///< no audit in the kernel, or not permitted
  kExitNoStream = 5,   ///< audit is there, but its records can not be had
  kExitDegraded = 6,   ///< ran, but without its own rules (locked audit)
};

struct Problem {
  int exit = kExitFailed;
  std::string message;
};

}  // namespace aurochs::daemon
