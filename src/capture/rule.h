// SPDX-License-Identifier: Apache-2.0
// Rule: one audit rule as the kernel takes it and lists it (struct audit_rule_data and its strings), and its text.
// Bytes that are no rule are never trusted: they have no text, no keys, and equal nothing. Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::capture {

/// Keys of our rules begin with this: what carries it is ours to delete, nothing else is.
inline constexpr std::string_view kKeyPrefix = "aurochs-";

struct Rule {
  std::string key;   ///< first key
  std::string text;  ///< as auditctl would take it, in one canonical spelling
  std::string data;  ///< RuleHead and strings
  std::string otherwise;  ///< the same of the rule for a kernel that refuses this one ("# else:"); empty: none
  std::string file;
  int line = 0;
};

/// struct audit_rule_data without its strings; the same from kernel 2.6.17 on.
struct RuleHead {
  static constexpr size_t kWords = 64, kFields = 64;
  uint32_t flags = 0;  ///< rule_list, perhaps with kPrepend
  uint32_t action = 0;
  uint32_t field_count = 0;
  uint32_t mask[kWords] = {};
  uint32_t fields[kFields] = {};
  uint32_t values[kFields] = {};
  uint32_t operators[kFields] = {};
  uint32_t strings_bytes = 0;
};
static_assert(sizeof(RuleHead) == 1040, "struct audit_rule_data");

namespace rule_list {
inline constexpr uint32_t kUser = 0, kTask = 1, kExit = 4, kExclude = 5, kFilesystem = 6, kIoUring = 7, kPrepend = 0x10;
}
namespace rule_action {
inline constexpr uint32_t kNever = 0, kAlways = 2;
}
/// Field numbers (AUDIT_*): those that the rules treat apart. Here, because headers of old hosts lack some.
namespace rule_field {
inline constexpr uint32_t kPid = 0, kUid = 1, kFsuid = 4, kGid = 5, kFsgid = 8, kAuid = 9, kArch = 11, kMsgtype = 12,
                          kSubjUser = 13, kSubjClr = 17, kPpid = 18, kObjUser = 19, kObjLevHigh = 23, kSessionid = 25,
                          kFstype = 26, kExit = 103, kPath = 105, kPerm = 106, kDir = 107, kFiletype = 108,
                          kObjUid = 109, kObjGid = 110, kCompare = 111, kExe = 112, kSaddrFamily = 113, kKey = 210;
}
namespace rule_operator {
inline constexpr uint32_t kEqual = 0x40000000, kNotEqual = 0x30000000;
}

/// The field's value is a text, kept behind the head.
bool is_string_field(uint32_t field);
/// A syscall mask bit for every number that a rule may name: 0..kSyscalls-1. The kernel keeps the last 16 bits of
/// its 2048 for classes, and "-S all" leaves out the whole last word (libaudit).
inline constexpr uint32_t kSyscalls = 63 * 32;
bool names_all_syscalls(const RuleHead& head);

/// False when `bytes` is no rule: too short, too many fields, strings that do not fit.
bool read_rule(std::string_view bytes, RuleHead& head, std::string_view& strings);
/// The rule as auditctl would take it; empty for bytes that are no rule.
std::string rule_text(std::string_view bytes);
/// Equal to the kernel's own comparison: the place in the list and bytes behind the rule do not count.
bool same_rule(std::string_view a, std::string_view b);
std::vector<std::string> rule_keys(std::string_view bytes);
/// One of its keys begins with kKeyPrefix.
bool is_ours(std::string_view bytes);

}  // namespace aurochs::capture
