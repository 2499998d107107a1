// SPDX-License-Identifier: Apache-2.0
#include "enrich/logon_events.h"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "base/limits.h"

using namespace aurochs;
using enrich::LogonEvents;
using event::Event;
using event::EventType;
using F = event::FieldId;

namespace {

constexpr int64_t kNow = 1700000000000;

/// Answers what a host would: settings, the book of an earlier run, names of users.
class FakeDoor final : public state::ProcReader {
 public:
  std::string settings, book;
  std::map<int64_t, std::string> users;
  bool ask(state::Ask what, int64_t id, std::string_view, std::string& answer) override {
    answer = what == state::Ask::logon_settings ? settings : what == state::Ask::logon_book ? book : what == state::Ask::user ? users[id] : std::string();
    return !answer.empty();
  }
};

struct Told {
  EventType type;
  std::map<F, std::string> texts;
  std::map<F, uint64_t> numbers;
  std::string text(F f) const { return texts.count(f) ? texts.at(f) : std::string(); }
  uint64_t number(F f) const { return numbers.count(f) ? numbers.at(f) : 0; }
  bool has(F f) const { return texts.count(f) || numbers.count(f); }
};

class Line {
 public:
  FakeDoor door;
  LogonEvents logons{door};
  std::vector<Told> told;
  int64_t now = kNow;
  std::string user = "ann", address = "192.0.2.7", service = "sshd";
  int pid = 500;

  Event& fill(EventType type, std::string_view from) {
    e_.clear(type);
    e_.set_time(F::event_utc_time, now);
    e_.set_text_if(F::auth_sources, from);
    e_.set_text_if(F::usr_tgt_name, user);
    e_.set_text_if(F::net_src_ipv4, address);
    e_.set_text_if(F::auth_service, service);
    if (pid) e_.set_number(F::auth_pid, static_cast<uint64_t>(pid));
    return e_;
  }
  void term(std::string_view name) { e_.set_text(F::auth_term_name, name); }
  void take() {
    if (logons.take(e_)) keep();
  }
  void say(EventType type, std::string_view from) {
    fill(type, from);
    take();
  }
  void audit(EventType type, std::string_view record) {
    fill(type, "audit").set_text(F::audit_record, record);
    take();
  }
  void old(EventType type, std::string_view from, uint64_t count = 1) {
    fill(type, from).set_bool(F::proc_issnapshot, true);
    e_.set_number(F::event_count, count);
    take();
  }
  /// All three of one wrong password.
  void fail() {
    audit(EventType::logon_failure, "USER_AUTH");
    audit(EventType::logon_failure, "USER_LOGIN");
    say(EventType::logon_failure, "btmp");
    fill(EventType::logon_failure, "log").set_text(F::auth_type, "Password");
    take();
  }
  void wait(int64_t ms) {
    drain(now);
    now += ms;
    drain(now);
  }
  void end() { drain(INT64_MAX); }
  std::string types() const {
    std::string out;
    for (const Told& t : told) out += (out.empty() ? "" : " ") + std::string(event::event_row(t.type).vendor_type);
    return out;
  }

 private:
  void drain(int64_t at) {
    while (logons.next(e_, at)) keep();
  }
  void keep() {
    Told t{e_.type(), {}, {}};
    e_.each([&](F f) {
      if (event::field_row(f).type == event::Type::text)
        t.texts[f] = std::string(e_.text(f));
      else
        t.numbers[f] = e_.number(f);
    });
    told.push_back(std::move(t));
  }
  Event e_;
};

}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("LogonFailureNix: audit, btmp and the log tell of one wrong password, one event") {
    Line h;
    h.fail();
    CHECK(h.told.empty());
    h.wait(7000);
    REQUIRE(h.types() == "UserLogonAttemptFail");
    const Told& t = h.told[0];
    CHECK(t.text(F::auth_sources) == "audit|btmp|log");
    CHECK(t.text(F::auth_type) == "Password");
    CHECK(t.text(F::auth_result) == "failed");
    CHECK(t.number(F::auth_btmp_usr_count) == 1);
    CHECK(t.number(F::auth_btmp_ip_count) == 1);
    CHECK(t.number(F::auth_btmp_time_window) == 300);
    CHECK(t.number(F::auth_wtmp_usr_count) == 0);
  }
  TEST_CASE("LogonFailureNix: three passwords of one connection are three events, in whatever order the sources speak") {
    for (const bool by_source : {false, true}) {
      Line h;
      CAPTURE(by_source);
      if (by_source) {
        for (int i = 0; i < 3; ++i) h.now += 100, h.audit(EventType::logon_failure, "USER_AUTH"), h.audit(EventType::logon_failure, "USER_LOGIN");
        for (int i = 0; i < 3; ++i) h.now += 100, h.say(EventType::logon_failure, "btmp");
        for (int i = 0; i < 3; ++i) h.say(EventType::logon_failure, "log");
      } else {
        for (int i = 0; i < 3; ++i) h.now += 100, h.fail();
      }
      h.wait(7000);
      REQUIRE(h.told.size() == 3);
      for (size_t i = 0; i < 3; ++i) {
        CHECK(h.told[i].number(F::auth_btmp_usr_count) == i + 1);
        CHECK(h.told[i].text(F::auth_sources) == "audit|btmp|log");
      }
    }
  }
  TEST_CASE("LogonFailureNix: what sshd's client tries first is no failed logon; alone it is one, later") {
    Line h;
    h.audit(EventType::logon_failure, "USER_LOGIN");
    h.wait(20000);
    CHECK(h.told.empty());
    h.fail();
    h.wait(7000);
    CHECK(h.told.size() == 1);
    h.pid = 501;
    h.audit(EventType::logon_failure, "USER_LOGIN");
    h.wait(5000);
    h.say(EventType::logon_success, "log");
    h.wait(200000);
    REQUIRE(h.told.size() == 2);
    CHECK(h.told[1].type == EventType::logon_success);
    h.pid = 502;
    h.audit(EventType::logon_failure, "USER_LOGIN");
    h.wait(129000);
    CHECK(h.told.size() == 2);
    h.wait(2000);
    REQUIRE(h.told.size() == 3);
    CHECK(h.told[2].type == EventType::logon_failure);
    CHECK(h.told[2].text(F::auth_sources) == "audit");
    h.pid = 503;
    h.audit(EventType::logon_failure, "USER_LOGIN");
    h.wait(1000);
    h.end();  // of the sensor, not of the connection
    CHECK(h.told.size() == 3);
  }
  TEST_CASE("LogonFailureNix: of a log file without clock all is told at its end") {
    Line h;
    h.audit(EventType::logon_failure, "USER_LOGIN");
    h.end();
    CHECK(h.types() == "UserLogonAttemptFail");
  }
  TEST_CASE("LogonFailureNix: a name that is no user: its own record of btmp is no password") {
    Line h;
    h.say(EventType::logon_failure, "btmp");
    h.say(EventType::ssh_invalid_user, "log");
    h.now += 100;
    h.user = "(invalid user)";
    h.audit(EventType::logon_failure, "USER_LOGIN");
    h.user = "ann";
    h.now += 900;
    h.audit(EventType::logon_failure, "USER_AUTH");
    h.say(EventType::logon_failure, "btmp");
    h.say(EventType::logon_failure, "log");
    h.wait(7000);
    REQUIRE(h.types() == "SshInvalidUser UserLogonAttemptFail");
    CHECK(h.told[1].number(F::auth_btmp_usr_count) == 1);
    h.fail();
    h.wait(7000);
    REQUIRE(h.told.size() == 3);
    CHECK(h.told[2].number(F::auth_btmp_usr_count) == 2);
  }
  TEST_CASE("LogonFailureNix: btmp and the log come when PAM has slept") {
    Line h;
    for (int i = 0; i < 3; ++i) {
      h.audit(EventType::logon_failure, "USER_AUTH");
      h.wait(3000);
      h.audit(EventType::logon_failure, "USER_LOGIN");
      h.say(EventType::logon_failure, "btmp");
      h.say(EventType::logon_failure, "log");
      h.wait(100);
    }
    h.wait(7000);
    REQUIRE(h.told.size() == 3);
    for (const Told& t : h.told) CHECK(t.text(F::auth_sources) == "audit|btmp|log");
    CHECK(h.told[2].number(F::auth_btmp_usr_count) == 3);
  }
  TEST_CASE("LogonFailureNix: PAM in a process of its own names whom sshd does not know") {
    Line h;
    h.user = "(unknown user)";
    h.audit(EventType::logon_failure, "USER_LOGIN");
    h.user = "oracle";
    h.pid = 501;
    h.now += 250;
    h.audit(EventType::logon_failure, "USER_AUTH");
    h.wait(200000);
    REQUIRE(h.types() == "UserLogonAttemptFail");
    CHECK(h.told[0].text(F::usr_tgt_name) == "oracle");
    CHECK(h.told[0].number(F::auth_btmp_usr_count) == 1);
  }
  TEST_CASE("AuthFailureNix: su is no logon though btmp says so, and counts since btmp has it; sudo does not count") {
    Line h;
    h.address.clear();
    h.service = "su";
    h.audit(EventType::auth_failure, "USER_AUTH");
    h.service.clear();
    h.say(EventType::logon_failure, "btmp");
    h.wait(7000);
    h.service = "sudo";
    h.pid = 501;
    h.audit(EventType::auth_failure, "USER_AUTH");
    h.fill(EventType::auth_failure, "log").set_text(F::auth_op, "PAM:authentication");
    h.take();
    h.wait(7000);
    REQUIRE(h.types() == "UserAuthFail UserAuthFail");
    CHECK(h.told[0].text(F::auth_sources) == "audit|btmp");
    CHECK(h.told[0].number(F::auth_btmp_usr_count) == 1);
    CHECK(h.told[1].text(F::auth_sources) == "audit|log");
    CHECK(h.told[1].number(F::auth_btmp_usr_count) == 1);
    CHECK_FALSE(h.told[1].has(F::auth_btmp_ip_count));
  }
  TEST_CASE("LogonSuccessNix: session, terminal, wtmp and the log are one; the method comes from the log, the name from the id") {
    Line h;
    h.door.users[1001] = "ann";
    h.fill(EventType::logon_success, "log").set_text(F::auth_key_fingerprint, "SHA256:abc");
    h.take();
    h.fill(EventType::logon_success, "audit").set_text(F::audit_record, "USER_START");
    h.term("ssh");
    h.take();
    h.user.clear();
    h.fill(EventType::logon_success, "audit").set_text(F::audit_record, "USER_LOGIN");
    h.take();
    h.user = "ann";
    h.service.clear();
    h.pid = 510;  // the process of the session
    h.now += 300;
    h.fill(EventType::logon_success, "wtmp").set_text(F::auth_term_name, "pts/3");
    h.take();
    h.wait(7000);
    REQUIRE(h.types() == "UserLogon");
    CHECK(h.told[0].text(F::auth_sources) == "audit|wtmp|log");
    CHECK(h.told[0].text(F::auth_key_fingerprint) == "SHA256:abc");
    CHECK(h.told[0].text(F::auth_term_name) == "pts/3");
    CHECK(h.told[0].number(F::auth_pid) == 500);
    CHECK(h.told[0].number(F::event_utc_time) == kNow);
    CHECK(h.told[0].number(F::auth_wtmp_usr_count) == 1);
    h.user.clear();
    h.pid = 511;
    h.fill(EventType::logon_success, "audit").set_number(F::usr_tgt_id, 1001);
    h.take();
    h.wait(7000);
    REQUIRE(h.told.size() == 2);
    CHECK(h.told[1].text(F::usr_tgt_name) == "ann");
    CHECK(h.told[1].number(F::auth_wtmp_usr_count) == 2);
  }
  TEST_CASE("two users, two addresses, two processes at a time do not mix") {
    Line a;
    for (int i = 0; i < 40; ++i) {
      a.pid = 600 + i;
      a.user = "user" + std::to_string(i % 4);
      a.address = "192.0.2." + std::to_string(i % 8);
      a.audit(EventType::logon_failure, "USER_AUTH");
    }
    for (int i = 39; i >= 0; --i) {
      a.pid = 600 + i;
      a.user = "user" + std::to_string(i % 4);
      a.address = "192.0.2." + std::to_string(i % 8);
      a.say(EventType::logon_failure, "btmp");
      a.say(EventType::logon_failure, "log");
    }
    a.door.settings.clear();
    a.wait(7000);
    size_t failures = 0;
    for (const Told& t : a.told) {
      if (t.type != EventType::logon_failure) continue;
      CHECK(t.text(F::auth_sources) == "audit|btmp|log");
      CHECK(t.number(F::auth_btmp_usr_count) == failures / 4 + 1);
      CHECK(t.number(F::auth_btmp_ip_count) == failures / 8 + 1);
      ++failures;
    }
    CHECK(failures == 40);
  }
  TEST_CASE("counts: the window slides") {
    Line h;
    h.door.settings = "60 100";
    for (int i = 0; i < 5; ++i) {
      h.pid = 500 + i;
      h.fail();
      h.wait(20000);
    }
    REQUIRE(h.told.size() == 5);
    const uint64_t wanted[] = {1, 2, 3, 3, 3};
    for (size_t i = 0; i < 5; ++i) CHECK(h.told[i].number(F::auth_btmp_usr_count) == wanted[i]);
    CHECK(h.told[0].number(F::auth_btmp_time_window) == 60);
  }
  TEST_CASE("LogonFailBurstNix: once a window, of an address, then of a user from anywhere") {
    Line h;
    h.door.settings = "300 3";
    for (int i = 0; i < 6; ++i) {
      h.pid = 500 + i;
      h.user = "u" + std::to_string(i);
      h.fail();
      h.wait(7000);
    }
    CHECK(h.types() == "UserLogonAttemptFail UserLogonAttemptFail UserLogonAttemptFail LogonFailAggregate UserLogonAttemptFail UserLogonAttemptFail UserLogonAttemptFail");
    const Told& burst = h.told[3];
    CHECK(burst.text(F::op_name) == "address");
    CHECK(burst.number(F::event_count) == 3);
    h.told.clear();
    h.user = "ann";
    for (int i = 0; i < 3; ++i) {
      h.pid = 600 + i;
      h.address = "198.51.100." + std::to_string(i);
      h.fail();
      h.wait(7000);
    }
    REQUIRE(h.told.size() == 4);
    CHECK(h.told[3].type == EventType::logon_fail_burst);
    CHECK(h.told[3].text(F::op_name) == "user");
    CHECK(h.told[3].text(F::usr_tgt_name) == "ann");
  }
  TEST_CASE("history feeds the counts and gives no events") {
    Line h;
    h.fill(EventType::logon_success, "wtmp").set_bool(F::proc_issnapshot, true);
    h.user.clear();
    h.address.clear();
    h.fill(EventType::logon_success, "wtmp").set_bool(F::proc_issnapshot, true);
    h.old(EventType::logon_success, "wtmp", 0);
    h.user = "ann";
    h.old(EventType::logon_success, "wtmp", 70);
    h.user.clear();
    h.address = "192.0.2.7";
    h.old(EventType::logon_success, "wtmp", 9);
    h.user = "ann";
    h.pid = 400;
    h.now -= 100000;
    h.old(EventType::logon_failure, "btmp");
    h.pid = 401;
    h.now -= 400000;
    h.old(EventType::logon_failure, "btmp");  // before the window
    h.now = kNow;
    CHECK(h.told.empty());
    h.pid = 500;
    h.fail();
    h.say(EventType::logon_success, "wtmp");
    h.wait(7000);
    REQUIRE(h.types() == "UserLogonAttemptFail UserLogon");
    CHECK(h.told[0].number(F::auth_btmp_usr_count) == 2);
    CHECK(h.told[0].number(F::auth_wtmp_usr_count) == 70);
    CHECK(h.told[1].number(F::auth_wtmp_usr_count) == 71);
    CHECK(h.told[1].number(F::auth_wtmp_ip_count) == 10);
    CHECK(h.told[1].number(F::auth_btmp_usr_count) == 2);
  }
  TEST_CASE("a failure that btmp tells as history and audit as news is one") {
    for (const bool history_first : {true, false}) {
      Line h;
      if (history_first) h.old(EventType::logon_failure, "btmp");
      h.audit(EventType::logon_failure, "USER_AUTH");
      if (!history_first) h.old(EventType::logon_failure, "btmp");
      h.wait(7000);
      REQUIRE(h.told.size() == 1);
      CHECK(h.told[0].number(F::auth_btmp_usr_count) == 1);
    }
  }
  TEST_CASE("a restart loses no count and counts nothing twice, with and without btmp") {
    Line before;
    for (int i = 0; i < 3; ++i) before.pid = 500 + i, before.fail(), before.wait(7000);
    before.pid = 510;
    before.audit(EventType::logon_failure, "USER_AUTH");  // its record of btmp is not read any more
    before.wait(7000);
    before.pid = 511;
    before.say(EventType::logon_failure, "log");
    before.say(EventType::logon_success, "log");
    before.end();
    REQUIRE(before.told.size() == 6);
    const auto saved = before.logons.save();
    REQUIRE(saved);
    for (const bool has_btmp : {true, false}) {
      CAPTURE(has_btmp);
      Line after;
      after.door.book = state::pack_logons(*saved);
      for (int i = 0; has_btmp && i < 3; ++i) {
        after.pid = 500 + i;
        after.now = kNow + i * 7000;
        after.old(EventType::logon_failure, "btmp");
      }
      after.now = kNow + 21000;
      after.pid = 510;
      if (has_btmp) after.old(EventType::logon_failure, "btmp");
      after.now = before.now;
      after.pid = 520;
      if (has_btmp) after.old(EventType::logon_failure, "btmp");  // while no sensor ran
      after.pid = 521;
      after.now += 4000;
      after.fail();
      after.wait(7000);
      REQUIRE(after.told.size() == 1);
      CHECK(after.told[0].number(F::auth_btmp_usr_count) == (has_btmp ? 7 : 6));
      CHECK(after.told[0].number(F::auth_wtmp_usr_count) == 1);
    }
  }
  TEST_CASE("nothing to save where no logon was told, so that what was saved stays") {
    Line h;
    CHECK_FALSE(h.logons.save());
    h.say(EventType::ssh_invalid_user, "log");
    CHECK_FALSE(h.logons.save());
  }
  TEST_CASE("LogoffNix: a session's end in audit and wtmp is one; its length comes from wtmp") {
    Line h;
    h.audit(EventType::logoff, "USER_END");
    h.service.clear();
    h.pid = 510;
    h.fill(EventType::logoff, "wtmp").set_number(F::usr_tgt_logon_uptime, 216);
    h.take();
    h.wait(7000);
    REQUIRE(h.types() == "UserLogoff");
    CHECK(h.told[0].number(F::usr_tgt_logon_uptime) == 216);
    CHECK(h.told[0].text(F::auth_sources) == "audit|wtmp");
  }
  TEST_CASE("SystemBootNix: the record and wtmp are one; SshErrorNix: two lines of one connection as well") {
    Line h;
    h.audit(EventType::system_boot, "SYSTEM_BOOT");
    h.say(EventType::system_boot, "wtmp");
    h.fill(EventType::ssh_error, "log").set_text(F::op_text, "first");
    h.take();
    h.fill(EventType::ssh_error, "log").set_text(F::op_text, "second");
    h.take();
    h.wait(7000);
    REQUIRE(h.types() == "SystemBoot SshError");
    CHECK(h.told[1].text(F::op_text) == "first");
  }
  TEST_CASE("too many at a time: the oldest goes out before its wait is over, and that is counted") {
    Line h;
    for (size_t i = 0; i < limits::kLogonsHeld + 10; ++i) {
      h.pid = 1000 + static_cast<int>(i);
      h.user = "u" + std::to_string(i);
      h.audit(EventType::logon_failure, "USER_AUTH");
    }
    size_t failures = 0;
    for (const Told& t : h.told) failures += t.type == EventType::logon_failure;
    CHECK(failures == 10);
    CHECK(h.told[0].text(F::usr_tgt_name) == "u0");
    CHECK(h.logons.crowded() == 10);
    h.wait(7000);
    failures = 0;
    for (const Told& t : h.told) failures += t.type == EventType::logon_failure;
    CHECK(failures == limits::kLogonsHeld + 10);
  }
  TEST_CASE("LogonBook: beyond its bounds it forgets the oldest and says so") {
    enrich::LogonBook book;
    for (size_t i = 0; i < limits::kLogonFailures + 5; ++i)
      (void)book.fail({kNow, 7, 8, i + 1, static_cast<int32_t>(i + 1), 1}, enrich::LogonBook::From::now);
    CHECK(book.passed_over() == 5);
    CHECK(book.failures_of_user(7, kNow, book.newest()) == limits::kLogonFailures);
    for (size_t i = 0; i < limits::kLogonKeys + 3; ++i) book.succeed(i + 1, 1, true);
    CHECK(book.passed_over() == 8);
    CHECK(book.logons_of(1) == 1);
    CHECK(book.logons_of(limits::kLogonKeys + 1) == 0);
    book.restart_wtmp(77);
    CHECK(book.logons_of(1) == 0);
  }
}
