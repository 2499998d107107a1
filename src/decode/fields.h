// SPDX-License-Identifier: Apache-2.0
// Text of a record -> fields. Pure: no clock, no file, no failure; damage is a flag on the field.
// Grammar (kernel/audit.c, auparse of audit 3.0.9): key=value separated by spaces; "text" ends at the next quote
// (a string with a quote in it is hex); a bare value ends at a space; a userspace message stands in msg='...' as
// the last field and runs to the last quote. Words that belong to no pair are passed over.
#pragma once
#include <string_view>

#include "audit/record.h"
#include "base/arena.h"

namespace aurochs::decode {

/// Fills record.fields from record.type and record.body; arrays and nothing else go into `arena`.
/// For EXECVE, whose fields are arguments, see argv.h: it has no use for this.
void split_fields(audit::Record& record, base::Arena& arena);

struct Value {
  std::string_view text;
  bool is_null = false;  ///< the kernel's (null)
  bool was_hex = false;
};
/// Value of a field with the kernel's encoding undone. Hex is undone only where the writer uses it
/// (audit::is_untrusted), never by guess. Decoded text lies in `arena`.
Value value_of(const audit::Record& record, const audit::Field& field, base::Arena& arena);
std::string_view text_of(const audit::Record& record, const audit::Field* field, base::Arena& arena);

/// Number of a decimal field; false when it is absent or no number.
bool number_of(const audit::Field* field, uint64_t& out);
bool integer_of(const audit::Field* field, int64_t& out);
bool hex_of(const audit::Field* field, uint64_t& out);

/// Value of NAME="text" or NAME=text in an enriched part; empty when it is not there.
std::string_view enriched_value(std::string_view enriched, std::string_view name);

/// Splits body into fields, calling emit(name, raw, flags); the splitter behind split_fields, for argv and tests.
template <class Emit>
void split_pairs(std::string_view text, uint8_t flags, Emit emit);

}  // namespace aurochs::decode

#include "decode/split.inc"
