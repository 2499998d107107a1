// SPDX-License-Identifier: Apache-2.0
// SelfWatch: does the sensor still see, and what did the kernel lose? Once a second: the canary (daemon/canary.h), the
// kernel's count of lost records as AuditLost, its queue for the heartbeat, the sensor's own cost for status. Main thread.
#pragma once
#include <string>

#include "daemon/canary.h"
#include "daemon/core.h"
#include "daemon/kernel_side.h"
#include "daemon/lost_counter.h"
#include "daemon/status.h"

namespace aurochs::daemon {

/// Random, never 0.
uint32_t canary_token();

class SelfWatch {
 public:
  /// canary_s: of the configuration. token: of the rule that reports the acts; 0: no rule of ours is in the kernel, no canary.
  SelfWatch(KernelSide& kernel, Core& core, enrich::LinuxProcReader& host, const std::string& canary_s, uint32_t token);
  void second(int64_t now_ms);
  void describe(StatusFacts& facts);

 private:
  void ask_kernel(int64_t now_ms);
  void watch_canary(int64_t now_ms);
  void tell_blind();
  void tell(bool sees, const std::string& why);
  void measure(int64_t now_ms);

  KernelSide& kernel_;
  Core& core_;
  enrich::LinuxProcReader& host_;
  const uint32_t token_;
  Canary canary_;
  LostCounter lost_;
  capture::AuditStatus status_;
  std::string why_;  ///< of the newest blindness
  int64_t next_status_ms_ = 0, measured_ms_ = 0;
  uint64_t cpu_ms_ = 0, cpu_before_ms_ = 0, cpu_percent_ = 0;
  bool has_status_ = false, has_told_lost_ = false;
};

}  // namespace aurochs::daemon
