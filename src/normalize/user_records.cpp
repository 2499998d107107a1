// SPDX-License-Identifier: Apache-2.0
// Logons and their steps, sudo, su, login uids, keys of ssh. One logon writes up to twelve records; what only repeats another one gives no
// event, and what two sources tell of one logon is joined in enrich::LogonEvents.
#include "normalize/message.h"

#include "audit/record_types.h"
#include "base/limits.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::normalize {

using audit::Key;
using audit::Record;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kUserAuth = 1100, kUserAcct = 1101, kCredDisp = 1104, kUserStart = 1105, kUserErr = 1109, kUserLogin = 1112,
                   kUserLogout = 1113, kUserTty = 1124, kTty = 1319, kCryptoKeyUser = 2404;
constexpr uint64_t kUnset = 4294967295u;

constexpr EventType kNoEvent = EventType::count_;

/// Programs whose PAM session is a logon of somebody; everybody else (sudo, cron, polkit) only takes a step.
constexpr std::string_view kLogonPrograms[] = {"sshd", "sshd-session", "sshd-auth", "dropbear", "login", "gdm", "gdm3", "gdm-binary",
    "gdm-session-worker", "lightdm", "sddm", "sddm-helper", "xdm", "kdm", "lxdm-session", "lxdm-binary", "fly-dm", "xrdp-sesman",
    "vsftpd", "proftpd", "in.telnetd", "in.rlogind", "cockpit-session"};
constexpr std::string_view kAccountTools[] = {"groupmod", "groupadd", "groupdel", "groupmems", "gpasswd", "usermod", "useradd", "userdel", "chage"};

template <size_t N>
bool is_one_of(std::string_view program, const std::string_view (&names)[N]) {
  for (const std::string_view name : names)
    if (program == name) return true;
  return false;
}

/// A cut record, without its res=, is no logon.
EventType logon_by(Outcome outcome) {
  return outcome == Outcome::success ? EventType::logon_success : outcome == Outcome::failed ? EventType::logon_failure : kNoEvent;
}

EventType type_of_auth(std::string_view program, Outcome outcome, bool has_key) {
  if (program == "polkit-agent-helper-1" || program == "pkexec") return EventType::polkit_auth;
  const bool logon = is_one_of(program, kLogonPrograms);
  if (outcome == Outcome::failed) return logon ? EventType::logon_failure : EventType::auth_failure;
  if (outcome != Outcome::success) return kNoEvent;
  // Of a logon's own steps only that with a key says more than USER_LOGIN or USER_START will.
  return logon && !has_key ? kNoEvent : EventType::auth_success;
}

EventType type_of_logon(const Record& r, std::string_view program) {
  const Outcome outcome = outcome_of(r);
  switch (r.type) {
    case kUserAuth: return type_of_auth(program, outcome, named(r, "fp", true) != nullptr);
    case kUserErr: return type_of_auth(program, Outcome::failed, false);
    case kUserAcct: return outcome == Outcome::failed ? EventType::account_denied : kNoEvent;
    case kUserLogin: return logon_by(outcome);
    case kUserLogout: return EventType::logoff;
    case kCredDisp: return EventType::credential_dispose;
    default: return EventType::credential_acquire;  // CRED_ACQ, CRED_REFR
  }
}

EventType type_of_session(const Record& r, std::string_view program) {
  const bool logon = is_one_of(program, kLogonPrograms);
  if (logon && said_op(r) == "login") return kNoEvent;  // RHEL's sshd says it once more beside PAM
  if (r.type != kUserStart) return logon ? EventType::logoff : EventType::session_close;
  if (logon) return logon_by(outcome_of(r));
  if (program == "su" || program == "su-l" || program == "runuser" || program == "runuser-l") return EventType::user_switch;
  if (program == "pkexec") return EventType::polkit_auth;
  // USER_CMD has told it.
  if (program == "sudo" && outcome_of(r) != Outcome::failed) return kNoEvent;
  return EventType::session_open;
}

/// RHEL's sshd: op=key algo=ssh-rsa size=2048 fp=SHA256:...
void write_key(const Record& r, base::Arena& arena, event::Event& out) {
  uint64_t bits = 0;
  out.set_text_if(FieldId::auth_key_algo, said(r, "algo", arena));
  out.set_text_if(FieldId::auth_key_fingerprint, said(r, Key::fp, arena));
  if (decode::number_of(named(r, "size", true), bits)) out.set_number(FieldId::auth_key_length, bits);
}

void tell(const Record& r, EventType type, Source& in, event::Event& out, Result& result) {
  if (type == kNoEvent) return;
  begin_user_act(r, in, out, result, type);
  write_account(r, in.audit.arena, out);
  write_source(r, in.audit.arena, out);
  if (r.type == kUserErr) out.set_text(FieldId::auth_result, "failed");
  if (r.type != kUserAuth || !r.find_in_message(Key::fp)) return;
  write_key(r, in.audit.arena, out);
  out.set_text(FieldId::auth_type, "PublicKey");
}

/// 2.6.32, 3.10: "old auid=A new auid=B", two fields of one name; later old-auid=A auid=B.
void write_login_uid(const Record& r, event::Event& out) {
  const audit::Field* old = named(r, "old-auid", false);
  const audit::Field* now = nullptr;
  for (uint32_t i = 0; i < r.field_count; ++i) {
    if (r.fields[i].key != Key::auid) continue;
    if (now && !old) old = now;
    now = &r.fields[i];
  }
  uint64_t id = 0;
  if (decode::number_of(now, id) && id != kUnset) out.set_number(FieldId::usr_tgt_id, id);
  if (decode::number_of(old, id) && id != kUnset) out.set_number(FieldId::proc_usr_audit_id_old, id);
}

}  // namespace

void logon_family(Source& in, event::Event& out, Result& result) {
  const Record* r = user_record(in.audit);
  if (!r) return;
  const std::string_view program = said_program(*r, in.audit.arena);
  // Debian's shadow writes changes of groups as USER_ACCT.
  if (r->type == kUserAcct && is_one_of(program, kAccountTools) && !base::starts_with(said_op(*r), "PAM:"))
    return account_family(in, out, result);
  tell(*r, type_of_logon(*r, program), in, out, result);
}

void session_family(Source& in, event::Event& out, Result& result) {
  const Record* r = user_record(in.audit);
  if (r) tell(*r, type_of_session(*r, said_program(*r, in.audit.arena)), in, out, result);
}

void privileged_command_family(Source& in, event::Event& out, Result& result) {
  const Record* r = user_record(in.audit);
  if (!r) return;
  base::Arena& arena = in.audit.arena;
  begin_user_act(*r, in, out, result, EventType::sudo_command);
  // RHEL's sudo writes no exe=, and nobody else writes this record.
  if (!out.has(FieldId::auth_service)) out.set_text(FieldId::auth_service, "sudo");
  out.set_text_if(FieldId::tgt_cmdline, base::cut_utf8(said(*r, Key::cmd, arena), limits::kFieldBytes));
  out.set_text_if(FieldId::proc_cwd, said(*r, Key::cwd, arena));
}

void login_uid_family(Source& in, event::Event& out, Result& result) {
  const Record* r = in.audit.find(audit::type::kLogin);
  if (!r) return;
  begin_kernel_act(*r, in, out, result, EventType::login_uid_set);
  write_outcome(*r, out);
  write_login_uid(*r, out);
}

void user_anomaly_family(Source& in, event::Event& out, Result& result) {
  const Record* r = user_record(in.audit);
  if (!r) return;
  begin_user_act(*r, in, out, result, EventType::logon_anomaly);
  write_account(*r, in.audit.arena, out);
  uint64_t id = 0;  // pam_faillock, pam_tally2: uid= inside the message is the account
  if (!out.has(FieldId::usr_tgt_name) && decode::number_of(r->find_in_message(Key::uid), id) && id < kUnset) out.set_number(FieldId::usr_tgt_id, id);
  write_source(*r, in.audit.arena, out);
}

void crypto_session_family(Source& in, event::Event& out, Result& result) {
  const Record* r = user_record(in.audit);
  if (!r) return;
  base::Arena& arena = in.audit.arena;
  const std::string_view direction = said(*r, "direction", arena);
  // A session is told once for each direction, and each key of the server once more when a child forgets it.
  if (direction == "from-server" || (r->type == kCryptoKeyUser && said_op(*r) == "destroy")) return;
  begin_user_act(*r, in, out, result, EventType::ssh_session_key);
  write_account(*r, arena, out);
  write_source(*r, arena, out);
  write_key(*r, arena, out);
  out.set_text_if(FieldId::auth_cipher, said(*r, "cipher", arena));
  uint64_t port = 0;
  if (decode::number_of(named(*r, "rport", true), port)) out.set_number(FieldId::net_src_port, port);
  if (decode::number_of(named(*r, "lport", true), port)) out.set_number(FieldId::net_dst_port, port);
  write_address(said(*r, "laddr", arena), FieldId::net_dst_ipv4, FieldId::net_dst_ipv6, out);
}

void tty_family(Source& in, event::Event& out, Result& result) {
  const Record* r = in.audit.find(kTty);
  if (!r) r = in.audit.find(kUserTty);
  if (!r) return;
  base::Arena& arena = in.audit.arena;
  begin_record_act(*r, in, out, result, EventType::tty_input);
  const audit::Field* data = r->find(Key::data);
  if (!data) data = r->find_in_message(Key::data);
  if (!data) data = r->find(Key::msg);  // 2.6.32: USER_TTY of a shell
  out.set_text_if(FieldId::script_text, base::cut_utf8(decode::text_of(*r, data, arena), limits::kFieldBytes));
}

}  // namespace aurochs::normalize
