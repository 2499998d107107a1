// SPDX-License-Identifier: Apache-2.0
// What a program of user space says in a record of its own: msg='op=... acct=... exe=... res=...'. It never stands where the
// kernel's word stands: pid, uid, auid, ses come from the kernel's part. "?", "(none)" and "(null)" count as absent. Pure.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/limits.h"
#include "normalize/parts.h"

namespace aurochs::normalize {

/// The user space record of an event (1100-1199, 2100-2999); it is the only one of its event.
const audit::Record* user_record(const audit::AuditEvent& e);

/// Field by its name, for names that are no Key; nullptr where there is none.
const audit::Field* named(const audit::Record& r, std::string_view name, bool in_message);
/// Value of a field with the encoding undone; empty where it stands for nothing.
std::string_view value_or_none(const audit::Record& r, const audit::Field* f, base::Arena& arena);
std::string_view said(const audit::Record& r, audit::Key key, base::Arena& arena);
std::string_view said(const audit::Record& r, std::string_view name, base::Arena& arena);
/// op= with its blanks ("adding user to group"), or the words before the first pair ("pam_tally2"); at most limits::kOpBytes.
std::string_view said_op(const audit::Record& r);
std::string_view concat(std::initializer_list<std::string_view> parts, base::Arena& arena);
/// Base name of exe=.
std::string_view said_program(const audit::Record& r, base::Arena& arena);

enum class Outcome : uint8_t { unknown, success, failed };
/// res= of either part: success, failed, 1, 0, yes, no.
Outcome outcome_of(const audit::Record& r);
/// op_status and audit_res by res=.
void write_outcome(const audit::Record& r, event::Event& out);

/// A text of a few bytes without regard to case, '-' and '_' as blanks: how programs spell one op differs by distribution.
class Folded {
 public:
  explicit Folded(std::string_view text);
  bool has(std::string_view word) const { return text().find(word) != std::string_view::npos; }
  bool begins(std::string_view word) const { return text().substr(0, word.size()) == word; }
  std::string_view text() const { return {text_, size_}; }

 private:
  char text_[limits::kOpBytes];
  size_t size_;
};

/// acct= and id= as the account acted on; "(unknown user)" and its kin are no names.
void write_account(const audit::Record& r, base::Arena& arena, event::Event& out);
/// addr= and hostname= as the source; also an address that stands in hostname= alone, in brackets or IPv4-mapped.
void write_source(const audit::Record& r, base::Arena& arena, event::Event& out);
/// An address as text into the one of the two fields that fits. False: no address.
bool write_address(std::string_view text, event::FieldId ipv4, event::FieldId ipv6, event::Event& out);

/// begin_record_act, its outcome, and the step: auth_service, auth_op, auth_result, auth_pid, auth_term_name, auth_sources.
void begin_user_act(const audit::Record& r, Source& in, event::Event& out, Result& result, event::EventType type);

}  // namespace aurochs::normalize
