// SPDX-License-Identifier: Apache-2.0
// The fields of a rule: -F and -C, both ways.
#include <grp.h>
#include <libaudit.h>
#include <pwd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "base/text.h"
#include "capture/rule.h"
#include "capture/rule_names.h"

namespace aurochs::capture {

namespace {

struct Operator {
  std::string_view text;
  uint32_t number;
};
// Longer ones first: "&=" begins with "&".
constexpr Operator kOperators[] = {
    {"!=", rule_operator::kNotEqual}, {"<=", 0x50000000}, {">=", 0x60000000}, {"&=", 0x48000000},
    {"=", rule_operator::kEqual},     {"<", 0x10000000},  {">", 0x20000000},  {"&", 0x08000000}};

struct Comparison {
  std::string_view left, right;
};
// AUDIT_COMPARE_*: number of the row, counted from 1 (kernel 3.3).
constexpr Comparison kComparisons[] = {
    {"uid", "obj_uid"},  {"gid", "obj_gid"},  {"euid", "obj_uid"},  {"egid", "obj_gid"},  {"auid", "obj_uid"},
    {"suid", "obj_uid"}, {"sgid", "obj_gid"}, {"fsuid", "obj_uid"}, {"fsgid", "obj_gid"}, {"uid", "auid"},
    {"uid", "euid"},     {"uid", "fsuid"},    {"uid", "suid"},      {"auid", "fsuid"},    {"auid", "suid"},
    {"auid", "euid"},    {"euid", "suid"},    {"euid", "fsuid"},    {"suid", "fsuid"},    {"gid", "egid"},
    {"gid", "fsgid"},    {"gid", "sgid"},     {"egid", "fsgid"},    {"egid", "sgid"},     {"sgid", "fsgid"}};
constexpr uint32_t kComparisonCount = sizeof kComparisons / sizeof kComparisons[0];

constexpr std::string_view kSaddrFamilyName = "saddr_fam";

uint32_t operator_number(std::string_view text) {
  for (const Operator& o : kOperators)
    if (o.text == text) return o.number;
  return 0;
}

std::string_view operator_text(uint32_t number) {
  for (const Operator& o : kOperators)
    if (o.number == number) return o.text;
  return "?";
}

bool is_user_field(uint32_t f) {
  using namespace rule_field;
  return (f >= kUid && f <= kFsuid) || f == kAuid || f == kObjUid;
}
bool is_group_field(uint32_t f) {
  using namespace rule_field;
  return (f >= kGid && f <= kFsgid) || f == kObjGid;
}

/// Decimal, 0x hex, -N and "unset", as 32 bits.
bool parse_word(std::string_view text, uint32_t& out) {
  int64_t number = 0;
  uint64_t hex = 0;
  if (text == "unset") {
    number = -1;
  } else if (base::starts_with(text, "0x") && base::parse_hex_u64(text.substr(2), hex) && hex <= UINT32_MAX) {
    number = static_cast<int64_t>(hex);
  } else if (!base::parse_i64(text, number) || number > UINT32_MAX || number < INT32_MIN) {
    return false;
  }
  out = static_cast<uint32_t>(number);
  return true;
}

std::string parse_name(uint32_t field, const std::string& text, uint32_t& out) {
  if (is_user_field(field)) {
    const passwd* user = ::getpwnam(text.c_str());
    if (!user) return "no such user; give a name of this host or a number";
    out = user->pw_uid;
    return {};
  }
  if (is_group_field(field)) {
    const group* found = ::getgrnam(text.c_str());
    if (!found) return "no such group; give a name of this host or a number";
    out = found->gr_gid;
    return {};
  }
  if (field == rule_field::kExit) {
    const int code = audit_name_to_errno(text.c_str());
    if (code == 0) return "no such errno; write a number or a name like -EPERM";
    out = static_cast<uint32_t>(code);
    return {};
  }
  return "not a number; write a decimal or 0x number";
}

std::string parse_text(uint32_t field, std::string_view value, std::string_view op, FieldValue& out) {
  using namespace rule_field;
  const bool is_place = field == kPath || field == kDir || field == kExe;
  if (op != "=" && (op != "!=" || field == kPath || field == kDir))
    return "operator " + std::string(op) + " does not fit; use =";
  if (is_place && (value.empty() || value[0] != '/')) return "not an absolute path; begin it with /";
  if (value.empty()) return "no value; write one behind the operator";
  if (value.find_first_of("\"'") != std::string_view::npos) return "holds a quote; use a path or name without quotes";
  if (value.size() >= PATH_MAX) return "longer than 4095 bytes; shorten it";
  // The kernel refuses a slash at the end (audit_to_watch, audit_make_tree).
  while (is_place && value.size() > 1 && value.back() == '/') value.remove_suffix(1);
  out.text = value;
  out.value = static_cast<uint32_t>(value.size());
  return {};
}

std::string nearest_field(std::string_view name) {
  const auto name_at = [](size_t i) {
    const char* n = audit_field_to_name(static_cast<int>(i));
    return n ? std::string_view(n) : std::string_view();
  };
  return std::string(base::nearest_name(name, 256, name_at));
}

}  // namespace

bool split_field(std::string_view pair, std::string_view& name, std::string_view& op, std::string_view& value) {
  const size_t at = pair.find_first_of("!=<>&");
  if (at == std::string_view::npos) return false;
  for (const Operator& o : kOperators) {
    if (!base::starts_with(pair.substr(at), o.text)) continue;
    name = pair.substr(0, at);
    op = o.text;
    value = pair.substr(at + op.size());
    return true;
  }
  return false;
}

uint32_t permission_bits(std::string_view letters) {
  constexpr std::string_view kLetters = "xwra";  // AUDIT_PERM_EXEC, WRITE, READ, ATTR
  uint32_t bits = 0;
  for (char c : letters) {
    const size_t at = kLetters.find(c);
    if (at == std::string_view::npos) return 0;
    bits |= 1u << at;
  }
  return bits;
}

std::string parse_field(std::string_view name, std::string_view op, std::string_view value, FieldValue& out) {
  using namespace rule_field;
  int number = name.size() > 32 ? -1 : audit_name_to_field(std::string(name).c_str());
  if (name == kSaddrFamilyName) number = kSaddrFamily;  // libaudit < 3.0 has no name for it
  if (number < 0) return "unknown field" + suggestion(nearest_field(name)) + "; see auditctl(8)";
  out.field = static_cast<uint32_t>(number);
  out.op = operator_number(op);
  if (out.field == kArch || out.field == kKey || out.field == kCompare)
    return "not written so; write -F arch=, -k or -C";  // by its number or in capitals
  if (out.field == kMsgtype || out.field == kFstype)
    return "belongs to the exclude and filesystem lists, which aurochs never changes; remove it";
  if (is_string_field(out.field)) return parse_text(out.field, value, op, out);
  if (out.field == kPerm) {
    out.value = permission_bits(value);
    if (out.value == 0 || op != "=") return "not permissions; write perm= and letters of rwxa";
    return {};
  }
  const std::string text(value);
  if (out.field == kFiletype) {
    const int type = audit_name_to_ftype(text.c_str());
    if (type < 0 || op != "=")
      return "not a type of file; write filetype= and file, dir, link, socket, character, block or fifo";
    out.value = static_cast<uint32_t>(type);
    return {};
  }
  if (parse_word(value, out.value)) return {};
  if (text.empty() || text.size() > 256) return "no value, or a senseless one; write a number or a name";
  return parse_name(out.field, text, out.value);
}

std::string parse_comparison(std::string_view pair, FieldValue& out) {
  std::string_view left, op, right;
  if (!split_field(pair, left, op, right) || (op != "=" && op != "!="))
    return "not a comparison; write -C field=field or -C field!=field";
  for (uint32_t i = 0; i < kComparisonCount; ++i) {
    const Comparison& c = kComparisons[i];
    if ((c.left != left || c.right != right) && (c.left != right || c.right != left)) continue;
    out.field = rule_field::kCompare;
    out.op = operator_number(op);
    out.value = i + 1;
    return {};
  }
  return "the kernel does not compare these two; see -C in auditctl(8) for the pairs";
}

std::string field_text(const FieldValue& f) {
  using namespace rule_field;
  const std::string op(operator_text(f.op));
  if (f.field == kCompare && f.value >= 1 && f.value <= kComparisonCount) {
    const Comparison& c = kComparisons[f.value - 1];
    return " -C " + std::string(c.left) + op + std::string(c.right);
  }
  const char* known = f.field == kSaddrFamily ? kSaddrFamilyName.data() : audit_field_to_name(static_cast<int>(f.field));
  const std::string name = " -F " + (known ? std::string(known) : "f" + std::to_string(f.field)) + op;
  const bool blanks = f.text.find_first_of(" \t\r") != std::string::npos;
  if (is_string_field(f.field)) return name + (blanks ? '"' + f.text + '"' : f.text);
  if (f.field == kArch) return name + (f.value & 0x80000000 ? "b64" : "b32");
  if (f.field == kPerm) {
    std::string letters;
    for (char c : {'r', 'w', 'x', 'a'})
      if (f.value & permission_bits({&c, 1})) letters += c;
    return name + letters;
  }
  const char* word = nullptr;
  if (f.field == kFiletype) word = audit_ftype_to_name(static_cast<int>(f.value));
  if (f.field == kMsgtype) word = audit_msg_type_to_name(static_cast<int>(f.value));
  if (word) return name + word;
  if ((f.field == kAuid || f.field == kSessionid) && f.value == UINT32_MAX) return name + "unset";
  if (f.field == kExit) return name + std::to_string(static_cast<int32_t>(f.value));
  return name + std::to_string(f.value);
}

}  // namespace aurochs::capture
