// SPDX-License-Identifier: Apache-2.0
// KernelSide: everything that the sensor has at the kernel: the control socket, the stream, the connector, our rules, and
// the settings that were changed for them. open() says plainly what is missing and what works without it; close() takes
// away every rule of ours and puts every changed setting back. Main thread; the stream's descriptors go to capture.
#pragma once
#include <map>
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
#include "daemon/rules_guard.h"
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
  /// After open(), once: from here on our rules and the state of audit are watched over. tell outlives this.
  void guard(RulesGuard::Tell tell);
  /// A CONFIG_CHANGE record passed.
  void changed(int64_t now_ms);
  int64_t next_look_ms() const { return rules_guard_ ? rules_guard_->next_look_ms() : INT64_MAX; }
  /// Puts back what somebody took away, and watch rules for what came or went since; at next_look_ms(), and once a second.
  void follow(int64_t now_ms);
  void close();

  /// nullptr: no control over audit, or it is locked.
  std::unique_ptr<capture::QuietThreads> quiet_threads();

  RecordSource& source() { return source_; }
  /// Null where the kernel's audit can not be asked.
  capture::AuditControl* control() { return control_.get(); }
  bool is_degraded() const { return degraded_ || (rules_guard_ && rules_guard_->is_locked()); }
  /// For the capture thread; -1: none. To be taken once.
  bool has_connector() const { return has_connector_; }
  int take_connector_fd() { return connector_.release(); }
  /// The kernel has handed out every record but the one that its thread (kauditd) holds; true also where it can not be asked.
  bool is_queue_empty();
  /// Before open(): our rules shall report acts of that token (daemon/canary.h).
  void use_canary(uint32_t token) { canary_ = token; }
  bool has_rules() const { return rules_loaded_; }
  const capture::KernelProfile& profile() const { return profile_; }
  /// Nothing where audit can not be asked.
  std::optional<capture::AuditStatus> status();

 private:
  std::optional<Problem> open_control();
  std::optional<Problem> own_rules();
  std::optional<Problem> load_rules();
  base::Result<std::vector<capture::Rule>> read_rules(const capture::RuleChoice& choice) const;
  bool knows_other_programs();
  void follow_watches(int64_t now_ms);
  void collect();
  base::Result<capture::AppliedRules> apply();
  void report(const std::vector<capture::RefusedRule>& refused);

  const config::Config& config_;
  std::string rules_dir_, memory_file_, boot_id_;
  base::Clock& clock_;
  capture::RuleChoice choice_;
  std::unique_ptr<capture::NetlinkTransport> control_transport_;
  std::unique_ptr<capture::AuditControl> control_;
  std::unique_ptr<capture::AuditGuard> guard_;
  capture::KernelProfile profile_;
  Watching* watching_ = nullptr;
  std::unique_ptr<RulesGuard> rules_guard_;
  std::vector<capture::Rule> rules_;    ///< of ourselves and of the rule files
  std::vector<capture::Rule> wanted_;   ///< with those of the watches, without refused_
  std::map<std::string, int> refused_;  ///< rules that the kernel does not take, with its errno
  std::set<std::string> told_;          ///< of those
  int64_t next_retry_ms_ = 0;           ///< of the refused ones whose directory was not there
  RecordSource source_;
  base::UniqueFd connector_, rules_lock_;
  bool has_connector_ = false;
  bool degraded_ = false, rules_loaded_ = false;
  uint32_t canary_ = 0;
};

}  // namespace aurochs::daemon
