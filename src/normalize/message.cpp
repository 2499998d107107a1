// SPDX-License-Identifier: Apache-2.0
#include "normalize/message.h"

#include <arpa/inet.h>

#include <cstring>

#include "base/limits.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Field;
using audit::Key;
using audit::Record;
using event::FieldId;

namespace {

constexpr uint64_t kUnset = 4294967295u;

bool stands_for_nothing(std::string_view text) {
  return text.empty() || text == "?" || text == "(none)" || text == "(null)";
}

/// What PAM and sshd write where there is no such account.
bool is_no_name(std::string_view name) {
  return name == "(unknown user)" || name == "(invalid user)" || name == "(unknown)" || name == "unknown";
}

struct AddressText {
  bool six = false;
  char text[INET6_ADDRSTRLEN];
};

/// Canonical text of an address; one in brackets, with a zone or IPv4-mapped too. False: no address.
bool parse_address(std::string_view text, AddressText& out) {
  if (text.size() > 1 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  text = text.substr(0, text.find('%'));  // fe80::1%eth0
  if (text.empty() || text.size() >= sizeof out.text) return false;
  std::memcpy(out.text, text.data(), text.size());
  out.text[text.size()] = '\0';
  unsigned char bytes[16];
  if (inet_pton(AF_INET, out.text, bytes) == 1) return true;
  if (inet_pton(AF_INET6, out.text, bytes) != 1) return false;
  static constexpr unsigned char kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  out.six = std::memcmp(bytes, kMapped, sizeof kMapped) != 0;
  return inet_ntop(out.six ? AF_INET6 : AF_INET, out.six ? bytes : bytes + 12, out.text, sizeof out.text) != nullptr;
}

/// A text of words between pairs, without what joins it to the next one.
std::string_view words(const char* begin, const char* end) {
  if (end < begin) return {};
  std::string_view text = base::trim({begin, static_cast<size_t>(end - begin)});
  while (!text.empty() && (text.back() == ':' || text.back() == '(' || text.back() == ' ')) text.remove_suffix(1);
  return base::cut_utf8(text, limits::kOpBytes);
}

}  // namespace

const Record* user_record(const audit::AuditEvent& e) {
  for (const Record& r : e.records)
    if ((r.type >= 1100 && r.type < 1200) || (r.type >= 2100 && r.type < 3000)) return &r;
  return nullptr;
}

const Field* named(const Record& r, std::string_view name, bool in_message) {
  for (uint32_t i = 0; i < r.field_count; ++i)
    if (((r.fields[i].flags & Field::kInMessage) != 0) == in_message && r.fields[i].name == name) return &r.fields[i];
  return nullptr;
}

std::string_view value_or_none(const Record& r, const Field* f, base::Arena& arena) {
  if (!f) return {};
  const std::string_view text = decode::value_of(r, *f, arena).text;
  return stands_for_nothing(text) ? std::string_view() : text;
}

std::string_view said(const Record& r, Key key, base::Arena& arena) { return value_or_none(r, r.find_in_message(key), arena); }

std::string_view said(const Record& r, std::string_view name, base::Arena& arena) {
  return value_or_none(r, named(r, name, true), arena);
}

std::string_view said_op(const Record& r) {
  const Field* first = nullptr;
  for (uint32_t i = 0; i < r.field_count; ++i) {
    const Field& f = r.fields[i];
    if (!(f.flags & Field::kInMessage)) continue;
    if (!first) first = &f;
    if (f.key != Key::op) continue;
    if (f.flags & Field::kQuoted) return base::cut_utf8(f.raw, limits::kOpBytes);
    return words(f.raw.data(), i + 1 < r.field_count ? r.fields[i + 1].name.data() : f.raw.data() + f.raw.size());
  }
  const size_t begin = r.body.find("msg='");
  if (!first || begin == std::string_view::npos) return {};
  return words(r.body.data() + begin + 5, first->name.data());
}

std::string_view concat(std::initializer_list<std::string_view> parts, base::Arena& arena) {
  size_t size = 0, n = 0;
  for (const std::string_view part : parts) size += part.size();
  char* const text = arena.allocate(size, 1);
  for (const std::string_view part : parts) {
    if (!part.empty()) std::memcpy(text + n, part.data(), part.size());
    n += part.size();
  }
  return {text, n};
}

std::string_view said_program(const Record& r, base::Arena& arena) { return base::base_name(said(r, Key::exe, arena)); }

Outcome outcome_of(const Record& r) {
  const Field* f = r.find_in_message(Key::res);
  if (!f) f = r.find(Key::res);
  if (!f) return Outcome::unknown;
  if (f->raw == "success" || f->raw == "1" || f->raw == "yes") return Outcome::success;
  return f->raw == "failed" || f->raw == "0" || f->raw == "no" ? Outcome::failed : Outcome::unknown;
}

void write_outcome(const Record& r, event::Event& out) {
  const Outcome outcome = outcome_of(r);
  if (outcome == Outcome::unknown) return;
  out.set_number(FieldId::op_status, outcome == Outcome::success);
  out.set_number(FieldId::audit_res, outcome == Outcome::success);
}

Folded::Folded(std::string_view text) : size_(text.size() < sizeof text_ ? text.size() : sizeof text_) {
  for (size_t i = 0; i < size_; ++i) {
    const char c = text[i];
    text_[i] = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c == '-' || c == '_' ? ' ' : c;
  }
}

void write_account(const Record& r, base::Arena& arena, event::Event& out) {
  const std::string_view name = said(r, Key::acct, arena);
  if (!is_no_name(name)) out.set_text_if(FieldId::usr_tgt_name, name);
  uint64_t id = 0;
  if (!decode::number_of(r.find_in_message(Key::id), id) || id >= kUnset) return;
  out.set_number(FieldId::usr_tgt_id, id);
  const std::string_view by_log = decode::enriched_value(r.enriched, "ID");
  if (!out.has(FieldId::usr_tgt_name) && by_log != "unset" && !base::starts_with(by_log, "unknown(")) out.set_text_if(FieldId::usr_tgt_name, by_log);
}

bool write_address(std::string_view text, FieldId ipv4, FieldId ipv6, event::Event& out) {
  AddressText address;
  if (!parse_address(text, address)) return false;
  out.set_copy(address.six ? ipv6 : ipv4, address.text);
  return true;
}

void write_source(const Record& r, base::Arena& arena, event::Event& out) {
  const bool has_address = write_address(said(r, Key::addr, arena), FieldId::net_src_ipv4, FieldId::net_src_ipv6, out);
  const std::string_view host = said(r, Key::hostname, arena);
  AddressText address;
  if (!parse_address(host, address)) {
    out.set_text_if(FieldId::net_src_hostname, host);
    return;
  }
  // sshd writes the address in both places where it does not look up names, older ones here alone.
  if (!has_address) out.set_copy(address.six ? FieldId::net_src_ipv6 : FieldId::net_src_ipv4, address.text);
}

void begin_user_act(const Record& r, Source& in, event::Event& out, Result& result, event::EventType type) {
  base::Arena& arena = in.audit.arena;
  begin_record_act(r, in, out, result, type);
  write_outcome(r, out);
  out.set_text_if(FieldId::auth_service, said_program(r, arena));
  out.set_text_if(FieldId::auth_op, said_op(r));
  if (out.has(FieldId::op_status)) out.set_text(FieldId::auth_result, out.number(FieldId::op_status) ? "success" : "failed");
  std::string_view terminal = said(r, Key::terminal, arena);
  if (base::starts_with(terminal, "/dev/")) terminal.remove_prefix(5);
  out.set_text_if(FieldId::auth_term_name, terminal);
  if (out.has(FieldId::proc_id)) out.set_number(FieldId::auth_pid, out.number(FieldId::proc_id));
  out.set_text(FieldId::auth_sources, "audit");
}

}  // namespace aurochs::normalize
