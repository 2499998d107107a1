// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "base/limits.h"
#include "enrich/temp_tree.h"
#include "observe/auth_log.h"
#include "observe/auth_log_line.h"
#include "observe/logind.h"

using namespace aurochs;
using event::Event;
using event::EventType;
using F = event::FieldId;

namespace {

std::string sshd(const std::string& message) { return "Nov  4 10:20:30 host sshd[812]: " + message; }

/// The event's texts are views into the line: the last one stays.
EventType type_of(const std::string& line, Event& e) {
  static std::string last;
  last = line;
  return observe::read_auth_line(last, e) ? e.type() : EventType::count_;
}

class FakeClock final : public base::Clock {
 public:
  int64_t now = 1700000000000;
  int64_t unix_ms() override { return now; }
  int64_t monotonic_ms() override { return now; }
};

void append(const std::string& path, const std::string& text) {
  std::FILE* f = std::fopen(path.c_str(), "a");
  REQUIRE(f);
  std::fputs(text.c_str(), f);
  std::fclose(f);
}

}  // namespace

TEST_SUITE("observe") {
  TEST_CASE("LogonSuccessNix: Accepted, with method, key and port") {
    Event e;
    REQUIRE(type_of(sshd("Accepted publickey for ann from 192.0.2.7 port 50022 ssh2: ED25519 SHA256:ppefYr5wX0"), e) == EventType::logon_success);
    CHECK(e.text(F::usr_tgt_name) == "ann");
    CHECK(e.text(F::net_src_ipv4) == "192.0.2.7");
    CHECK(e.number(F::net_src_port) == 50022);
    CHECK(e.text(F::auth_type) == "PublicKey");
    CHECK(e.text(F::auth_key_algo) == "ED25519");
    CHECK(e.text(F::auth_key_fingerprint) == "SHA256:ppefYr5wX0");
    CHECK(e.text(F::auth_service) == "sshd");
    CHECK(e.text(F::auth_sources) == "log");
    CHECK(e.number(F::auth_pid) == 812);
    CHECK_FALSE(e.has(F::event_utc_time));
    // A certificate's id is its maker's choice.
    REQUIRE(type_of(sshd("Accepted publickey for ann from 2001:db8::5 port 7 ssh2: ED25519-CERT SHA256:a ID x from 9.9.9.9 port 1 (serial 0) CA RSA SHA256:b"), e) == EventType::logon_success);
    CHECK(e.text(F::net_src_ipv6) == "2001:db8::5");
    CHECK(e.text(F::auth_key_fingerprint) == "SHA256:a");
    REQUIRE(type_of(sshd("Accepted password for bob from ::1 port 9 ssh2"), e) == EventType::logon_success);
    CHECK(e.text(F::auth_type) == "Password");
    CHECK_FALSE(e.has(F::auth_key_algo));
    REQUIRE(type_of(sshd("Accepted keyboard-interactive/pam for bob from fe80::1%eth0 port 9 ssh2"), e) == EventType::logon_success);
    CHECK(e.text(F::auth_type) == "KeyboardInteractive");
    CHECK(e.text(F::net_src_ipv6) == "fe80::1");
    REQUIRE(type_of(sshd("Accepted gssapi-with-mic for bob from 192.0.2.1 port 9 ssh2: bob@EXAMPLE.ORG"), e) == EventType::logon_success);
    CHECK(e.text(F::auth_type) == "GSSAPI");
    CHECK_FALSE(e.has(F::auth_key_algo));
  }
  TEST_CASE("LogonFailureNix: Failed; a name may look like the rest of the line") {
    Event e;
    REQUIRE(type_of(sshd("Failed password for ann from 192.0.2.7 port 50022 ssh2"), e) == EventType::logon_failure);
    CHECK(e.text(F::usr_tgt_name) == "ann");
    REQUIRE(type_of(sshd("Failed password for invalid user x from 10.0.0.1 port 5 ssh2 from 192.0.2.9 port 6 ssh2"), e) == EventType::logon_failure);
    CHECK(e.text(F::usr_tgt_name) == "x from 10.0.0.1 port 5 ssh2");
    CHECK(e.text(F::net_src_ipv4) == "192.0.2.9");
    CHECK(e.number(F::net_src_port) == 6);
    REQUIRE(type_of(sshd("Failed password for invalid user  from 192.0.2.9 port 6 ssh2"), e) == EventType::logon_failure);
    CHECK_FALSE(e.has(F::usr_tgt_name));
    CHECK(type_of(sshd("Failed none for ann from 192.0.2.7 port 50022 ssh2"), e) == EventType::count_);
    REQUIRE(type_of(sshd("Failed publickey for ann from ::ffff:192.0.2.7 port 99999 ssh2: RSA SHA256:c"), e) == EventType::logon_failure);
    CHECK(e.text(F::net_src_ipv4) == "192.0.2.7");
    CHECK_FALSE(e.has(F::net_src_port));
    CHECK(e.text(F::auth_key_fingerprint) == "SHA256:c");
  }
  TEST_CASE("SshInvalidUserNix: with and without a port, with an empty name") {
    Event e;
    REQUIRE(type_of(sshd("Invalid user admin from 192.0.2.7 port 1022"), e) == EventType::ssh_invalid_user);
    CHECK(e.text(F::usr_tgt_name) == "admin");
    CHECK(e.number(F::net_src_port) == 1022);
    REQUIRE(type_of(sshd("Invalid user  from 192.0.2.7"), e) == EventType::ssh_invalid_user);
    CHECK_FALSE(e.has(F::usr_tgt_name));
    CHECK(e.text(F::net_src_ipv4) == "192.0.2.7");
    REQUIRE(type_of(sshd("Invalid user a b from c from 192.0.2.7 port 3"), e) == EventType::ssh_invalid_user);
    CHECK(e.text(F::usr_tgt_name) == "a b from c");
  }
  TEST_CASE("SshErrorNix: what breaks the protocol; ordinary ends do not") {
    Event e;
    REQUIRE(type_of(sshd("Bad packet length 1349676916. [preauth]"), e) == EventType::ssh_error);
    CHECK(e.text(F::op_text) == "Bad packet length 1349676916.");
    CHECK_FALSE(e.has(F::net_src_ipv4));
    REQUIRE(type_of(sshd("Bad protocol version identification 'GET / HTTP/1.1' from 192.0.2.7 port 1022"), e) == EventType::ssh_error);
    CHECK(e.text(F::net_src_ipv4) == "192.0.2.7");
    CHECK(e.number(F::net_src_port) == 1022);
    REQUIRE(type_of(sshd("banner exchange: Connection from 192.0.2.7 port 1022: invalid format"), e) == EventType::ssh_error);
    CHECK(e.number(F::net_src_port) == 1022);
    REQUIRE(type_of(sshd("Unable to negotiate with 192.0.2.7 port 4: no matching host key type found. Their offer: ssh-dss [preauth]"), e) == EventType::ssh_error);
    REQUIRE(type_of(sshd("fatal: buffer_get_string: bad string length 4294967295"), e) == EventType::ssh_error);
    for (const char* line : {"Server listening on 0.0.0.0 port 22.", "Connection closed by 192.0.2.7 port 22 [preauth]", "Received disconnect from 192.0.2.7 port 4:11: Bye Bye", ""})
      CHECK(type_of(sshd(line), e) == EventType::count_);
  }
  TEST_CASE("AuthFailureNix, AuthSuccessNix: su in two dialects, PAM of anybody; login at a terminal") {
    Event e;
    const std::string at = "2026-11-04T10:20:30.125+01:00 host ";
    REQUIRE(type_of(at + "su[9]: FAILED SU (to root) ann on pts/0", e) == EventType::auth_failure);
    CHECK(e.integer(F::event_utc_time) == 1793784030125);
    CHECK(e.text(F::usr_tgt_name) == "root");
    CHECK(e.text(F::auth_term_name) == "pts/0");
    REQUIRE(type_of(at + "su[9]: (to root) ann on none", e) == EventType::auth_success);
    CHECK_FALSE(e.has(F::auth_term_name));
    REQUIRE(type_of(at + "su[9]: Successful su for root by ann", e) == EventType::auth_success);
    CHECK(e.text(F::usr_tgt_name) == "root");
    REQUIRE(type_of(at + "sudo: pam_unix(sudo:auth): authentication failure; logname=ann uid=1000 euid=0 tty=/dev/pts/1 ruser=ann rhost=  user=ann", e) == EventType::auth_failure);
    CHECK(e.text(F::auth_service) == "sudo");
    CHECK(e.text(F::usr_tgt_name) == "ann");
    CHECK(e.text(F::auth_term_name) == "pts/1");
    CHECK_FALSE(e.has(F::net_src_ipv4));
    REQUIRE(type_of(at + "vsftpd[3]: pam_sss(vsftpd:auth): authentication failure; logname= uid=0 euid=0 tty=ftp ruser=bob rhost=192.0.2.3 user=bob", e) == EventType::auth_failure);
    CHECK(e.text(F::net_src_ipv4) == "192.0.2.3");
    CHECK(type_of(at + "sshd[3]: pam_unix(sshd:auth): authentication failure; logname= uid=0 user=bob", e) == EventType::count_);
    REQUIRE(type_of(at + "login[7]: FAILED LOGIN (2) on '/dev/tty1' FOR 'root', Authentication failure", e) == EventType::logon_failure);
    CHECK(e.text(F::usr_tgt_name) == "root");
    CHECK(e.text(F::auth_term_name) == "tty1");
    REQUIRE(type_of(at + "login[7]: LOGIN ON tty1 BY ann", e) == EventType::logon_success);
    CHECK(e.text(F::usr_tgt_name) == "ann");
    REQUIRE(type_of(at + "login[7]: ROOT LOGIN ON tty1", e) == EventType::logon_success);
    CHECK(e.text(F::usr_tgt_name) == "root");
  }
  TEST_CASE("a log line's head: times, hosts, programs; damage is no line") {
    observe::LogLine line;
    REQUIRE(observe::split_log_line("2026-11-04T09:20:30Z host /usr/sbin/sshd[1]: x", line));
    CHECK(line.program == "sshd");
    CHECK(line.time_ms == 1793784030000);
    REQUIRE(observe::split_log_line("2026-11-04T10:20:30+0100 host sshd-session[77]: a: b", line));
    CHECK(line.time_ms == 1793784030000);
    CHECK(line.message == "a: b");
    CHECK(line.pid == 77);
    REQUIRE(observe::split_log_line("<86>Nov 24 14:45:51 host su: x", line));
    CHECK(line.pid == 0);
    for (const char* bad : {"", "<", "<86", "Nov 24 14:45:51 ", "Nov 24 14:45:51 host", "Now 24 14:45:51 host su: x", "2026-11-04T10:20:30 host su: x", "2026-11-04T10:20:30+1 host su: x",
                            "2026-11-04T10:20:30. host su: x", "Nov 24 14:45:51 host sshd[x]: y", "Nov 24 14:45:51 host sshd[99999999999]: y", "Nov 24 14:45:51 host a b: c", "2026-1-4 host su: x"})
      CHECK_FALSE(observe::split_log_line(bad, line));
  }
  TEST_CASE("AuthLog follows the log from its end on, over rotation, truncation and half a line") {
    TempTree tree;
    FakeClock clock;
    tree.file("/var/log/auth.log", sshd("Failed password for old from 192.0.2.7 port 1 ssh2") + "\n");
    const std::string path = tree.path("/var/log/auth.log");
    observe::Options options;
    options.root = tree.root();
    options.clock = &clock;
    observe::AuthLog log;
    REQUIRE(log.open(options));
    std::string seen;
    const observe::Sink sink = [&](const Event& e) {
      seen += std::string(e.text(F::usr_tgt_name)) + ' ';
      CHECK(e.has(F::event_utc_time));
    };
    const auto poll = [&] { clock.now = log.poll(clock.now, sink); };
    poll();
    CHECK(seen.empty());
    const auto failed = [](const std::string& name) { return sshd("Failed password for " + name + " from 192.0.2.7 port 1 ssh2") + "\n"; };
    append(path, failed("a") + failed("b").substr(0, 40));
    poll();
    append(path, failed("b").substr(40) + std::string(limits::kLogLineBytes + 10, 'x'));
    poll();
    append(path, "Failed password for x from 192.0.2.7 port 1 ssh2\n" + failed("c"));
    poll();
    CHECK(seen == "a b c ");
    append(path, failed("d"));
    REQUIRE(std::rename(path.c_str(), (path + ".1").c_str()) == 0);
    append(path, failed("e"));
    poll();
    append(path, failed("f"));
    poll();
    CHECK(seen == "a b c d e f ");
    REQUIRE(::truncate(path.c_str(), 0) == 0);
    poll();
    append(path, failed("g"));
    poll();
    CHECK(seen == "a b c d e f g ");
  }
  TEST_CASE("AuthLog reads a log that appears later from its first line") {
    TempTree tree;
    FakeClock clock;
    observe::Options options;
    options.root = tree.root();
    options.clock = &clock;
    observe::AuthLog log;
    REQUIRE(log.open(options));
    int seen = 0;
    const observe::Sink sink = [&](const Event&) { ++seen; };
    clock.now = log.poll(clock.now, sink);
    tree.file("/var/log/secure", sshd("Failed password for a from 192.0.2.7 port 1 ssh2") + "\n");
    clock.now = log.poll(clock.now, sink);
    CHECK(seen == 1);
  }
  TEST_CASE("LogindSessionNix: a session's file comes and goes") {
    TempTree tree;
    FakeClock clock;
    observe::Options options;
    options.root = tree.root();
    options.clock = &clock;
    observe::Logind logind;
    REQUIRE(logind.open(options));
    std::string seen;
    const observe::Sink sink = [&](const Event& e) {
      seen += std::string(e.text(F::op_name)) + ' ' + std::string(e.text(F::op_value)) + ' ' + std::string(e.text(F::usr_tgt_name)) + ' ' +
              std::string(e.text(F::net_src_ipv4)) + std::string(e.text(F::net_src_hostname)) + ' ' + std::to_string(e.number(F::auth_pid)) + ';';
    };
    const std::string begin = "# This is private data. Do not parse.\nUID=1000\nUSER=";
    tree.file("/run/systemd/sessions/1", begin + "old\n");
    (void)logind.poll(clock.now, sink);
    CHECK(seen.empty());
    tree.file("/run/systemd/sessions/c2", begin + "ann\nACTIVE=1\nREMOTE_HOST=192.0.2.7\nLEADER=77\nno pair\nREALTIME=1700000000000000\n");
    tree.file("/run/systemd/sessions/c2.ref", "");
    tree.file("/run/systemd/sessions/3", "");
    (void)logind.poll(clock.now, sink);
    (void)logind.poll(clock.now, sink);
    CHECK(seen == "new c2 ann 192.0.2.7 77;");
    tree.file("/run/systemd/sessions/3", begin + "bob\nREMOTE_HOST=client.example\n");
    REQUIRE(std::remove(tree.path("/run/systemd/sessions/1").c_str()) == 0);
    (void)logind.poll(clock.now, sink);
    CHECK(seen == "new c2 ann 192.0.2.7 77;new 3 bob client.example 0;removed 1 old  0;");
  }
}
