// SPDX-License-Identifier: Apache-2.0
// RulesGuard: looks whether our rules and the state of audit are still as we left them, when the signs of a change have ended for
// limits::kRestoreMs and every limits::kRulePollMs, puts back what is gone, and says so by a SensorRulesUpdate event and in the log. Whoever keeps taking it
// away gets his way (Truce), and the log and an event say that too. Rules of others are not looked at; backlog_limit is never fought for.
// Refuses to restore where capture.guard = no: then it only tells. Main thread; the control socket, settings and rules outlive it.
#pragma once
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "capture/audit_control.h"
#include "capture/audit_guard.h"
#include "capture/rule_set.h"
#include "daemon/truce.h"
#include "event/event.h"

namespace aurochs::daemon {

class RulesGuard {
 public:
  using Tell = std::function<void(const event::Event&)>;
  /// loaded: we have rules in the kernel. restores: capture.guard.
  RulesGuard(capture::AuditControl& control, capture::AuditGuard& settings, bool loaded, bool restores, Tell tell)
      : control_(control), settings_(settings), is_loaded_(loaded), restores_(restores), tell_(std::move(tell)) {}

  /// What the start did; once.
  void tell_start(size_t rules, bool locked);
  /// A CONFIG_CHANGE record passed.
  void changed(int64_t now_ms);
  int64_t next_look_ms() const { return next_look_ms_; }
  /// Looks when it is time. wanted: our rules, without those that the kernel refuses. What it refuses now is given to the caller.
  std::vector<capture::RefusedRule> poll(int64_t now_ms, const std::vector<capture::Rule>& wanted);
  /// Our rules are left out on purpose for now, or somebody is at work on rules: whoever else changes them waits too.
  bool must_wait(int64_t now_ms) const { return rules_truce_.holds(now_ms) || first_sign_ms_; }
  bool is_locked() const { return is_locked_; }

 private:
  void check_settings(const capture::AuditStatus& status, int64_t now_ms);
  void turn_on(int64_t now_ms);
  std::vector<capture::RefusedRule> check_rules(int64_t now_ms, const std::vector<capture::Rule>& wanted);
  void say(std::string_view what, size_t count, const std::string& text, bool is_bad = true);

  capture::AuditControl& control_;
  capture::AuditGuard& settings_;
  const bool is_loaded_, restores_;
  Tell tell_;
  Truce rules_truce_, enabled_truce_;
  int64_t next_look_ms_ = 0, first_sign_ms_ = 0;  ///< 0: no sign since the last look
  bool is_locked_ = false, told_backlog_ = false;
  bool told_off_ = false, told_gone_ = false;  ///< without restores_: said until it is back
};

}  // namespace aurochs::daemon
