// SPDX-License-Identifier: Apache-2.0
#include "capture/mode.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "support/fake_kernel.h"

using namespace aurochs;
using namespace aurochs::capture;
using test::FakeKernel;
using Release = FakeKernel::Release;
using Verdict = ModeWatch::Verdict;

namespace {

base::Result<bool> yes() { return true; }
base::Result<bool> no() { return false; }

class FixedClock final : public base::Clock {
 public:
  int64_t unix_ms() override { return 0; }
  int64_t monotonic_ms() override { return 1; }
};

/// A host: its kernel, what its audit daemon offers, and the sensor that captures there.
struct Host {
  explicit Host(Release release, std::optional<Mode> mode_wanted = {}) : wanted(mode_wanted), watch(mode_wanted) {
    kernel.be(release);
    kernel.status.enabled = 1;
  }
  std::string choose(int64_t now_ms) {
    auto profile = probe_kernel(control, "/nowhere");
    REQUIRE(profile);
    if (watch.leaves_stream(now_ms) && !profile->status.pid) profile->status.pid = 4711;
    const auto choice = choose_mode(watch.leaves_stream(now_ms) ? std::nullopt : wanted, *profile, offers, [&] { return multicast_works(control, *group, clock); });
    mode = choice ? std::optional<Mode>(choice->mode) : std::nullopt;
    watch.chosen(mode, now_ms);
    if (mode == Mode::unicast) REQUIRE(*AuditControl(*stream, 50).set_pid(own_pid) == PidAnswer::done);
    return mode ? row_of(*mode).name : "none";
  }
  uint32_t asker() {
    char bytes[64];
    uint32_t sender = 0, pid = 0;
    while (const auto n = stream->recv(bytes, sizeof bytes, sender, 0)) {
      if (!*n) break;
      if (*n == 20 && static_cast<unsigned char>(bytes[4]) == (1329 & 255)) std::memcpy(&pid, bytes + 16, sizeof pid);
    }
    return pid;
  }
  Verdict look(int64_t now_ms, bool has_failed = false) {
    const auto status = control.status();
    REQUIRE(status);
    const Verdict verdict = watch.look({status->pid, asker(), has_failed}, own_pid, now_ms);
    if (verdict == Verdict::yield) REQUIRE(*control.set_pid(0) == PidAnswer::done);
    return verdict;
  }

  const uint32_t own_pid = static_cast<uint32_t>(::getpid());
  FakeKernel kernel;
  std::unique_ptr<FakeKernel::Socket> socket = kernel.socket(), group = kernel.group_socket(), stream = kernel.socket();
  AuditControl control{*socket, 50};
  FixedClock clock;
  Offers offers;
  std::optional<Mode> wanted, mode;
  ModeWatch watch;
};

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("mode: every row is at its place, and has the name that the configuration knows") {
    for (const ModeRow& row : mode_rows()) {
      CHECK(&row_of(row.mode) == &row);
      CHECK(mode_of(row.name) == row.mode);
    }
    CHECK_FALSE(mode_of("auto"));
  }
  TEST_CASE("mode: what was asked for is taken, or refused with what to do") {
    KernelProfile profile;
    for (const Mode mode : {Mode::plugin, Mode::relay, Mode::socket, Mode::log}) CHECK(choose_mode(mode, profile, {}, no)->mode == mode);
    CHECK(choose_mode(Mode::unicast, profile, {}, yes)->mode == Mode::unicast);
    CHECK_FALSE(choose_mode(Mode::multicast, profile, {}, no));
    const auto failing = choose_mode(Mode::multicast, profile, {}, [] { return base::Result<bool>(base::Error{EPERM, "group"}); });
    CHECK(failing.error().code == EPERM);
    profile.status.pid = 321;
    profile.holder_comm = "auditd";
    CHECK(choose_mode(Mode::unicast, profile, {}, yes).error().code == EEXIST);
  }
  TEST_CASE("mode: auto takes the group, then the free stream, then what the audit daemon offers, the best first") {
    KernelProfile profile;
    Offers offers;
    CHECK(choose_mode({}, profile, offers, yes)->mode == Mode::multicast);
    CHECK(choose_mode({}, profile, offers, no)->mode == Mode::unicast);
    profile.status.pid = 321;
    profile.holder_comm = "auditd";
    CHECK(choose_mode({}, profile, offers, yes)->mode == Mode::multicast);
    offers.log = true;
    CHECK(choose_mode({}, profile, offers, no)->mode == Mode::log);
    offers.socket = true;
    CHECK(choose_mode({}, profile, offers, no)->mode == Mode::socket);
    offers.plugin = "/etc/audit/plugins.d/aurochs.conf";
    const auto relay = choose_mode({}, profile, offers, no);
    CHECK(relay->mode == Mode::relay);
    CHECK(relay->why.find("process 321 (auditd)") != std::string::npos);
    offers = {};
    offers.idle_plugin = "/etc/audisp/plugins.d/aurochs.conf";
    const auto none = choose_mode({}, profile, offers, no);
    REQUIRE_FALSE(none);
    CHECK(none.error().message.find("process 321 (auditd)") != std::string::npos);
    CHECK(none.error().message.find("active = yes in /etc/audisp") != std::string::npos);
  }
  TEST_CASE("mode: an active plugin is found in both places, an idle one is told apart") {
    char directory[] = "/tmp/aurochs-offers-XXXXXX";
    REQUIRE(::mkdtemp(directory));
    const std::string root = directory;
    for (const char* d : {"/etc", "/etc/audisp", "/etc/audisp/plugins.d"}) ::mkdir((root + d).c_str(), 0700);
    const std::string file = root + "/etc/audisp/plugins.d/aurochs.conf", log = root + "/audit.log";
    REQUIRE(base::write_file_atomically(file, "# ours\nactive = no\npath=/usr/sbin/aurochs-audisp\n", 0600));
    Offers offers = look_for_offers(root + "/socket", log, root);
    CHECK(offers.plugin.empty());
    CHECK(offers.idle_plugin == file);
    CHECK_FALSE(offers.log);
    REQUIRE(base::write_file_atomically(file, "active = yes\r\npath = /usr/sbin/aurochs-audisp \n", 0600));
    REQUIRE(base::write_file_atomically(log, "", 0600));
    offers = look_for_offers(log, log, root);
    CHECK(offers.plugin == file);
    CHECK_FALSE(offers.socket);
    CHECK(offers.log);
    REQUIRE(base::write_file_atomically(file, "active = yes\npath = /sbin/audisp-syslog\n", 0600));
    CHECK(look_for_offers("", "", root).plugin.empty());
    for (const std::string& f : {file, log}) ::unlink(f.c_str());
    for (const char* d : {"/etc/audisp/plugins.d", "/etc/audisp", "/etc", ""}) ::rmdir((root + d).c_str());
  }
  TEST_CASE("mode: each kernel's status and records are understood, and its mode is the one that works") {
    for (const Release release : {Release::el6, Release::v3_10, Release::el7, Release::v3_16, Release::v4_4, Release::v5_10, Release::v6_12}) {
      CAPTURE(static_cast<int>(release));
      Host host(release);
      host.kernel.status.backlog_limit = 320;
      host.kernel.status.lost = 7;
      CHECK(host.control.status()->backlog_limit == 320);
      CHECK(host.control.status()->lost == 7);
      const bool has_group = release >= Release::v3_16;
      CHECK(host.choose(0) == (has_group ? "multicast" : "unicast"));
      CHECK(host.look(1000) == Verdict::stay);
    }
  }
  TEST_CASE("mode: beside an audit daemon on kernels without the group") {
    for (const Release release : {Release::el6, Release::v3_10, Release::el7}) {
      Host host(release);
      host.kernel.other_auditd(321);
      CHECK(host.choose(0) == "none");
      CHECK(host.look(9999) == Verdict::stay);
      CHECK(host.look(10000) == Verdict::choose);
      host.offers.log = true;
      CHECK(host.choose(10000) == "log");
      CHECK(host.kernel.status.pid == 321);
    }
  }
  TEST_CASE("mode: a stream that was taken without a question (2.6.32, 3.10) is noticed") {
    for (const Release release : {Release::el6, Release::v3_10}) {
      Host host(release);
      host.offers.plugin = "aurochs.conf";
      CHECK(host.choose(0) == "unicast");
      CHECK(host.look(1000) == Verdict::stay);
      CHECK(host.kernel.daemon_starts(321) == 0);
      CHECK(host.look(2000) == Verdict::choose);
      CHECK(host.choose(2000) == "relay");
      CHECK(host.look(100000) == Verdict::stay);
      CHECK(host.kernel.status.pid == 321);
    }
  }
  TEST_CASE("mode: who asks for the stream gets it at its next attempt (RHEL 7); when it goes for good we hold it again") {
    Host host(Release::el7);
    CHECK(host.choose(0) == "unicast");
    CHECK(host.kernel.daemon_starts(321) == EEXIST);
    CHECK(host.look(1000) == Verdict::yield);
    CHECK(host.kernel.status.pid == 0);
    CHECK(host.choose(1000) == "none");
    CHECK(host.kernel.daemon_starts(322) == 0);
    host.offers.log = true;
    CHECK(host.look(11000) == Verdict::choose);
    CHECK(host.choose(11000) == "log");
    host.kernel.status.pid = 0;  // stopped
    CHECK(host.look(70000) == Verdict::stay);
    host.kernel.status.pid = 323;  // restarted
    CHECK(host.look(80000) == Verdict::stay);
    host.kernel.status.pid = 0;
    CHECK(host.look(90000) == Verdict::stay);
    CHECK(host.look(104999) == Verdict::stay);
    CHECK(host.look(105000) == Verdict::choose);
    CHECK(host.choose(105000) == "unicast");
  }
  TEST_CASE("mode: nobody takes what we let go of: after a minute it is ours again") {
    Host host(Release::el7);
    host.offers.log = true;
    CHECK(host.choose(0) == "unicast");
    CHECK(host.kernel.daemon_starts(321) == EEXIST);
    CHECK(host.look(1000) == Verdict::yield);
    CHECK(host.choose(1000) == "log");
    CHECK(host.look(2000) == Verdict::stay);
    CHECK(host.look(60000) == Verdict::stay);
    CHECK(host.look(61000) == Verdict::choose);
    CHECK(host.choose(61000) == "unicast");
  }
  TEST_CASE("mode: unicast by configuration lets go too, and captures by the group meanwhile") {
    Host host(Release::v6_12, Mode::unicast);
    CHECK(host.choose(0) == "unicast");
    CHECK(host.kernel.daemon_starts(321) == EEXIST);
    CHECK(host.look(1000) == Verdict::yield);
    CHECK(host.choose(1000) == "multicast");
    CHECK(host.kernel.daemon_starts(322) == 0);
    CHECK(host.look(200000) == Verdict::stay);
  }
  TEST_CASE("mode: a socket that failed is opened again, not in a loop") {
    Host host(Release::v6_12);
    CHECK(host.choose(0) == "multicast");
    CHECK(host.look(5000, true) == Verdict::stay);
    CHECK(host.look(10000, true) == Verdict::choose);
    CHECK(host.choose(10000) == "multicast");
    CHECK(host.look(11000, true) == Verdict::stay);
  }
}
