// SPDX-License-Identifier: Apache-2.0
#include "observe/auth_log_line.h"

#include <ctime>

#include "base/text.h"

namespace aurochs::observe {

using base::starts_with;
using event::Event;
using event::EventType;
using event::FieldId;
using Text = std::string_view;

namespace {

bool number_at(Text s, size_t at, size_t digits, int& out) {
  uint64_t n = 0;
  if (s.size() < at + digits || !base::parse_u64(s.substr(at, digits), n)) return false;
  out = static_cast<int>(n);
  return true;
}

/// 2024-05-01T10:20:30[.123456](Z|+02:00|+0200)
bool read_iso(Text s, int64_t& ms) {
  tm t{};
  if (s.size() < 20 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':') return false;
  if (!number_at(s, 0, 4, t.tm_year) || !number_at(s, 5, 2, t.tm_mon) || !number_at(s, 8, 2, t.tm_mday) || !number_at(s, 11, 2, t.tm_hour) ||
      !number_at(s, 14, 2, t.tm_min) || !number_at(s, 17, 2, t.tm_sec))
    return false;
  t.tm_year -= 1900;
  t.tm_mon -= 1;
  int fraction = 0;
  Text zone = s.substr(19);
  if (zone[0] == '.' || zone[0] == ',') {
    const size_t end = zone.find_first_not_of("0123456789", 1);
    if (end == Text::npos || end < 2) return false;
    for (size_t i = 1; i <= 3; ++i) fraction = fraction * 10 + (i < end ? zone[i] - '0' : 0);
    zone.remove_prefix(end);
  }
  int hours = 0, minutes = 0;
  if (zone != "Z" && (zone.size() < 5 || (zone[0] != '+' && zone[0] != '-') || !number_at(zone, 1, 2, hours) || !number_at(zone, zone[3] == ':' ? 4 : 3, 2, minutes)))
    return false;
  const int64_t offset_s = (hours * 3600 + minutes * 60) * (zone[0] == '-' ? -1 : 1);
  ms = (static_cast<int64_t>(::timegm(&t)) - offset_s) * 1000 + fraction;
  return true;
}

/// "Nov  4 10:20:30 "
bool has_old_time(Text s) {
  constexpr Text kMonths = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec";
  return s.size() > 16 && s[3] == ' ' && s[6] == ' ' && s[9] == ':' && s[12] == ':' && s[15] == ' ' && kMonths.find(s.substr(0, 3)) % 4 == 0;
}

/// What stands between `begin` (where the text starts with it) and the rest; false otherwise.
bool skip(Text& s, Text begin) {
  if (!starts_with(s, begin)) return false;
  s.remove_prefix(begin.size());
  return true;
}

void set_address(Event& e, Text address) {
  if (address.empty() || address.find_first_not_of("0123456789abcdefABCDEF.:") != Text::npos) return e.set_text_if(FieldId::net_src_hostname, address);
  if (starts_with(address, "::ffff:") && address.find('.') != Text::npos) address.remove_prefix(7);
  e.set_text(address.find(':') == Text::npos ? FieldId::net_src_ipv4 : FieldId::net_src_ipv6, address);
}

/// "ADDRESS port PORT..."; older versions of sshd write no port in some lines.
void set_peer(Event& e, Text peer) {
  const Text address = base::next_piece(peer, ' ');
  set_address(e, address.substr(0, address.find('%')));
  uint64_t port = 0;
  if (skip(peer, "port ") && base::parse_u64(peer.substr(0, peer.find_first_not_of("0123456789")), port) && port < 65536) e.set_number(FieldId::net_src_port, port);
}

Text method_name(Text method) {
  if (method == "password") return "Password";
  if (method == "publickey") return "PublicKey";
  if (starts_with(method, "keyboard-interactive")) return "KeyboardInteractive";
  if (starts_with(method, "gssapi")) return "GSSAPI";
  if (method == "hostbased") return "HostBased";
  return {};
}

/// "METHOD for [invalid user ]USER from ADDRESS port PORT ssh2[: ALGORITHM FINGERPRINT...]"
bool sshd_verdict(Text rest, bool is_success, Event& e) {
  const Text method = base::next_piece(rest, ' ');
  if (!skip(rest, "for ") || method == "none") return false;
  (void)skip(rest, "invalid user ");
  // An accepted name is that of an account; a refused one is whatever the client sent.
  const size_t from = is_success ? rest.find(" from ") : rest.rfind(" from ");
  if (from == Text::npos) return false;
  e.retype(is_success ? EventType::logon_success : EventType::logon_failure);
  e.set_text_if(FieldId::usr_tgt_name, rest.substr(0, from));
  e.set_text_if(FieldId::auth_type, method_name(method));
  Text peer = rest.substr(from + 6);
  set_peer(e, peer);
  const size_t key = peer.find(" ssh2: ");
  if (key == Text::npos) return true;
  peer.remove_prefix(key + 7);
  const Text algorithm = base::next_piece(peer, ' '), fingerprint = base::next_piece(peer, ' ');
  if (method != "publickey" && method != "hostbased") return true;
  e.set_text_if(FieldId::auth_key_algo, algorithm);
  e.set_text_if(FieldId::auth_key_fingerprint, fingerprint);
  return true;
}

/// What sshd says when the other side breaks the protocol or does not speak it.
constexpr Text kSshErrors[] = {
    "Bad protocol version identification", "Protocol major versions differ", "Bad packet length", "Corrupted MAC on input", "Bad remote protocol version",
    "Did not receive identification string", "kex_exchange_identification:", "kex_protocol_error", "banner exchange:", "Unable to negotiate with", "no matching ",
    "ssh_dispatch_run_fatal:", "ssh_packet_", "buffer_get", "error in buffer", "unexpected internal error", "unknown or unsupported key type",
    "invalid certificate signing key", "invalid elliptic curve value", "incorrect signature", "error in libcrypto", "unexpected bytes remain after decoding",
    "bad client public DH value", "crc32 compensation attack", "padding error", "message authentication code incorrect", "invalid format", "maximum authentication attempts exceeded",
    "Too many authentication failures", "Timeout before authentication", "PerSourcePenalties", "drop connection"};

bool sshd_error(Text message, Event& e) {
  for (const Text error : kSshErrors) {
    if (message.find(error) == Text::npos) continue;
    e.retype(EventType::ssh_error);
    e.set_text(FieldId::op_text, message);
    const size_t port = message.rfind(" port ");
    if (port == Text::npos) return true;
    const size_t before = message.rfind(' ', port - 1);
    set_peer(e, message.substr(before == Text::npos ? 0 : before + 1));
    return true;
  }
  return false;
}

bool sshd_line(Text message, Event& e) {
  constexpr Text kBefore = " [preauth]";
  if (base::ends_with(message, kBefore)) message.remove_suffix(kBefore.size());
  if (skip(message, "Accepted ")) return sshd_verdict(message, true, e);
  if (skip(message, "Failed ")) return sshd_verdict(message, false, e);
  Text rest = message;
  if (!skip(rest, "Invalid user ")) return sshd_error(message, e);
  const size_t from = rest.rfind("from ");
  if (from == Text::npos) return false;
  e.retype(EventType::ssh_invalid_user);
  e.set_text_if(FieldId::usr_tgt_name, base::trim(rest.substr(0, from)));
  set_peer(e, rest.substr(from + 5));
  return true;
}

/// "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure", "LOGIN ON tty1 BY user FROM host", "ROOT LOGIN ON tty1"
bool login_line(Text message, Event& e) {
  const bool is_failure = starts_with(message, "FAILED LOGIN"), is_root = starts_with(message, "ROOT LOGIN");
  if (!is_failure && !is_root && !starts_with(message, "LOGIN ON ")) return false;
  e.retype(is_failure ? EventType::logon_failure : EventType::logon_success);
  const auto after = [&](Text word, Text until) {
    const size_t at = is_failure ? message.rfind(word) : message.find(word);
    if (at == Text::npos) return Text();
    Text piece = message.substr(at + word.size());
    piece = piece.substr(0, piece.find(until));
    if (starts_with(piece, "'")) piece = piece.substr(1, piece.size() > 1 && piece.back() == '\'' ? piece.size() - 2 : Text::npos);
    return piece;
  };
  e.set_text_if(FieldId::usr_tgt_name, is_root ? Text("root") : is_failure ? after(" FOR ", ", ") : after(" BY ", " "));
  Text term = is_failure ? after(" on ", " FOR ") : after(" ON ", " ");
  (void)skip(term, "/dev/");
  e.set_text_if(FieldId::auth_term_name, term);
  set_address(e, after(" FROM ", " "));
  return true;
}

/// "(to root) user on pts/0"; "FAILED SU (to root) user on pts/0"; shadow: "Successful su for root by user", "FAILED su for root by user"
bool su_line(Text message, Event& e) {
  const bool is_failure = skip(message, "FAILED ");
  (void)(skip(message, "SU ") || skip(message, "Successful "));
  Text name;
  if (skip(message, "(to ")) {
    name = message.substr(0, message.find(')'));
    const size_t on = message.rfind(" on ");
    if (on != Text::npos && message.substr(on + 4) != "none") e.set_text_if(FieldId::auth_term_name, message.substr(on + 4));
  } else if (skip(message, "su for ")) {
    name = message.substr(0, message.find(' '));
  }
  if (name.empty()) return false;
  e.retype(is_failure ? EventType::auth_failure : EventType::auth_success);
  e.set_text(FieldId::usr_tgt_name, name);
  return true;
}

/// "pam_unix(SERVICE:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=name"
bool pam_line(Text message, Event& e) {
  if (!skip(message, "pam_")) return false;
  const size_t open = message.find('('), failure = message.find(":auth): authentication failure;");
  if (open == Text::npos || failure == Text::npos || open > failure) return false;
  const Text service = message.substr(open + 1, failure - open - 1);
  if (service == "sshd") return false;  // says it better itself
  const auto value = [&](Text name) {
    const size_t at = message.find(name, failure);
    if (at == Text::npos) return Text();
    const Text rest = message.substr(at + name.size());
    return rest.substr(0, rest.find(' '));
  };
  e.retype(EventType::auth_failure);
  e.set_text_if(FieldId::auth_service, service);
  e.set_text(FieldId::auth_op, "PAM:authentication");
  e.set_text_if(FieldId::usr_tgt_name, value(" user="));
  Text term = value(" tty=");
  (void)skip(term, "/dev/");
  e.set_text_if(FieldId::auth_term_name, term);
  set_address(e, value(" rhost="));
  return true;
}

}  // namespace

bool split_log_line(Text line, LogLine& out) {
  out = LogLine();
  if (skip(line, "<")) line = line.substr(std::min(line.find('>'), line.size() - 1) + 1);
  if (has_old_time(line)) {
    line.remove_prefix(16);
  } else if (!read_iso(base::next_piece(line, ' '), out.time_ms)) {
    return false;
  }
  (void)base::next_piece(line, ' ');  // the host
  const size_t colon = line.find(": ");
  if (colon == Text::npos) return false;
  out.message = line.substr(colon + 2);
  Text program = line.substr(0, colon);
  const size_t bracket = program.find('[');
  uint64_t pid = 0;
  if (bracket != Text::npos) {
    if (program.back() != ']' || !base::parse_u64(program.substr(bracket + 1, program.size() - bracket - 2), pid) || pid > INT32_MAX) return false;
    out.pid = static_cast<int32_t>(pid);
    program = program.substr(0, bracket);
  }
  out.program = base::base_name(program);
  return !out.program.empty() && out.program.find(' ') == Text::npos;
}

bool read_auth_line(Text text, Event& e) {
  LogLine line;
  if (!split_log_line(text, line)) return false;
  e.clear(EventType::logon_failure);
  const bool is_sshd = line.program == "sshd" || line.program == "sshd-session" || line.program == "sshd-auth";
  e.set_text(FieldId::auth_service, is_sshd ? Text("sshd") : line.program);
  const bool is_told = is_sshd ? sshd_line(line.message, e)
                       : pam_line(line.message, e)    ? true
                       : line.program == "login"      ? login_line(line.message, e)
                       : line.program == "su"         ? su_line(line.message, e)
                                                      : false;
  if (!is_told) return false;
  if (line.time_ms) e.set_time(FieldId::event_utc_time, line.time_ms);
  if (line.pid > 0) {
    e.set_number(FieldId::auth_pid, static_cast<uint64_t>(line.pid));
    e.set_number(FieldId::proc_id, static_cast<uint64_t>(line.pid));
  }
  e.set_text(FieldId::event_log_source, "LinuxLog");
  e.set_text(FieldId::auth_sources, "log");
  return true;
}

}  // namespace aurochs::observe
