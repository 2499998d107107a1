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
#include "daemon/problem.h"
#include "daemon/record_source.h"
#include "daemon/watching.h"

namespace aurochs::daemon {

class KernelSide {
 public:
  /// position_file: how far the log of auditd was read.
  KernelSide(const config::Config& config, std::string rules_dir, std::string memory_file, std::string position_file, std::string boot_id, base::Clock& clock, capture::RuleChoice choice);
  ~KernelSide();
  KernelSide(const KernelSide&) = delete;
  KernelSide& operator=(const KernelSide&) = delete;

  /// Nothing on success. Messages of what goes on without go to log(). watching: outlives this.
  std::optional<Problem> open(Watching& watching);
  /// Other types of event, another profile: what is not wanted any more goes, what is missing comes. An error leaves the rules as they are.
  base::Status use(const capture::RuleChoice& choice);
  /// Watch rules for what came or went since; once a second is enough.
  void follow_watches(int64_t now_ms);
  void close();

  /// nullptr: no control over audit, or it is locked.
  std::unique_ptr<capture::QuietThreads> quiet_threads();

  RecordSource& source() { return source_; }
  /// Null where the kernel's audit can not be asked.
  capture::AuditControl* control() { return control_.get(); }
  bool is_degraded() const { return degraded_; }
  /// For the capture thread; -1: none. To be taken once.
  bool has_connector() const { return has_connector_; }
  int take_connector_fd() { return connector_.release(); }
  /// The kernel has handed out every record but the one that its thread (kauditd) holds; true also where it can not be asked.
  bool is_queue_empty();
  /// Nothing where audit can not be asked.
  std::optional<capture::AuditStatus> status();
  /// The kernel's count of lost records since the last call; 0 at the first.
  uint64_t lost_since_last_call();

 private:
  std::optional<Problem> open_control();
  bool own_rules();
  std::optional<Problem> load_rules();
  base::Result<std::vector<capture::Rule>> read_rules(const capture::RuleChoice& choice) const;
  std::vector<capture::Rule> wanted_rules() const;
  bool knows_other_programs();
  base::Result<capture::AppliedRules> apply();
  void report(const capture::AppliedRules& applied);

  const config::Config& config_;
  std::string rules_dir_, memory_file_, boot_id_;
  base::Clock& clock_;
  capture::RuleChoice choice_;
  std::unique_ptr<capture::NetlinkTransport> control_transport_;
  std::unique_ptr<capture::AuditControl> control_;
  std::unique_ptr<capture::AuditGuard> guard_;
  capture::KernelProfile profile_;
  Watching* watching_ = nullptr;
  std::vector<capture::Rule> rules_;    ///< of the rule files
  std::set<std::string> refused_;       ///< rules that the kernel does not take: told once, not tried again
  RecordSource source_;
  base::UniqueFd connector_, rules_lock_;
  bool has_connector_ = false;
  bool degraded_ = false, rules_loaded_ = false, has_lost_ = false;
  uint32_t lost_ = 0;
};

}  // namespace aurochs::daemon
