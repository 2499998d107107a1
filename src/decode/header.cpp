// SPDX-License-Identifier: Apache-2.0
#include "decode/header.h"

#include "audit/record_types.h"
#include "base/text.h"

namespace aurochs::decode {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool all_digits(std::string_view s) {
  for (const char c : s)
    if (!is_digit(c)) return false;
  return !s.empty();
}

uint64_t saturating_number(std::string_view digits) {
  uint64_t n = 0;
  return base::parse_u64(digits, n) ? n : UINT64_MAX;
}

/// "SEC.MS:SERIAL" with one to three digits of milliseconds (the kernel writes three).
bool parse_stamp(std::string_view s, Header& out) {
  const size_t dot = s.find('.');
  if (dot == std::string_view::npos) return false;
  const size_t colon = s.find(':', dot);
  if (colon == std::string_view::npos) return false;
  out.seconds = s.substr(0, dot);
  out.milliseconds = s.substr(dot + 1, colon - dot - 1);
  out.serial = s.substr(colon + 1);
  if (!all_digits(out.seconds) || !all_digits(out.milliseconds) || !all_digits(out.serial) || out.milliseconds.size() > 3)
    return false;
  constexpr uint64_t kLatest = INT64_MAX / 2000;
  const uint64_t seconds = saturating_number(out.seconds);
  out.stamp.time_ms = static_cast<int64_t>((seconds > kLatest ? kLatest : seconds) * 1000 + saturating_number(out.milliseconds));
  out.stamp.serial = static_cast<uint32_t>(saturating_number(out.serial));
  return true;
}

/// "audit(STAMP)[:]body" at the start of s.
bool parse_audit(std::string_view s, Header& out) {
  if (!base::starts_with(s, "audit(")) return false;
  const size_t end = s.find_first_of("()", 6);
  if (end == std::string_view::npos || s[end] != ')') return false;
  out.body = s.substr(end + 1);
  if (!out.body.empty() && out.body[0] == ':') out.body.remove_prefix(1);
  if (!out.body.empty() && out.body[0] == ' ') out.body.remove_prefix(1);
  return true;
}

std::string_view stamp_text(std::string_view s) { return s.substr(6, s.find(')') - 6); }

/// Length of a type at the start of s: NAME, NAME[n] or n; 0 for none.
size_t type_length(std::string_view s) {
  size_t i = 0;
  if (!s.empty() && is_digit(s[0])) {
    while (i < s.size() && is_digit(s[i])) ++i;
    return i;
  }
  if (s.empty() || s[0] < 'A' || s[0] > 'Z') return 0;
  while (i < s.size() && ((s[i] >= 'A' && s[i] <= 'Z') || is_digit(s[i]) || s[i] == '_')) ++i;
  if (i < s.size() && s[i] == '[') {
    size_t j = i + 1;
    while (j < s.size() && is_digit(s[j])) ++j;
    if (j > i + 1 && j < s.size() && s[j] == ']') return j + 1;
  }
  return i;
}

/// "type=T [msg=]audit(...)" at the start of s.
bool parse_typed(std::string_view s, Header& out, std::string_view& audit) {
  if (!base::starts_with(s, "type=")) return false;
  s.remove_prefix(5);
  const size_t n = type_length(s);
  if (!n || n >= s.size() || s[n] != ' ') return false;
  out.type_text = s.substr(0, n);
  s.remove_prefix(n);
  while (!s.empty() && s[0] == ' ') s.remove_prefix(1);
  if (base::starts_with(s, "msg=")) s.remove_prefix(4);
  audit = s;
  return parse_audit(s, out);
}

/// A record that begins at s, with or without node=.
bool parse_record(std::string_view s, Header& out, std::string_view& audit) {
  out.node = {};
  if (base::starts_with(s, "node=")) {
    const size_t space = s.find(' ', 5);
    if (space != std::string_view::npos && space > 5 && parse_typed(s.substr(space + 1), out, audit)) {
      out.node = s.substr(5, space - 5);
      return true;
    }
  }
  return parse_typed(s, out, audit);
}

}  // namespace

bool parse_line(std::string_view line, Header& out) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  const size_t separator = line.find('\x1d');
  out.enriched = separator == std::string_view::npos ? std::string_view() : line.substr(separator + 1);
  const std::string_view kernel = line.substr(0, separator);
  std::string_view audit;
  if (parse_record(kernel, out, audit)) return parse_stamp(stamp_text(audit), out);
  // Copies by syslog or dmesg have a head of their own ("Jul 24 .. kernel: [..] audit: "): it holds no '=' and
  // ends in a space. The first place where a record parses counts, whatever stands before it.
  for (size_t at = 1; at < kernel.size(); ++at) {
    if (kernel[at] != 'n' && kernel[at] != 't') continue;
    if (!parse_record(kernel.substr(at), out, audit)) continue;
    const std::string_view prefix = kernel.substr(0, at);
    if (prefix.back() != ' ' || prefix.find('=') != std::string_view::npos) return false;
    return parse_stamp(stamp_text(audit), out);
  }
  return false;
}

bool parse_netlink(std::string_view text, Header& out) {
  out.node = out.type_text = out.enriched = {};
  return parse_audit(text, out) && parse_stamp(stamp_text(text), out);
}

bool read_record(const audit::Frame& frame, audit::RecordText& out) {
  Header h;
  const bool is_line = frame.kind == audit::FrameKind::line;
  if (is_line ? !parse_line(frame.payload, h) : !parse_netlink(frame.payload, h)) return false;
  out.stamp = h.stamp;
  out.node = h.node;
  out.type_text = h.type_text;
  out.type = is_line ? audit::record_type_number(h.type_text) : frame.type;
  out.body = h.body;
  out.enriched = h.enriched;
  out.received_ms = frame.received_ms;
  return true;
}

}  // namespace aurochs::decode
