// SPDX-License-Identifier: Apache-2.0
#include "observe/process_scan.h"

#include "enrich/temp_tree.h"
#include "observe/seen.h"

using namespace aurochs;

namespace {

std::string stat_line(int pid, unsigned long cpu, unsigned long start = 777) {
  return std::to_string(pid) + " (a b) c) S 1 2 3 0 -1 4194304 10 0 0 0 " + std::to_string(cpu) + " 0 0 0 20 0 1 0 " + std::to_string(start) + " 4096000 250 18446744073709551615 1\n";
}

class Host {
 public:
  explicit Host(const char* pid_max = "0") { tree.file("/proc/sys/kernel/pid_max", pid_max); }
  void process(int pid, unsigned long cpu, const std::string& maps, const char* exe = "/usr/bin/thing", unsigned long start = 777) {
    const std::string dir = "/proc/" + std::to_string(pid);
    tree.file(dir + "/stat", stat_line(pid, cpu, start));
    tree.file(dir + "/maps", maps);
    (void)::unlink(tree.path(dir + "/exe").c_str());
    tree.link(dir + "/exe", exe);
  }
  void open() {
    options_.root = tree.root();
    options_.clock = &clock_;
    options_.scan_s = 10;
    REQUIRE(scan_.open(options_));
  }
  Seen look() {
    Seen seen;
    for (int slice = 0; slice < 10; ++slice) {
      scan_.poll(clock_.steady_ms, seen.sink());
      clock_.pass(1000);
    }
    return seen;
  }
  TempTree tree;

 private:
  StillClock clock_;
  observe::Options options_;
  observe::ProcessScan scan_;
};

constexpr const char* kQuiet = "55d0-55d1 r-xp 00000000 fe:00 12 /usr/bin/thing\n7ffd-7ffe rw-p 00000000 00:00 0 [stack]\n";

}  // namespace

TEST_CASE("ProcessHiddenNix: lives and is not listed, in two looks") {
  // Of the numbers up to 1 only init lives; the listing of this tree is made by hand.
  Host host("1");
  host.open();
  CHECK(host.look().all.empty());
  const auto e = host.look().only();
  CHECK(e.type == "ProcessHiddenNix");
  CHECK(e["proc_id"] == "1");
  CHECK(host.look().all.empty());
  Host listed("1");
  listed.process(1, 0, kQuiet);
  listed.open();
  for (int i = 0; i < 4; ++i) CHECK(listed.look().all.empty());
}

TEST_CASE("ProcessResourceAnomalyNix: over ten looks, once an hour") {
  Host host;
  host.process(1, 0, kQuiet);
  host.process(2, 0, kQuiet);
  host.open();
  const unsigned long hz = static_cast<unsigned long>(::sysconf(_SC_CLK_TCK));
  Seen seen;
  int told = 0;
  for (unsigned long i = 1; i <= 45; ++i) {
    host.process(2, i * 10 * hz * 95 / 100, kQuiet);
    for (const auto& one : host.look().all) {
      ++told;
      CHECK(one.type == "ProcessResourceAnomalyNix");
      CHECK(one["proc_id"] == "2");
      CHECK(std::stoi(one["proc_cpu_pct"]) >= 90);
      CHECK(one["proc_rss"] == std::to_string(250 * ::sysconf(_SC_PAGESIZE)));
    }
  }
  CHECK(told == 1);
  // Another process of the same number begins anew.
  host.process(2, 5, kQuiet, "/usr/bin/thing", 900);
  CHECK(host.look().all.empty());
}

TEST_CASE("MemoryAnomalyNix: once a process and kind") {
  Host host;
  host.process(3, 0, std::string(kQuiet) + "7f00-7f10 rwxp 00000000 00:00 0 \n7f20-7f30 rwxp 00000000 00:00 0\n7f40-7f50 r-xs 00000000 00:01 99 /memfd:x (deleted)\n"
                         "7f60-7f70 r-xp 00001000 fe:00 7 /tmp/a lib.so (deleted)\n");
  host.open();
  Seen seen = host.look();
  REQUIRE(seen.types() == "MemoryAnomalyNix MemoryAnomalyNix MemoryAnomalyNix");
  CHECK(seen.all[0]["op_name"] == "anonymous");
  CHECK(seen.all[0]["mem_prot"] == "rwx");
  CHECK(seen.all[0]["mem_addr"] == "0x7f00");
  CHECK(seen.all[0]["mem_len"] == "16");
  CHECK(seen.all[1]["op_name"] == "memfd");
  CHECK(seen.all[1]["file_path"] == "/memfd:x");
  CHECK(seen.all[2]["op_name"] == "deleted");
  CHECK(seen.all[2]["file_path"] == "/tmp/a lib.so");
  CHECK(host.look().all.empty());
}

TEST_CASE("MemoryAnomalyNix: a JIT maps writable code, unless it lies where everybody writes") {
  const std::string maps = std::string(kQuiet) + "7f00-7f10 rwxp 00000000 00:00 0 \n";
  Host host;
  host.process(2, 0, maps, "/usr/lib/jvm/java-17/bin/java");
  host.process(3, 0, maps, "/tmp/java");
  host.open();
  CHECK(host.look().only()["proc_id"] == "3");
}

TEST_CASE("lines of maps") {
  using observe::MapKind;
  const std::pair<const char*, MapKind> lines[] = {
      {"", MapKind::none},
      {"7f00-7f10", MapKind::none},
      {"7f00-7f10 rwxp", MapKind::none},
      {"7f00 rwxp 0 00:00 0", MapKind::none},
      {"zz-7f10 rwxp 0 00:00 0", MapKind::none},
      {"7f00-7f10 r-xp 0 00:00 0 [vdso]", MapKind::none},
      {"7f00-7f10 rwxp 0 00:00 0 [heap]", MapKind::anonymous},
      {"7f00-7f10 rwxs 0 00:05 8 /dev/zero (deleted)", MapKind::anonymous},
      {"7f00-7f10 rw-p 0 00:00 0", MapKind::none},
      {"7f00-7f10 r-xp 0 fe:00 8 /usr/lib/libz.so.1 (deleted)", MapKind::none},
      {"7f00-7f10 r-xp 0 fe:00 8 /home/v/x (deleted)", MapKind::deleted},
      {"7f00-7f10 r-xp 0 fe:00 8 /home/v/x", MapKind::none},
      {"7f00-7f10 r-xs 0 00:01 8 /memfd:doublemapper (deleted)", MapKind::none},
  };
  for (const auto& one : lines) CHECK_MESSAGE(observe::parse_mapping(one.first).kind == one.second, one.first);
}

TEST_CASE("stat of a process with any name") {
  observe::ProcessTimes t;
  REQUIRE(observe::parse_times(stat_line(5, 120), t));
  CHECK(t.cpu_ticks == 120);
  CHECK(t.start_ticks == 777);
  CHECK(t.rss_pages == 250);
  for (const char* line : {"", ")", "1 (x)", "1 (x) S 1", "1 (x) S 1 2 3 0 -1 4194304 10 0 0 0 -5 0 0 0 20 0 1 0 777 4096000 250 1"}) CHECK_FALSE(observe::parse_times(line, t));
}

TEST_CASE("this host: the sensor's own process is listed, nothing is hidden at the first look") {
  StillClock clock;
  observe::Options options;
  options.clock = &clock;
  observe::ProcessScan scan;
  REQUIRE(scan.open(options));
  Seen seen;
  for (int i = 0; i < 20; ++i) {
    clock.pass(3000);
    scan.poll(clock.steady_ms, seen.sink());
  }
  for (const auto& one : seen.all) CHECK(one.type != "ProcessHiddenNix");
}
