// SPDX-License-Identifier: Apache-2.0
// The rules that we want, beside those that the kernel has. Adds what is missing, deletes only what carries our
// key, and never touches a rule of anybody else. Owned by the main thread.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/audit_control.h"
#include "capture/rule.h"
#include "capture/rule_parser.h"

namespace aurochs::capture {

/// Every *.rules file of a directory (not below it), in the order of names. An Error only when the directory or
/// a file cannot be read; what is wrong inside the files is in the answer. The same rule twice is kept once.
base::Result<ParsedRules> load_rules(const std::string& directory, std::string_view machine);
/// The same of rules that only some types of event need: a file is taken when `wants` holds for one of the names in its line
/// "# For: NAME, NAME". A file without such a line is an error of its own.
using Wants = std::function<bool(std::string_view type)>;
base::Result<ParsedRules> load_optional_rules(const std::string& directory, std::string_view machine, const Wants& wants);

struct RuleDiff {
  std::vector<Rule> to_add;
  std::vector<Rule> present;
  std::vector<std::string> stale_ours;  ///< ours by key, but not wanted (left by another version or profile)
  std::vector<std::string> foreign;
};
RuleDiff diff_rules(const std::vector<std::string>& kernel, const std::vector<Rule>& wanted);

enum class RulesOutcome {
  done,
  immutable,  ///< audit is locked until the next boot (enabled=2): nothing was changed
};
struct RefusedRule {
  std::string data;
  int code = 0;      ///< errno of the kernel
  std::string text;  ///< "file:line: rule: reason; what to do": the others work without it
};
struct AppliedRules {
  RulesOutcome outcome = RulesOutcome::done;
  std::vector<Rule> added;
  size_t deleted = 0;                ///< stale rules of ours
  std::vector<RefusedRule> refused;
};
/// Makes the kernel's rules of ours exactly the wanted ones.
base::Result<AppliedRules> apply_rules(AuditControl& control, const std::vector<Rule>& wanted);
/// Deletes every rule of ours: apply_rules() of nothing.
base::Result<AppliedRules> remove_ours(AuditControl& control);

}  // namespace aurochs::capture
