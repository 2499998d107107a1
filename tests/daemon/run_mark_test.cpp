// SPDX-License-Identifier: Apache-2.0
#include "daemon/run_mark.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <string>

#include "base/fd.h"

using namespace aurochs;
using daemon::FormerRun;
using daemon::RunMark;
using F = event::FieldId;

TEST_SUITE("daemon") {
  TEST_CASE("run mark: there while it runs, gone after an orderly end, found after another one") {
    char directory[] = "/tmp/aurochs-mark-XXXXXX";
    REQUIRE(::mkdtemp(directory));
    const std::string path = std::string(directory) + "/running";
    {
      RunMark mark(path);
      CHECK_FALSE(mark.former());
      mark.end();
      REQUIRE(mark.begin("boot", 1700000000000, 5000));
      mark.end();
      CHECK_FALSE(mark.former());
      REQUIRE(mark.begin("boot", 1700000000000, 5000));
    }
    RunMark next(path);
    const auto former = next.former();
    REQUIRE(former);
    CHECK(former->boot_id == "boot");
    CHECK(former->pid == static_cast<uint64_t>(::getpid()));
    CHECK(former->start_ms == 1700000000000);
    CHECK(former->start_uptime_ms == 5000);
    CHECK(former->seen_ms > 1700000000000);
    next.end();  // a start that failed before begin() leaves it for the next one
    CHECK(next.former());
    REQUIRE(base::write_file_atomically(path, "x", 0600));
    REQUIRE(next.former());
    CHECK(next.former()->pid == 0);
    ::unlink(path.c_str());
    ::rmdir(directory);
  }
  TEST_CASE("run mark: what the kernel's log says of an end") {
    FormerRun run;
    run.pid = 77;
    run.start_uptime_ms = 5000;
    const auto says = [&](const char* record) { return daemon::end_in_record(record, run); };
    CHECK(says("3,10,6000000,-;Out of memory: Killed process 77 (aurochsd) total-vm:1kB\n SUBSYSTEM=x\n") == "Out of memory: Killed process 77 (aurochsd) total-vm:1kB");
    CHECK(says("3,10,6000000,-;Memory cgroup out of memory: Killed process 77 (aurochsd), UID 0, total-vm:1kB, anon-rss:1kB") != "");
    CHECK(says("6,10,6000000,-;aurochs-core[79]: segfault at 0 ip 00 sp 00 error 4 in aurochsd[1+2]") != "");
    CHECK(says("6,10,6000000,-;traps: aurochs-capture[79] general protection fault ip:1 sp:2") != "");
    for (const char* other : {"3,10,6000000,-;Out of memory: Killed process 778 (x)", "3,10,1000000,-;Out of memory: Killed process 77 (aurochsd)", "6,10,6000000,-;bash[79]: segfault at 0 ip 00",
                              "6,10,6000000,-;aurochs-core[79]: hello", "6,10,x,-;Killed process 77 (a)", "Killed process 77 (a)", "6,10,6000000,-;Killed process 77", ";", "", ",,,;"})
      CHECK_MESSAGE(says(other).empty(), other);
  }
  TEST_CASE("SensorRestartNix: another boot, and the same one") {
    FormerRun run;
    run.boot_id = "a";
    run.pid = 77;
    run.start_uptime_ms = INT64_MAX / 1000;  // nothing of the log is that new
    run.seen_ms = 1700000000000;
    event::Event e;
    daemon::tell_former(run, "b", e);
    CHECK(e.type() == event::EventType::sensor_restart);
    CHECK(e.number(F::tgt_proc_id) == 77);
    CHECK(e.number(F::sensor_loss_since) == 1700000000000);
    CHECK(e.text(F::op_text).find("the host went down") != std::string_view::npos);
    daemon::tell_former(run, "a", e);
    CHECK(e.text(F::op_text).find("killed") != std::string_view::npos);
  }
}
