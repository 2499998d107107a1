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

/// Which rules of the files are wanted. A comment line of conditions holds for the rules below it, up to the next such lines:
///   # For: TYPE, TYPE            one of the types of event is on; "all" ends what was said before
///   # Profiles: NAME, NAME       one of these load profiles holds
struct RuleChoice {
  std::function<bool(std::string_view type)> wants;  ///< empty: every type
  std::string profile;                               ///< empty: whatever the profile
};
/// Every *.rules file of a directory (not below it), in the order of names. An Error only when the directory or
/// a file cannot be read; what is wrong inside the files is in the answer. The same rule twice is kept once.
base::Result<ParsedRules> load_rules(const std::string& directory, std::string_view machine, const RuleChoice& choice);
/// The same of rules that only some types of event need: a rule before the first "# For:" of its file is an error of its own.
base::Result<ParsedRules> load_optional_rules(const std::string& directory, std::string_view machine, const RuleChoice& choice);
/// Rules that differ in nothing but system calls and key become one, which costs the host one step less at every audited call; it
/// carries the keys of all. Not across a rule with never, and not the rule of execs: several keys make each of its records longer.
void merge_rules(std::vector<Rule>& rules);

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
