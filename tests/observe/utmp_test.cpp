// SPDX-License-Identifier: Apache-2.0
#include "observe/utmp.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <utime.h>

#include <cstring>
#include <map>
#include <string>
#include <vector>

#include "enrich/temp_tree.h"

using namespace aurochs;
using event::Event;
using event::EventType;
using observe::UtmpLayout;
using observe::UtmpRecord;
using F = event::FieldId;

namespace {

constexpr int64_t kNow = 1700000000000;

struct Made {
  int16_t type = 7;
  int32_t pid = 4321;
  std::string line = "pts/1", user = "ann", host = "192.0.2.7", address = "192.0.2.7";
  int64_t time_ms = kNow;

  std::string bytes(UtmpLayout layout = UtmpLayout::narrow) const {
    std::string out(observe::stride(layout), '\0');
    const auto put = [&](size_t at, const void* from, size_t size) { std::memcpy(&out[at], from, size); };
    const auto number = [&](size_t at, auto n) { put(at, &n, sizeof n); };
    number(0, type);
    number(4, pid);
    put(8, line.data(), std::min<size_t>(line.size(), 32));
    put(44, user.data(), std::min<size_t>(user.size(), 32));
    put(76, host.data(), std::min<size_t>(host.size(), 256));
    if (layout == UtmpLayout::wide) {
      number(336, int64_t{4321});
      number(344, time_ms / 1000);
      number(352, time_ms % 1000 * 1000);
    } else {
      number(336, int32_t{4321});
      number(340, static_cast<uint32_t>(time_ms / 1000));
      number(344, static_cast<int32_t>(time_ms % 1000 * 1000));
    }
    uint8_t binary[16] = {};
    if (!address.empty()) REQUIRE(::inet_pton(address.find(':') == std::string::npos ? AF_INET : AF_INET6, address.c_str(), binary) == 1);
    put(layout == UtmpLayout::wide ? 360 : 348, binary, sizeof binary);
    return out;
  }
};

class FakeClock final : public base::Clock {
 public:
  int64_t now = kNow;
  int64_t unix_ms() override { return now; }
  int64_t monotonic_ms() override { return now; }
};

struct Told {
  EventType type;
  std::map<F, std::string> texts;
  std::map<F, uint64_t> numbers;
};

class Host {
 public:
  TempTree tree;
  FakeClock clock;
  observe::Utmp utmp;
  std::vector<Told> told;

  Host() { tree.dir("/var/log"), tree.dir("/run"); }
  std::string path(const char* name) const { return tree.path(std::string("/var/log/") + name); }
  void open() {
    observe::Options options;
    options.root = tree.root();
    options.clock = &clock;
    REQUIRE(utmp.open(options));
    poll();
  }
  void append(const std::string& name, const std::string& bytes) {
    std::FILE* f = std::fopen(path(name.c_str()).c_str(), "a");
    REQUIRE(f);
    std::fwrite(bytes.data(), 1, bytes.size(), f);
    std::fclose(f);
  }
  void write(const std::string& name, const std::string& bytes) {
    std::FILE* f = std::fopen(path(name.c_str()).c_str(), "r+");
    REQUIRE(f);
    std::fwrite(bytes.data(), 1, bytes.size(), f);
    std::fclose(f);
  }
  void poll() {
    clock.now += 500;
    (void)utmp.poll(clock.now, [this](const Event& e) {
      Told t{e.type(), {}, {}};
      e.each([&](F f) {
        if (event::field_row(f).type == event::Type::text)
          t.texts[f] = std::string(e.text(f));
        else
          t.numbers[f] = e.number(f);
      });
      told.push_back(std::move(t));
    });
  }
  /// Types told since the last call, history in brackets.
  std::string news() {
    std::string out;
    for (const Told& t : told) {
      if (t.numbers.count(F::file_inode)) continue;
      const std::string name(event::event_row(t.type).vendor_type);
      out += (out.empty() ? "" : " ") + (t.numbers.count(F::proc_issnapshot) ? "[" + name + "]" : name);
    }
    told.clear();
    return out;
  }
};

}  // namespace

TEST_SUITE("observe") {
  TEST_CASE("utmp records of 384 and of 400 bytes are told apart by the file, also a single one") {
    for (const UtmpLayout layout : {UtmpLayout::narrow, UtmpLayout::wide})
      for (const char* address : {"", "192.0.2.7", "2001:db8::7", "::ffff:192.0.2.7"})
        for (const size_t count : {1u, 2u, 17u}) {
          Made made;
          made.address = address;
          made.time_ms += 123;
          std::string file;
          for (size_t i = 0; i < count; ++i) file += made.bytes(layout);
          CHECK(observe::utmp_layout(file) == layout);
          UtmpRecord r;
          REQUIRE(observe::read_utmp(std::string_view(file).substr(0, observe::stride(layout)), layout, r));
          CHECK(r.time_ms == kNow + 123);
          CHECK(r.pid == 4321);
          CHECK(r.user == "ann");
          CHECK(r.line == "pts/1");
          CHECK(observe::utmp_address(r.address) == (std::string(address) == "::ffff:192.0.2.7" ? "192.0.2.7" : address));
        }
  }
  TEST_CASE("utmp: rubbish is refused, full text fields have no end mark, blank records are records") {
    Made made;
    made.user = std::string(40, 'u');
    made.host = std::string(300, 'h');
    UtmpRecord r;
    REQUIRE(observe::read_utmp(made.bytes(), UtmpLayout::narrow, r));
    CHECK(r.user.size() == 32);
    CHECK(r.host.size() == 256);
    for (const int16_t type : {int16_t{-1}, int16_t{10}, int16_t{0x4141}}) {
      made.type = type;
      CHECK_FALSE(observe::read_utmp(made.bytes(), UtmpLayout::narrow, r));
    }
    CHECK_FALSE(observe::read_utmp(std::string(384, '\xff'), UtmpLayout::narrow, r));
    CHECK_FALSE(observe::read_utmp(std::string(383, '\0'), UtmpLayout::narrow, r));
    CHECK(observe::read_utmp(std::string(384, '\0'), UtmpLayout::narrow, r));
    CHECK(observe::read_utmp(std::string(400, '\0'), UtmpLayout::wide, r));
  }
  TEST_CASE("LogonFailureNix: btmp of before the start is history within the window, then each record is one") {
    Host h;
    Made old, recent;
    old.type = recent.type = 6;
    old.time_ms = kNow - 400000;
    recent.time_ms = kNow - 100000;
    h.append("btmp", old.bytes() + recent.bytes() + std::string(384, 'x'));
    h.open();
    CHECK(h.news() == "[UserLogonAttemptFail]");
    Made now;
    now.type = 6;
    now.line = "ssh:notty";
    now.user = "root";
    now.time_ms = kNow + 700;
    h.append("btmp", now.bytes() + now.bytes().substr(0, 100));
    h.poll();
    REQUIRE(h.told.size() == 1);
    const Told t = h.told[0];
    CHECK(h.news() == "UserLogonAttemptFail");
    CHECK(t.texts.at(F::usr_tgt_name) == "root");
    CHECK(t.texts.at(F::net_src_ipv4) == "192.0.2.7");
    CHECK(t.texts.at(F::auth_sources) == "btmp");
    CHECK(t.texts.at(F::auth_service) == "sshd");
    CHECK(t.texts.at(F::op_name) == "LOGIN_PROCESS");
    CHECK(t.numbers.at(F::auth_pid) == 4321);
    CHECK(t.numbers.at(F::event_utc_time) == kNow + 700);
    CHECK(t.texts.count(F::net_src_hostname) == 0);
    h.poll();
    CHECK(h.news().empty());
    h.append("btmp", now.bytes().substr(100));
    h.poll();
    CHECK(h.news() == "UserLogonAttemptFail");
  }
  TEST_CASE("LogonSuccessNix, LogoffNix: wtmp of before the start as totals, then a session with its length") {
    Host h;
    Made ann, bob;
    bob.user = "bob";
    bob.line = "pts/2";
    h.append("wtmp", ann.bytes() + ann.bytes() + bob.bytes());
    h.open();
    REQUIRE(h.told.size() == 4);
    CHECK(h.told[0].numbers.at(F::event_count) == 0);
    CHECK(h.told[1].texts.at(F::usr_tgt_name) == "ann");
    CHECK(h.told[1].numbers.at(F::event_count) == 2);
    CHECK(h.told[2].numbers.at(F::event_count) == 1);
    CHECK(h.told[3].texts.at(F::net_src_ipv4) == "192.0.2.7");
    CHECK(h.told[3].numbers.at(F::event_count) == 3);
    h.told.clear();
    Made in, out;
    in.line = out.line = "pts/3";
    in.host = "client.example";
    in.time_ms = kNow + 1000;
    out.type = 8;
    out.user = out.host = out.address = "";
    out.time_ms = kNow + 217000;
    h.append("wtmp", in.bytes() + out.bytes());
    h.poll();
    REQUIRE(h.told.size() == 2);
    CHECK(h.told[0].type == EventType::logon_success);
    CHECK(h.told[0].texts.at(F::net_src_hostname) == "client.example");
    CHECK(h.told[1].type == EventType::logoff);
    CHECK(h.told[1].texts.at(F::usr_tgt_name) == "ann");
    CHECK(h.told[1].numbers.at(F::usr_tgt_logon_uptime) == 216);
    CHECK(h.told[1].numbers.at(F::usr_tgt_logon_time) == static_cast<uint64_t>(kNow + 1000));
    h.told.clear();
    out.line = "pts/2";  // began before the start
    h.append("wtmp", out.bytes());
    h.poll();
    REQUIRE(h.told.size() == 1);
    CHECK(h.told[0].texts.at(F::usr_tgt_name) == "bob");
  }
  TEST_CASE("SystemBootNix, RunLevelChangeNix, SystemShutdownNix: host records of wtmp") {
    Host h;
    h.append("wtmp", "");
    h.open();
    h.news();
    Made boot, level, shutdown;
    boot.type = 2;
    boot.user = "reboot";
    level.type = shutdown.type = 1;
    level.user = "runlevel";
    level.pid = '5' + 256 * 'N';
    shutdown.user = "shutdown";
    boot.host = level.host = shutdown.host = "6.1.0-1-amd64";
    h.append("wtmp", boot.bytes() + level.bytes() + shutdown.bytes());
    h.poll();
    REQUIRE(h.told.size() == 3);
    CHECK(h.told[0].numbers.at(F::dev_boot_time) == static_cast<uint64_t>(kNow));
    CHECK(h.told[0].texts.at(F::op_text) == "6.1.0-1-amd64");
    CHECK(h.told[1].texts.at(F::op_value) == "5");
    CHECK(h.told[1].texts.at(F::op_value_old) == "N");
    CHECK(h.news() == "SystemBoot RunLevelChange SystemShutdown");
  }
  TEST_CASE("UtmpTamperNix: truncated, cut, rewritten, removed; never where a rotation left its copy") {
    Made made;
    made.time_ms = kNow - 100000;
    const std::string one = made.bytes();
    const auto started = [&](Host& h) {
      h.append("wtmp", one + one + one);
      h.open();
      h.news();
    };
    {
      Host h;
      started(h);
      REQUIRE(::truncate(h.path("wtmp").c_str(), 384) == 0);
      h.poll();
      REQUIRE(!h.told.empty());
      CHECK(h.told[0].type == EventType::utmp_tamper);
      CHECK(h.told[0].texts.at(F::op_name) == "truncated");
      CHECK(h.told[0].texts.at(F::file_path) == h.path("wtmp"));
      CHECK(h.news() == "UtmpTamper [UserLogon] [UserLogon]");  // what is left is no news
      made.time_ms = kNow + 100000;
      h.append("wtmp", made.bytes());
      h.poll();
      CHECK(h.news() == "UserLogon");
    }
    {
      Host h;
      started(h);
      h.write("wtmp", std::string(384, '\0'));
      h.poll();
      REQUIRE(!h.told.empty());
      CHECK(h.told[0].texts.at(F::op_name) == "rewritten");
      h.news();
      h.poll();
      CHECK(h.news().empty());
    }
    {
      Host h;
      started(h);
      REQUIRE(std::remove(h.path("wtmp").c_str()) == 0);
      h.poll();
      REQUIRE(!h.told.empty());
      CHECK(h.told[0].texts.at(F::op_name) == "removed");
    }
    {  // rename and create
      Host h;
      h.clock.now = static_cast<int64_t>(::time(nullptr)) * 1000;
      started(h);
      h.append("wtmp", one);
      REQUIRE(std::rename(h.path("wtmp").c_str(), h.path("wtmp.1").c_str()) == 0);
      h.append("wtmp", one + one);
      h.poll();
      CHECK(h.news() == "UserLogon UserLogon UserLogon");
    }
    {  // copy and truncate
      Host h;
      h.clock.now = static_cast<int64_t>(::time(nullptr)) * 1000;
      started(h);
      h.append("wtmp-20231114", one + one + one);
      REQUIRE(::truncate(h.path("wtmp").c_str(), 0) == 0);
      h.poll();
      CHECK(h.news().empty());
      h.append("wtmp", one);
      h.poll();
      CHECK(h.news() == "UserLogon");
    }
  }
  TEST_CASE("UtmpTamperNix: a session wiped out of utmp; its ordinary end is none") {
    Host h;
    Made session, end;
    end.type = 8;
    h.tree.file("/run/utmp", session.bytes() + session.bytes());
    h.open();
    h.news();
    h.tree.file("/run/utmp", end.bytes() + session.bytes());
    h.poll();
    CHECK(h.news().empty());
    h.tree.file("/run/utmp", end.bytes() + std::string(384, '\0'));
    h.poll();
    REQUIRE(h.told.size() == 1);
    CHECK(h.told[0].texts.at(F::op_name) == "wiped");
  }
  TEST_CASE("a file that is made after the start is news from its first record") {
    Host h;
    h.open();
    h.news();
    Made made;
    made.type = 6;
    h.append("btmp", made.bytes());
    h.poll();
    CHECK(h.news() == "UserLogonAttemptFail");
  }
}
