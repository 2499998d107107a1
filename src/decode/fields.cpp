// SPDX-License-Identifier: Apache-2.0
#include "decode/fields.h"

#include "audit/record_types.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::decode {

using audit::Field;
using audit::Key;
using audit::Record;

namespace {

/// Start of the first "msg='" that begins the body or follows a space; npos when there is none.
size_t find_message(std::string_view body) {
  for (size_t at = body.find("msg='"); at != std::string_view::npos; at = body.find("msg='", at + 1))
    if (at == 0 || body[at - 1] == ' ') return at;
  return std::string_view::npos;
}


}  // namespace

void split_fields(Record& record, base::Arena& arena) {
  std::string_view body = record.body, message;
  // The records of the hot path (1300-1399) carry no message; an unknown type might.
  const bool syscall_record = record.type >= 1300 && record.type < 1400;
  if (!syscall_record || body.find("msg='") != std::string_view::npos) {
    if (const size_t at = find_message(body); at != std::string_view::npos && record.type != audit::type::kExecve) {
      message = body.substr(at + 5);
      body = body.substr(0, at ? at - 1 : 0);
      const size_t quote = message.rfind('\'');
      if (quote != std::string_view::npos) message = message.substr(0, quote);
    }
  }
  // A pair is at least "k=" and a separator, so half of the text bounds the count; the tail is given back.
  size_t room = (record.body.size() + 1) / 2 + 1;
  if (room > limits::kFields) room = limits::kFields;
  Field* const fields = arena.array<Field>(room);
  size_t n = 0;
  auto add = [&](std::string_view name, std::string_view raw, uint8_t flags) {
    if (n == room) return;
    fields[n].key = audit::key_of(name);
    fields[n].flags = flags;
    fields[n].name = name;
    fields[n].raw = raw;
    ++n;
  };
  split_pairs(body, 0, add);
  if (message.data()) split_pairs(message, Field::kInMessage, add);
  arena.shrink_last(reinterpret_cast<char*>(fields), n * sizeof(Field));
  record.fields = fields;
  record.field_count = static_cast<uint32_t>(n);
}

Value value_of(const Record& record, const Field& field, base::Arena& arena) {
  Value v;
  v.text = field.raw;
  if (field.flags & Field::kQuoted) return v;
  if (field.raw == "(null)") {
    v.text = {};
    v.is_null = true;
    return v;
  }
  if (!audit::is_untrusted(field.key)) return v;
  switch (field.key) {
    case Key::old:
    case Key::new_: {
      // Strings only in CONFIG_CHANGE op=make_equiv and kin; elsewhere numbers ("audit_backlog_limit=320 old=64").
      const std::string_view digits = !field.raw.empty() && field.raw[0] == '-' ? field.raw.substr(1) : field.raw;
      bool numeric = !digits.empty();
      for (const char c : digits) numeric = numeric && c >= '0' && c <= '9';
      if (numeric) return v;
      break;
    }
    case Key::msg:  // 2.6.x USER_TTY wrote msg=<untrusted>; everywhere else msg= is a frame
      if (record.type != audit::type::kUserTty) return v;
      break;
    case Key::key:  // in an AVC the number of a SysV IPC key
      if (record.type == audit::type::kAvc || record.type == audit::type::kUserAvc) return v;
      break;
    default: break;
  }
  if (base::is_kernel_hex(field.raw)) {
    v.text = base::unhex(field.raw, arena);
    v.was_hex = true;
  }
  return v;
}

std::string_view text_of(const Record& record, const Field* field, base::Arena& arena) {
  return field ? value_of(record, *field, arena).text : std::string_view();
}

bool number_of(const Field* field, uint64_t& out) { return field && base::parse_u64(field->raw, out); }
bool integer_of(const Field* field, int64_t& out) { return field && base::parse_i64(field->raw, out); }
bool hex_of(const Field* field, uint64_t& out) { return field && base::parse_hex_u64(field->raw, out); }

std::string_view enriched_value(std::string_view enriched, std::string_view name) {
  std::string_view found;
  if (enriched.empty()) return found;
  split_pairs(enriched, Field::kInMessage, [&](std::string_view key, std::string_view raw, uint8_t) {
    if (found.empty() && key == name) found = raw;
  });
  return found;
}

}  // namespace aurochs::decode
