// SPDX-License-Identifier: Apache-2.0
#include "capture/quiet_threads.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "capture/rule.h"

namespace aurochs::capture {
namespace {

std::string never_rule(uint32_t pid) {
  const std::string key = std::string(kKeyPrefix) + "quiet";
  RuleHead head;
  head.flags = rule_list::kTask;  // not kPrepend: such a rule is never equal to itself, so it could not be deleted
  head.action = rule_action::kNever;
  head.field_count = 2;
  head.fields[0] = rule_field::kPid;
  head.values[0] = pid;
  head.fields[1] = rule_field::kKey;
  head.values[1] = static_cast<uint32_t>(key.size());
  head.operators[0] = head.operators[1] = rule_operator::kEqual;
  head.strings_bytes = static_cast<uint32_t>(key.size());
  return std::string(reinterpret_cast<const char*>(&head), sizeof head) + key;
}

}  // namespace

QuietThreads::~QuietThreads() {
  for (const std::string& rule : rules_) (void)control_.delete_rule(rule);
}

base::Status QuietThreads::begin() {
  const auto process = static_cast<uint32_t>(::getpid());
  const auto thread = static_cast<uint32_t>(::syscall(SYS_gettid));
  for (const uint32_t pid : {process, thread}) {
    const std::string rule = never_rule(pid);
    auto added = control_.add_rule(rule);
    if (!added) return added.error();
    if (*added == RuleAnswer::refused) return base::Error{EPERM, "audit is locked (enabled=2): the sensor's own calls are audited, which costs it a third more"};
    if (*added == RuleAnswer::done) rules_.push_back(rule);
  }
  return base::Ok{};
}

}  // namespace aurochs::capture
