// SPDX-License-Identifier: Apache-2.0
// AuditControl: questions and orders to the kernel's audit subsystem, each with its answer.
// Believes only messages of the kernel (port 0) that carry the number of the question; waits at most timeout_ms,
// then gives an Error. What the kernel may well answer (exists already, is held by another) is a value.
// Owned by the main thread; its socket is never the stream's, except for set_pid (see there).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "capture/transport.h"

namespace aurochs::capture {

/// struct audit_status as of kernel 5.9 (44 bytes). Older kernels know a prefix of it: 32 bytes until 3.13, 36 on
/// RHEL 7, 40 until 5.8; what they did not send is 0. Longer answers of newer kernels are cut.
struct AuditStatus {
  uint32_t mask = 0;
  uint32_t enabled = 0;  ///< 2: locked until the next boot
  uint32_t failure = 0;
  uint32_t pid = 0;  ///< of the process that receives the unicast stream; 0: none
  uint32_t rate_limit = 0;
  uint32_t backlog_limit = 0;  ///< 0: unlimited
  uint32_t lost = 0;
  uint32_t backlog = 0;
  uint32_t feature_bitmap = 0;     ///< called version before 3.19
  uint32_t backlog_wait_time = 0;  ///< jiffies
  uint32_t backlog_wait_time_actual = 0;
};

enum class RuleAnswer {
  done,
  unchanged,  ///< add: the same rule is there already (EEXIST); delete: there is none (ENOENT)
  refused,    ///< EPERM: no CAP_AUDIT_CONTROL, or audit is locked (enabled=2)
};

enum class PidAnswer {
  done,
  held,      ///< EEXIST: another process holds the stream and is alive (kernel 4.6+, RHEL 7)
  not_ours,  ///< EACCES: only the holder itself may let go of the stream
  refused,   ///< EPERM: no CAP_AUDIT_CONTROL, audit is locked, or not in the first pid namespace
};

class AuditControl {
 public:
  explicit AuditControl(Transport& transport, int timeout_ms = 3000) : transport_(transport), timeout_ms_(timeout_ms) {}

  base::Result<AuditStatus> status();
  base::Status set_enabled(uint32_t enabled);
  base::Status set_backlog_limit(uint32_t records);
  /// Registers `pid` (ours) for the unicast stream, or 0 to let go of it. Kernels before 4.6 take the stream away
  /// from a living auditd without a word: ask status() first, and never call this while another pid is there.
  /// The kernel sends the stream to the very socket that asked, so this one call is made on an AuditControl over
  /// the stream's transport, before the capture thread owns it; take_strays() has the records that came meanwhile.
  base::Result<PidAnswer> set_pid(uint32_t pid);
  /// Rules as the kernel lists them: struct audit_rule_data and its strings.
  base::Result<std::vector<std::string>> list_rules();
  /// A bad rule is an Error with the kernel's errno: EINVAL, or ENOENT for a directory that does not exist.
  base::Result<RuleAnswer> add_rule(std::string_view rule);
  base::Result<RuleAnswer> delete_rule(std::string_view rule);
  /// A record of user space (type 1100-1199 or 2100-2999). EPERM: no CAP_AUDIT_WRITE.
  base::Status send_user_message(uint16_t type, std::string_view text);
  /// Datagrams of the kernel that answered nothing we had asked (at most 64 are kept).
  std::vector<std::string> take_strays() { return std::move(strays_); }

 private:
  enum class Until { ack, reply, done };
  struct Answer {
    int code = 0;  ///< errno of the kernel, 0 for success
    bool finished = false;
    bool repeated = false;  ///< the question had to be asked again
    std::vector<std::string> replies;
  };
  base::Result<Answer> ask(uint16_t type, std::string_view payload, Until until);
  base::Status wait_for_answer(uint16_t type, Until until, Answer& answer);
  void take_datagram(std::string_view datagram, uint16_t type, Until until, Answer& answer);
  base::Result<Answer> set(const AuditStatus& wanted);
  base::Status set_value(const AuditStatus& wanted, const char* what);

  Transport& transport_;
  int timeout_ms_;
  uint32_t sequence_ = 0;
  std::vector<std::string> strays_;
};

}  // namespace aurochs::capture
