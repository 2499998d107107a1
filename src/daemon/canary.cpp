// SPDX-License-Identifier: Apache-2.0
#include "daemon/canary.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/limits.h"
#include "capture/blind.h"
#include "capture/rule.h"

namespace aurochs::daemon {
namespace {

constexpr int64_t kBehindMs = 12 * limits::kCanaryPatienceMs;  // a queue that moves so slowly does not move

struct Act {
  unsigned long token, number;
};

void* act(void* what) {
  const Act& a = *static_cast<const Act*>(what);
  (void)::syscall(SYS_personality, 0xFFFFFFFFul, a.token, a.number);
  return nullptr;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& text : texts) out.append(out.empty() ? "" : "; ").append(text);
  return out;
}

}  // namespace

bool Canary::is_due(int64_t now_ms) {
  if (!every_ms_ || is_waiting_ || now_ms < next_ms_) return false;
  ++number_;
  is_waiting_ = true;
  sent_ms_ = now_ms;
  next_ms_ = now_ms + every_ms_;
  return true;
}

Canary::Turn Canary::look(uint32_t seen, bool is_behind, int64_t now_ms) {
  if (!is_waiting_) return Turn::none;
  if (seen == number_) {
    is_waiting_ = false;
    has_seen_ = true;
    missed_ = 0;
    return std::exchange(is_blind_, false) ? Turn::sees : Turn::none;
  }
  if (now_ms - sent_ms_ < (is_behind ? kBehindMs : limits::kCanaryPatienceMs)) return Turn::none;
  is_waiting_ = false;
  next_ms_ = now_ms;  // at once: to be sure, and then to know when it sees again
  if (++missed_ < limits::kCanaryMissed || is_blind_) return Turn::none;
  is_blind_ = true;
  return Turn::blind;
}

bool do_canary_act(uint32_t token, uint32_t number) {
  Act a{token, number};
  pthread_t thread;
  if (::pthread_create(&thread, nullptr, act, &a) != 0) return false;
  return ::pthread_join(thread, nullptr) == 0;
}

std::string canary_rule(uint32_t token) {
  char text[128];
  std::snprintf(text, sizeof text, "-a always,exit -F arch=%s -S personality -F a0=0xffffffff -F a1=0x%x -k aurochs-canary", sizeof(long) == 8 ? "b64" : "b32", token);
  return text;
}

std::string why_blind(const capture::AuditStatus* status, const std::vector<std::string>& rules, std::string_view rule, uint32_t our_pid) {
  if (!status) return "audit can not be asked";
  if (!status->enabled) return "audit is off; auditctl -e 1";
  if (our_pid && status->pid != our_pid) return "process " + std::to_string(status->pid) + " holds the audit stream now; stop it, or use capture.mode = auto";
  if (std::none_of(rules.begin(), rules.end(), [&](const std::string& r) { return capture::same_rule(r, rule); }))
    return "the sensor's rules are gone; with capture.guard = yes they are put back";
  if (const auto hiding = capture::hiding_rules(rules); !hiding.empty()) return "rules of the site come first: " + joined(hiding);
  if (const auto excluding = capture::excluding_rules(rules); !excluding.empty()) return "rules of the site drop records: " + joined(excluding);
  if (status->backlog) return "the kernel's queue does not move: " + std::to_string(status->backlog) + " records wait; look after the audit daemon";
  return "audit is on and the rule is there, but no record comes: the stream is dead; start the sensor again";
}

}  // namespace aurochs::daemon
