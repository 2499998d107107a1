// SPDX-License-Identifier: Apache-2.0
// From the kernel's bytes back to a line for auditctl.
#include "capture/rule.h"
#include "capture/rule_names.h"

namespace aurochs::capture {

namespace {

std::string list_name(uint32_t list) {
  switch (list) {
    case rule_list::kUser:
      return "user";
    case rule_list::kTask:
      return "task";
    case rule_list::kExit:
      return "exit";
    case rule_list::kExclude:
      return "exclude";
    case rule_list::kFilesystem:
      return "filesystem";
    case rule_list::kIoUring:
      return "io_uring";
    default:
      return "list" + std::to_string(list);
  }
}

std::string action_name(uint32_t action) {
  if (action == rule_action::kAlways) return "always";
  return action == rule_action::kNever ? "never" : "possible";
}

std::string syscalls_text(const RuleHead& head, uint32_t arch) {
  if (names_all_syscalls(head)) return " -S all";
  std::string names;
  for (uint32_t n = 0; n < RuleHead::kWords * 32; ++n) {
    if (!(head.mask[n / 32] >> (n % 32) & 1)) continue;
    names += (names.empty() ? " -S " : ",") + syscall_text(n, arch);
  }
  return names;
}

}  // namespace

std::string rule_text(std::string_view bytes) {
  RuleHead head;
  std::string_view strings;
  if (!read_rule(bytes, head, strings)) return {};
  std::string before, after;
  uint32_t arch = 0;
  for (uint32_t i = 0; i < head.field_count; ++i) {
    FieldValue field;
    field.field = head.fields[i];
    field.op = head.operators[i];
    field.value = head.values[i];
    if (is_string_field(field.field)) {
      field.text = strings.substr(0, field.value);
      strings.remove_prefix(field.text.size());
    }
    if (field.field == rule_field::kArch) arch = field.value;
    if (field.field == rule_field::kKey) {
      // Several keys are one field, separated by \x01, which auditctl takes as several -k.
      for (const std::string& key : rule_keys(bytes)) after += " -F key=" + key;
      continue;
    }
    (field.field == rule_field::kArch ? before : after) += field_text(field);
  }
  const uint32_t list = head.flags & ~rule_list::kPrepend;
  return (head.flags & rule_list::kPrepend ? "-A " : "-a ") + action_name(head.action) + "," + list_name(list) +
         before + syscalls_text(head, arch) + after;
}

}  // namespace aurochs::capture
