// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include "normalize/message.h"
#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

namespace {

std::string user(const std::string& type, const std::string& message, const std::string& head = "pid=40 uid=0 auid=1000 ses=3") {
  return type + " " + head + " msg='" + message + "'";
}
std::string by(const std::string& type, const std::string& op, const std::string& exe, const std::string& res = "success") {
  return user(type, "op=" + op + " acct=\"nora\" exe=\"" + exe + "\" hostname=? addr=? terminal=ssh res=" + res);
}
EventType type_of(const std::string& line) {
  const Normalized n({line});
  return n.result.has_event ? n.type() : EventType::count_;
}
constexpr EventType kNone = EventType::count_;
const std::string kSshd = "/usr/sbin/sshd", kSu = "/usr/bin/su", kSudo = "/usr/bin/sudo", kCron = "/usr/sbin/cron";

}  // namespace

TEST_SUITE("normalize") {
  TEST_CASE("LogonSuccessNix, LogonFailureNix, LogoffNix: one ssh logon is one word at each end, not ten") {
    CHECK(type_of(by("USER_AUTH", "PAM:authentication", kSshd)) == kNone);
    CHECK(type_of(by("USER_ACCT", "PAM:accounting", kSshd)) == kNone);
    CHECK(type_of(by("USER_START", "PAM:session_open", kSshd)) == EventType::logon_success);
    CHECK(type_of(by("USER_START", "login", kSshd)) == kNone);
    CHECK(type_of(by("USER_LOGIN", "login", kSshd)) == EventType::logon_success);
    CHECK(type_of(by("USER_END", "PAM:session_close", kSshd)) == EventType::logoff);
    CHECK(type_of(by("USER_END", "login", kSshd)) == kNone);
    CHECK(type_of(by("USER_LOGOUT", "login", kSshd)) == EventType::logoff);
    for (const char* type : {"USER_AUTH", "USER_LOGIN", "USER_ERR"}) {
      CAPTURE(type);
      CHECK(type_of(by(type, "x", kSshd, "failed")) == EventType::logon_failure);
    }
    CHECK(type_of(by("USER_START", "PAM:session_open", "/usr/bin/login", "failed")) == EventType::logon_failure);
    CHECK(type_of(by("USER_START", "PAM:session_open", "/usr/lib/openssh/sshd-session")) == EventType::logon_success);
  }
  TEST_CASE("AuthSuccessNix, UserSwitchNix, SessionOpenNix: steps of programs that log nobody on") {
    CHECK(type_of(by("USER_AUTH", "PAM:authentication", kSu)) == EventType::auth_success);
    CHECK(type_of(by("USER_AUTH", "PAM:authentication", kSudo, "failed")) == EventType::auth_failure);
    CHECK(type_of(by("USER_ACCT", "PAM:accounting", kCron, "failed")) == EventType::account_denied);
    CHECK(type_of(by("USER_START", "PAM:session_open", kSu)) == EventType::user_switch);
    CHECK(type_of(by("USER_START", "PAM:session_open", kSudo)) == kNone);
    CHECK(type_of(by("USER_START", "PAM:session_open", kSudo, "failed")) == EventType::session_open);
    CHECK(type_of(by("USER_START", "PAM:session_open", kCron)) == EventType::session_open);
    CHECK(type_of(by("USER_END", "PAM:session_close", kCron)) == EventType::session_close);
    CHECK(type_of(by("CRED_ACQ", "PAM:setcred", kCron)) == EventType::credential_acquire);
    CHECK(type_of(by("CRED_REFR", "PAM:setcred", kSudo)) == EventType::credential_acquire);
    CHECK(type_of(by("CRED_DISP", "PAM:setcred", kCron)) == EventType::credential_dispose);
    CHECK(type_of(by("USER_AUTH", "PAM:authentication", "/usr/lib/polkit-1/polkit-agent-helper-1")) == EventType::polkit_auth);
  }
  TEST_CASE("a record whose end is missing is no logon") {
    CHECK(type_of("USER_LOGIN pid=1 uid=0 msg='op=login acct=\"x\" exe=\"/usr/sbin/sshd\" hostn") == kNone);
    CHECK(type_of("USER_START pid=1 uid=0 msg='op=PAM:session_open exe=\"/usr/sbin/sshd\"'") == kNone);
    CHECK(type_of("USER_AUTH pid=1") == kNone);
    CHECK(type_of("USER_LOGIN ") == kNone);
  }
  TEST_CASE("what stands in msg='...' never takes the place of the kernel's word") {
    const Normalized n({user("USER_LOGIN", "op=login pid=1 uid=77 auid=5 ses=9 acct=\"nora\" exe=\"/usr/sbin/sshd\" hostname=? addr=192.0.2.1 terminal=/dev/pts/4 res=success")});
    CHECK(n.number(F::proc_id) == 40);
    CHECK(n.number(F::auth_pid) == 40);
    CHECK(n.number(F::proc_usr_r_id) == 0);
    CHECK(n.number(F::proc_usr_audit_id) == 1000);
    CHECK(n.number(F::proc_term_session_id) == 3);
    CHECK_FALSE(n.has(F::proc_file_tgt_path));
    CHECK(n.text(F::auth_term_name) == "pts/4");
    CHECK(n.text(F::auth_sources) == "audit");
    CHECK(n.text(F::auth_result) == "success");
    CHECK(n.number(F::op_status) == 1);
  }
  TEST_CASE("the source: both families, mapped, in brackets, with a zone, as a name, or twice the same") {
    const auto source = [](const std::string& host, const std::string& addr) {
      return std::make_unique<Normalized>(Lines{user("USER_LOGIN", "op=login acct=\"a\" exe=\"/usr/sbin/sshd\" hostname=" + host + " addr=" + addr + " terminal=ssh res=success")});
    };
    const auto four = source("ws.example.net", "192.0.2.7");
    CHECK(four->text(F::net_src_ipv4) == "192.0.2.7");
    CHECK(four->text(F::net_src_hostname) == "ws.example.net");
    CHECK(source("192.0.2.7", "192.0.2.7")->has(F::net_src_hostname) == false);
    CHECK(source("192.0.2.8", "?")->text(F::net_src_ipv4) == "192.0.2.8");
    CHECK(source("?", "::ffff:192.0.2.9")->text(F::net_src_ipv4) == "192.0.2.9");
    CHECK(source("?", "2001:DB8:0:0::1")->text(F::net_src_ipv6) == "2001:db8::1");
    CHECK(source("?", "[2001:db8::1]")->text(F::net_src_ipv6) == "2001:db8::1");
    CHECK(source("?", "fe80::1%eth0")->text(F::net_src_ipv6) == "fe80::1");
    for (const char* junk : {"?", "[", "[]", "300.1.1.1", "1.2.3.4.5", "::gg", "%", "1234567890123456789012345678901234567890123456789012345678901234"}) {
      CAPTURE(junk);
      const auto n = source("?", junk);
      CHECK_FALSE(n->has(F::net_src_ipv4));
      CHECK_FALSE(n->has(F::net_src_ipv6));
    }
  }
  TEST_CASE("the account: quoted, hex, by number, by the enriched name; a placeholder is none") {
    const auto account = [](const std::string& who, const std::string& enriched = "") {
      return std::make_unique<Normalized>(Lines{user("USER_LOGIN", "op=login " + who + " exe=\"/usr/sbin/sshd\" res=failed") + (enriched.empty() ? "" : "\x1d" + enriched)});
    };
    CHECK(account("acct=\"nora\"")->text(F::usr_tgt_name) == "nora");
    CHECK(account("acct=6F6464206E616D65")->text(F::usr_tgt_name) == "odd name");
    CHECK_FALSE(account("acct=28756E6B6E6F776E207573657229")->has(F::usr_tgt_name));  // (unknown user)
    CHECK_FALSE(account("acct=28696E76616C6964207573657229")->has(F::usr_tgt_name));  // (invalid user)
    CHECK_FALSE(account("acct=\"?\"")->has(F::usr_tgt_name));
    CHECK(account("id=1000")->number(F::usr_tgt_id) == 1000);
    CHECK(account("id=1000", "ID=\"mika\"")->text(F::usr_tgt_name) == "mika");
    CHECK_FALSE(account("id=1000", "ID=\"unknown(1000)\"")->has(F::usr_tgt_name));
    CHECK_FALSE(account("id=4294967295")->has(F::usr_tgt_id));
    CHECK_FALSE(account("id=-1")->has(F::usr_tgt_id));
  }
  TEST_CASE("AuthSuccessNix of sshd carries the key it took") {
    const Normalized n({user("USER_AUTH", "op=key algo=ssh-rsa size=3072 fp=SHA256:aa:bb rport=1 acct=\"nora\" exe=\"/usr/sbin/sshd\" addr=192.0.2.1 terminal=ssh res=success")});
    CHECK(n.type() == EventType::auth_success);
    CHECK(n.text(F::auth_type) == "PublicKey");
    CHECK(n.text(F::auth_key_algo) == "ssh-rsa");
    CHECK(n.number(F::auth_key_length) == 3072);
    CHECK(n.text(F::auth_key_fingerprint) == "SHA256:aa:bb");
  }
  TEST_CASE("LoginUidSetNix: the old form has two fields of one name") {
    const Normalized el6({"LOGIN login pid=7 uid=0 old auid=4294967295 new auid=500 old ses=4294967295 new ses=12"});
    CHECK(el6.number(F::usr_tgt_id) == 500);
    CHECK(el6.number(F::proc_usr_audit_id) == 500);
    CHECK(el6.number(F::proc_term_session_id) == 12);
    CHECK_FALSE(el6.has(F::proc_usr_audit_id_old));
    const Normalized now({"LOGIN pid=7 uid=0 old-auid=1000 auid=1001 tty=pts2 old-ses=5 ses=6 res=0"});
    CHECK(now.number(F::usr_tgt_id) == 1001);
    CHECK(now.number(F::proc_usr_audit_id_old) == 1000);
    CHECK(now.text(F::proc_term_name) == "pts/2");
    CHECK(now.number(F::op_status) == 0);
    const Normalized unset({"LOGIN pid=7 uid=0 old-auid=1000 auid=4294967295 old-ses=5 ses=4294967295 res=1"});
    CHECK_FALSE(unset.has(F::usr_tgt_id));
  }
  TEST_CASE("SudoCommandNix: the command, decoded, is the target's, not the actor's") {
    const Normalized n({user("USER_CMD", "cwd=\"/srv\" cmd=6C73202D6C terminal=? res=failed")});
    CHECK(n.type() == EventType::sudo_command);
    CHECK(n.text(F::tgt_cmdline) == "ls -l");
    CHECK_FALSE(n.has(F::cmdline));
    CHECK(n.text(F::proc_cwd) == "/srv");
    CHECK(n.text(F::auth_service) == "sudo");
    CHECK(n.number(F::op_status) == 0);
    CHECK_FALSE(n.has(F::auth_term_name));
  }
  TEST_CASE("TtyInputNix: keystrokes of all three shapes") {
    CHECK(Normalized({"TTY tty pid=2 uid=0 auid=0 ses=1 major=136 minor=0 comm=\"bash\" data=69640D"}).text(F::script_text) == "id\r");
    CHECK(Normalized({"USER_TTY pid=2 uid=0 auid=0 ses=1 data=\"exit\""}).text(F::script_text) == "exit");
    CHECK(Normalized({"USER_TTY user pid=2 uid=0 auid=0 ses=1 msg=6964"}).text(F::script_text) == "id");
  }
  TEST_CASE("SshSessionKeyNix: once a session, and not for keys that are forgotten") {
    CHECK(type_of(user("CRYPTO_SESSION", "op=start direction=from-client cipher=aes256-ctr exe=\"/usr/sbin/sshd\" res=success")) == EventType::ssh_session_key);
    CHECK(type_of(user("CRYPTO_SESSION", "op=start direction=from-server cipher=aes256-ctr exe=\"/usr/sbin/sshd\" res=success")) == kNone);
    CHECK(type_of(user("CRYPTO_KEY_USER", "op=destroy kind=session fp=? direction=both exe=\"/usr/sbin/sshd\" res=success")) == kNone);
  }
  TEST_CASE("LogonAnomalyNix: with op= and without") {
    const Normalized n({user("ANOM_LOGIN_FAILURES", "pam_tally2 uid=1004 reset=0 exe=\"/sbin/pam_tally2\" hostname=localhost addr=127.0.0.1 terminal=/dev/pts/2 res=success")});
    CHECK(n.type() == EventType::logon_anomaly);
    CHECK(n.text(F::auth_op) == "pam_tally2");
    CHECK(n.number(F::usr_tgt_id) == 1004);
    CHECK(n.number(F::proc_usr_r_id) == 0);
  }
  TEST_CASE("op= with blanks ends where the next pair begins, and is never longer than its bound") {
    CHECK(Normalized({user("DEL_USER", "op=deleting user entries id=5 exe=\"/usr/sbin/userdel\" res=success")}).text(F::auth_op) == "deleting user entries");
    CHECK(Normalized({user("ADD_USER", "op=add-user acct=\"x\" exe=\"/usr/sbin/useradd\" res=success")}).text(F::auth_op) == "add-user");
    CHECK(Normalized({user("ADD_USER", "op=adding user")}).text(F::auth_op) == "adding");  // no pair behind it
    CHECK(Normalized({user("ADD_USER", "op=" + std::string(5000, 'a') + " id=5")}).text(F::auth_op).size() == limits::kOpBytes);
  }
}
