// SPDX-License-Identifier: Apache-2.0
// Rule files in the language of auditctl(8), compiled without touching the kernel.
// Below a rule, "# else: RULE" is what a kernel gets that refuses the rule itself (auditctl sees a comment).
// Takes rules that add to what is audited: -a/-A (list exit), -w, -p, -S, -F, -C, -k. Refuses, with a reason and a
// remedy, whatever would change audit for its other readers. One bad line costs that line only.
// Pure, except that names of users ask NSS and -w asks whether its path is a directory.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "capture/rule.h"

namespace aurochs::capture {

struct ParsedRules {
  std::vector<Rule> rules;
  std::vector<std::string> notes;   ///< "file:line: ...": what was skipped, what could be better
  std::vector<std::string> errors;  ///< "file:line: object: reason; what to do"
};

/// `machine`: as uname -m says, it decides what b64 and b32 are.
ParsedRules parse_rules(std::string_view text, std::string_view file, std::string_view machine);
/// Notes on rules that could be one: the kernel walks the list of rules at every audited syscall, and syscalls
/// of the same rule cost nothing extra (kernel/auditsc.c audit_filter_syscall).
void note_mergeable(ParsedRules& parsed);
/// uname -m.
std::string this_machine();

}  // namespace aurochs::capture
