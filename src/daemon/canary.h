// SPDX-License-Identifier: Apache-2.0
// Canary: a system call of our own that a rule of our own must report, personality(0xffffffff, TOKEN, NUMBER): a question that
// changes nothing, on every kernel. It is done on a new thread, since a thread that is older than audit gives no records,
// and `never` rules of the list task decide at its birth. What this class decides needs no kernel: acts that are due, how
// long one is waited for, and when the sensor counts as blind or as seeing again. One thread (main).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "capture/audit_control.h"

namespace aurochs::daemon {

class Canary {
 public:
  enum class Turn : uint8_t { none, blind, sees };

  explicit Canary(int64_t every_ms) : every_ms_(every_ms) {}
  /// True: do the act of number() now. Never while one is waited for.
  bool is_due(int64_t now_ms);
  uint32_t number() const { return number_; }
  bool is_waiting() const { return is_waiting_; }
  /// seen: newest number that came back. is_behind: records wait in the kernel or in the ring, so patience is longer.
  Turn look(uint32_t seen, bool is_behind, int64_t now_ms);
  bool is_blind() const { return is_blind_; }
  bool has_seen() const { return has_seen_; }

 private:
  const int64_t every_ms_;  ///< 0: none
  int64_t next_ms_ = 0, sent_ms_ = 0;
  uint32_t number_ = 0;
  int missed_ = 0;
  bool is_waiting_ = false, is_blind_ = false, has_seen_ = false;
};

/// False: no thread could be made, and nothing was done.
bool do_canary_act(uint32_t token, uint32_t number);
std::string canary_rule(uint32_t token);

/// Why the act did not come back, as far as the kernel's state tells; status may be null: it could not be asked.
/// rule: of the canary, as the kernel lists it. our_pid: where we must hold the stream ourselves, else 0.
std::string why_blind(const capture::AuditStatus* status, const std::vector<std::string>& rules, std::string_view rule, uint32_t our_pid);

}  // namespace aurochs::daemon
