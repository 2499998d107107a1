// SPDX-License-Identifier: Apache-2.0
// KernelSide: everything that the sensor has at the kernel: the control socket, the stream, the connector, our rules, and
// the settings that were changed for them. open() says plainly what is missing and what works without it; close() takes
// away every rule of ours and puts every changed setting back. Main thread; the stream's descriptors go to capture.
#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "capture/audit_control.h"
#include "capture/audit_guard.h"
#include "capture/kernel_profile.h"
#include "capture/quiet_threads.h"
#include "capture/rule_set.h"
#include "capture/transport.h"
#include "config/config.h"
#include "daemon/watching.h"

namespace aurochs::daemon {

/// Exit statuses of aurochsd.
enum Exit : int {
  kExitOk = 0,
  kExitFailed = 1,
  kExitUsage = 2,      ///< options, configuration, rule files
  kExitBusy = 3,       ///< state directory held by another sensor
  kExitNoAudit = 4,    ///< no audit in the kernel, or not permitted
  kExitNoStream = 5,   ///< audit is there, but its records can not be had
  kExitDegraded = 6,   ///< ran, but without its own rules (locked audit)
};

struct Problem {
  int exit = kExitFailed;
  std::string message;
};

class KernelSide {
 public:
  KernelSide(const config::Config& config, std::string rules_dir, std::string memory_file, std::string boot_id, base::Clock& clock, capture::Wants wants);
  ~KernelSide();
  KernelSide(const KernelSide&) = delete;
  KernelSide& operator=(const KernelSide&) = delete;

  /// Nothing on success. Messages of what goes on without go to log(). watching: outlives this.
  std::optional<Problem> open(Watching& watching);
  /// Watch rules for what came or went since; once a second is enough.
  void follow_watches(int64_t now_ms);
  void close();

  /// nullptr: no control over audit, or it is locked.
  std::unique_ptr<capture::QuietThreads> quiet_threads();

  capture::Mode mode() const { return mode_; }
  const char* mode_name() const;
  bool is_degraded() const { return degraded_; }
  /// Descriptors for the capture thread; -1: none. To be taken once.
  int take_stream_fd();
  bool has_connector() const { return static_cast<bool>(connector_); }
  int take_connector_fd() { return connector_.release(); }
  /// The kernel has handed out every record but the one that its thread (kauditd) holds; true also where it can not be asked.
  bool is_queue_empty();
  /// The kernel's count of lost records since the last call; 0 at the first.
  uint64_t lost_since_last_call();

 private:
  std::optional<Problem> open_control();
  std::optional<Problem> open_stream();
  bool own_rules();
  std::optional<Problem> load_rules();
  bool knows_other_programs();
  base::Result<capture::AppliedRules> apply();
  void report(const capture::AppliedRules& applied);

  const config::Config& config_;
  std::string rules_dir_, memory_file_, boot_id_;
  base::Clock& clock_;
  capture::Wants wants_;
  std::unique_ptr<capture::NetlinkTransport> control_transport_, stream_;
  std::unique_ptr<capture::AuditControl> control_;
  std::unique_ptr<capture::AuditGuard> guard_;
  capture::KernelProfile profile_;
  Watching* watching_ = nullptr;
  std::vector<capture::Rule> rules_;    ///< of the rule files
  std::set<std::string> refused_;       ///< rules that the kernel does not take: told once, not tried again
  capture::Mode mode_ = capture::Mode::multicast;
  base::UniqueFd connector_, rules_lock_;
  bool degraded_ = false, rules_loaded_ = false, is_registered_ = false, has_lost_ = false;
  uint32_t lost_ = 0;
};

}  // namespace aurochs::daemon
