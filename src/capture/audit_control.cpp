// SPDX-License-Identifier: Apache-2.0
#include "capture/audit_control.h"

#include <linux/netlink.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/clock.h"
#include "base/limits.h"

namespace aurochs::capture {

namespace {

// include/uapi/linux/audit.h; numbers and layouts have not changed since 2.6.17.
constexpr uint16_t kGet = 1000, kSet = 1001, kAddRule = 1011, kDelRule = 1012, kListRules = 1013;
constexpr uint32_t kSetEnabled = 0x1, kSetPid = 0x4, kSetBacklogLimit = 0x10;
static_assert(sizeof(AuditStatus) == 44, "struct audit_status of kernel 5.9");

constexpr size_t kStrays = 64;
constexpr int kAttempts = 3;

bool may_be_a_record(uint16_t type) { return type >= 1100; }

std::string question_name(uint16_t type) {
  switch (type) {
    case kGet:
      return "AUDIT_GET";
    case kSet:
      return "AUDIT_SET";
    case kAddRule:
      return "AUDIT_ADD_RULE";
    case kDelRule:
      return "AUDIT_DEL_RULE";
    case kListRules:
      return "AUDIT_LIST_RULES";
    default:
      return "message " + std::to_string(type);
  }
}

base::Error refusal(const std::string& what, int code) {
  base::Error e = base::errno_error(what, code);
  if (code == EPERM)
    e.message += "; CAP_AUDIT_CONTROL is needed in the first namespaces, and audit must not be locked (enabled=2)";
  if (code == ECONNREFUSED)
    e.message += "; audit answers only in the first user namespace: run outside of the container";
  return e;
}

std::string message(uint16_t type, uint32_t sequence, std::string_view payload) {
  nlmsghdr head{};
  head.nlmsg_len = static_cast<uint32_t>(NLMSG_HDRLEN + payload.size());
  head.nlmsg_type = type;
  head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  head.nlmsg_seq = sequence;
  std::string out(reinterpret_cast<const char*>(&head), sizeof head);
  out.append(payload);
  out.resize(NLMSG_ALIGN(out.size()), '\0');
  return out;
}

}  // namespace

// One message or several. A unicast record of the stream carries the length of its payload instead of its own
// (kernel/audit.c, every version), so only a message with our number is believed to know its length.
void AuditControl::take_datagram(std::string_view datagram, uint16_t type, Until until, Answer& answer) {
  std::string_view rest = datagram;
  nlmsghdr head{};
  while (rest.size() >= sizeof head && !answer.finished) {
    std::memcpy(&head, rest.data(), sizeof head);
    if (head.nlmsg_seq != sequence_ || head.nlmsg_len < sizeof head || head.nlmsg_len > rest.size()) {
      if (may_be_a_record(head.nlmsg_type) && strays_.size() < kStrays) strays_.emplace_back(datagram);
      return;
    }
    const std::string_view payload = rest.substr(sizeof head, head.nlmsg_len - sizeof head);
    if (head.nlmsg_type == NLMSG_ERROR && payload.size() >= sizeof(int)) {
      int code = 0;
      std::memcpy(&code, payload.data(), sizeof code);
      answer.code = -code;
      // The answer proper comes from a kernel thread, before or after the acknowledgement.
      answer.finished = code != 0 || until == Until::ack;
    } else if (head.nlmsg_type == NLMSG_DONE) {
      answer.finished = until == Until::done;
    } else if (head.nlmsg_type == type) {
      answer.replies.emplace_back(payload);
      answer.finished = until == Until::reply;
    }
    rest.remove_prefix(std::min<size_t>(NLMSG_ALIGN(head.nlmsg_len), rest.size()));
  }
}

base::Status AuditControl::wait_for_answer(uint16_t type, Until until, Answer& answer) {
  std::array<char, limits::kRecordBytes> buffer;
  base::SystemClock clock;
  const int64_t deadline = clock.monotonic_ms() + timeout_ms_;
  while (!answer.finished) {
    const int64_t left = deadline - clock.monotonic_ms();
    uint32_t sender = 0;
    const auto size = left > 0 ? transport_.recv(buffer.data(), buffer.size(), sender, static_cast<int>(left))
                               : base::Result<size_t>(size_t{0});
    if (!size) {
      if (size.error().code == EINTR) continue;
      return size.error();
    }
    if (*size == 0)
      return base::Error{ETIMEDOUT, "audit: no answer to " + question_name(type) + " in " +
                                        std::to_string(timeout_ms_) +
                                        " ms; try again, and look for a hanging kernel thread (kauditd)"};
    // Any process may send to our port; only the kernel has port 0.
    if (sender == 0) take_datagram({buffer.data(), std::min(*size, buffer.size())}, type, until, answer);
  }
  return base::Ok{};
}

base::Result<AuditControl::Answer> AuditControl::ask(uint16_t type, std::string_view payload, Until until) {
  for (int attempt = 1;; ++attempt) {
    Answer answer;
    answer.repeated = attempt > 1;
    ++sequence_;
    if (auto sent = transport_.send(message(type, sequence_, payload)); !sent)
      return refusal("audit: " + question_name(type), sent.error().code);
    const auto waited = wait_for_answer(type, until, answer);
    if (waited) return answer;
    // ENOBUFS: the answer may be among what was dropped. Every question may be asked twice.
    if (waited.error().code != ENOBUFS || attempt == kAttempts) return waited.error();
  }
}

base::Result<AuditStatus> AuditControl::status() {
  auto answer = ask(kGet, {}, Until::reply);
  if (!answer) return answer.error();
  if (answer->code != 0) return refusal("audit: status", answer->code);
  AuditStatus out;
  const std::string& reply = answer->replies.front();
  std::memcpy(static_cast<void*>(&out), reply.data(), std::min(reply.size(), sizeof out));
  return out;
}

// The whole struct: kernels before 3.14 refuse a shorter one than theirs, and all copy only what they know.
base::Result<AuditControl::Answer> AuditControl::set(const AuditStatus& wanted) {
  return ask(kSet, {reinterpret_cast<const char*>(&wanted), sizeof wanted}, Until::ack);
}

base::Status AuditControl::set_value(const AuditStatus& wanted, const char* what) {
  const auto answer = set(wanted);
  if (!answer) return answer.error();
  if (answer->code != 0) return refusal(what, answer->code);
  return base::Ok{};
}

base::Status AuditControl::set_enabled(uint32_t enabled) {
  AuditStatus wanted;
  wanted.mask = kSetEnabled;
  wanted.enabled = enabled;
  return set_value(wanted, "audit: enabled");
}

base::Status AuditControl::set_backlog_limit(uint32_t records) {
  AuditStatus wanted;
  wanted.mask = kSetBacklogLimit;
  wanted.backlog_limit = records;
  return set_value(wanted, "audit: backlog_limit");
}

base::Result<PidAnswer> AuditControl::set_pid(uint32_t pid) {
  AuditStatus wanted;
  wanted.mask = kSetPid;
  wanted.pid = pid;
  const auto answer = set(wanted);
  if (!answer) return answer.error();
  switch (answer->code) {
    case 0:
      return PidAnswer::done;
    case EEXIST:
      return PidAnswer::held;
    case EACCES:
      return PidAnswer::not_ours;
    case EPERM:
      return PidAnswer::refused;
    default:
      return refusal("audit: pid", answer->code);
  }
}

base::Result<std::vector<std::string>> AuditControl::list_rules() {
  auto answer = ask(kListRules, {}, Until::done);
  if (!answer) return answer.error();
  if (answer->code != 0) return refusal("audit: list of rules", answer->code);
  return std::move(answer->replies);
}

namespace {

base::Result<RuleAnswer> rule_answer(int code, int unchanged_code, bool repeated, const char* what) {
  if (code == 0) return RuleAnswer::done;
  // Asked twice, the second time meets what the first has done.
  if (code == unchanged_code) return repeated ? RuleAnswer::done : RuleAnswer::unchanged;
  if (code == EPERM) return RuleAnswer::refused;
  return refusal(what, code);
}

}  // namespace

base::Result<RuleAnswer> AuditControl::add_rule(std::string_view rule) {
  const auto answer = ask(kAddRule, rule, Until::ack);
  if (!answer) return answer.error();
  return rule_answer(answer->code, EEXIST, answer->repeated, "audit: rule not added");
}

base::Result<RuleAnswer> AuditControl::delete_rule(std::string_view rule) {
  const auto answer = ask(kDelRule, rule, Until::ack);
  if (!answer) return answer.error();
  return rule_answer(answer->code, ENOENT, answer->repeated, "audit: rule not deleted");
}

base::Status AuditControl::send_user_message(uint16_t type, std::string_view text) {
  const auto answer = ask(type, std::string(text) + '\0', Until::ack);
  if (!answer) return answer.error();
  if (answer->code == EPERM) return base::Error{EPERM, "audit: user message refused; CAP_AUDIT_WRITE is needed"};
  if (answer->code != 0) return refusal("audit: user message", answer->code);
  return base::Ok{};
}

}  // namespace aurochs::capture
