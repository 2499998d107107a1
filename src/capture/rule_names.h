// SPDX-License-Identifier: Apache-2.0
// Names and numbers of the rule language: architectures, syscalls, fields, operators. Syscalls and fields come from
// libaudit's tables (2.6 to 4.x), those that old tables lack from ours: a rule file means the same on every host.
// Private to the rule files of capture. Pure, except that names of users and groups ask NSS.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace aurochs::capture {

/// Number of "b64", "b32" or a name ("aarch64") on a machine (uname -m). 0: this machine runs no such code.
uint32_t arch_number(std::string_view text, std::string_view machine);
bool is_arch_name(std::string_view text);

/// -1 for a name that this architecture has not.
int syscall_number(std::string_view name, uint32_t arch);
std::string syscall_text(uint32_t number, uint32_t arch);
bool is_syscall_of_another_arch(std::string_view name, uint32_t arch);
std::string nearest_syscall(std::string_view name, uint32_t arch);

/// One "-F field op value" or "-C field op field", ready for the kernel.
struct FieldValue {
  uint32_t field = 0, op = 0, value = 0;
  std::string text;  ///< of a string field
};
/// Each gives the reason of a refusal ("reason; what to do"), empty for success. Not for arch and key.
std::string parse_field(std::string_view name, std::string_view op, std::string_view value, FieldValue& out);
std::string parse_comparison(std::string_view pair, FieldValue& out);
/// Cuts "uid>=1000" in three; false without an operator.
bool split_field(std::string_view pair, std::string_view& name, std::string_view& op, std::string_view& value);
/// "rwxa" letters as AUDIT_PERM_* bits; 0 for anything else.
uint32_t permission_bits(std::string_view letters);

/// " (did you mean X?)" or nothing.
std::string suggestion(std::string_view nearest);
std::string field_text(const FieldValue& field);

}  // namespace aurochs::capture
