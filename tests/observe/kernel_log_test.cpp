// SPDX-License-Identifier: Apache-2.0
#include "observe/kernel_log.h"

#include <doctest/doctest.h>

#include "enrich/temp_tree.h"
#include "support/collected.h"

using namespace aurochs;
using namespace aurochs::observe;

namespace {

struct Log {
  TempTree tree;
  base::SystemClock clock;
  Options options;
  KernelLog log;
  Collected got;
  uint64_t serial = 100;
  const Sink sink = [this](const event::Event& e) { got(e); };

  Log() {
    tree.file("/dev/kmsg", "");
    options.root = tree.root();
    options.clock = &clock;
    REQUIRE(log.open(options));
  }
  void hear(const std::string& text, int64_t now_ms = 0, int priority = 1) {
    log.hear(std::to_string(priority) + "," + std::to_string(serial++) + ",4711000,-;" + text + "\n SUBSYSTEM=x\n", now_ms, sink);
  }
};

}  // namespace

TEST_CASE("KernelOomNix: the victim, in the words of four kernels") {
  Log log;
  log.hear("Memory cgroup out of memory: Killed process 4242 (java (x) total-vm:1) total-vm:81920kB, anon-rss:7000kB, file-rss:0kB, shmem-rss:0kB, UID:33 pgtables:60kB oom_score_adj:0", 0, 3);
  auto e = log.got.only();
  CHECK(e.type == "KernelOomNix");
  CHECK(e["tgt_proc_id"] == "4242");
  CHECK(e["tgt_comm"] == "java (x) total-vm:1");
  CHECK(e["tgt_usr_id"] == "33");
  CHECK(e["op_name"] == "memory cgroup");
  log.hear("Out of memory: Killed process 77 (mysqld) total-vm:1kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:27 pgtables:1kB oom_score_adj:0");
  e = log.got.only();
  CHECK(e["op_name"] == "out of memory");
  CHECK(e["tgt_usr_id"] == "27");
  log.hear("Out of memory: Kill process 78 (httpd) score 900 or sacrifice child");
  CHECK(log.got.events.empty());
  log.hear("Killed process 78 (httpd) total-vm:1kB, anon-rss:1kB, file-rss:0kB");  // 4.4
  e = log.got.only();
  CHECK(e["tgt_comm"] == "httpd");
  CHECK(e["tgt_usr_id"] == "-");
  log.hear("Killed process 79 (a), UID 0, (x), UID 48, total-vm:1kB, anon-rss:1kB");  // el7
  e = log.got.only();
  CHECK(e["tgt_comm"] == "a), UID 0, (x");
  CHECK(e["tgt_usr_id"] == "48");
}

TEST_CASE("KernelOomNix: what only looks like it") {
  Log log;
  const std::string good = "Out of memory: Killed process 77 (x) total-vm:1kB";
  log.hear(good, 0, 8 + 3);  // written into /dev/kmsg by a program
  log.hear("foo: " + good);
  log.hear("Killed process x (y) total-vm:1kB");
  log.hear("Killed process 7 (y)");
  log.hear("Killed process 99999999999999999999 (y) total-vm:1kB");
  log.hear("oom_reaper: reaped process 77 (x), now anon-rss:0kB");
  CHECK(log.got.events.empty());
  log.hear(good);
  CHECK(log.got.events.size() == 1);
}

TEST_CASE("KernelOopsNix: one event of the lines of one fault") {
  Log log;
  log.hear("BUG: unable to handle page fault for address: ffffffffdeadbeef", 1000);
  log.hear("#PF: supervisor read access in kernel mode", 1000);
  log.hear("Oops: Oops: 0000 [#1] SMP NOPTI", 1000);
  log.hear("CPU: 1 UID: 0 PID: 1234 Comm: insmod it Tainted: G           O       6.12.0 #1", 1000);
  log.hear("RIP: 0010:init_module+0x15/0xff0 [evil]", 1000);
  log.hear("RIP: 0033:0x7f0000000000", 1000);
  CHECK(log.got.events.empty());
  log.hear("---[ end trace 0000000000000000 ]---", 1001);
  const auto e = log.got.only();
  CHECK(e.type == "KernelOopsNix");
  CHECK(e["op_name"] == "BUG");
  CHECK(e["op_text"] == "BUG: unable to handle page fault for address: ffffffffdeadbeef");
  CHECK(e["op_value"] == "init_module+0x15/0xff0 [evil]");
  CHECK(e["tgt_proc_id"] == "1234");
  CHECK(e["tgt_comm"] == "insmod it");
}

TEST_CASE("KernelOopsNix: a fault whose end never comes is told in time; the next one is another") {
  Log log;
  log.hear("general protection fault, probably for non-canonical address 0x41: 0000 [#1] SMP", 1000);
  CHECK(log.log.poll(1500, log.sink) == 2000);
  CHECK(log.got.events.empty());
  log.log.poll(2000, log.sink);
  CHECK(log.got.only()["op_name"] == "general protection fault");
  log.hear("kernel BUG at fs/inode.c:123!", 5000);
  log.hear("Kernel panic - not syncing: Fatal exception", 7000);
  CHECK(log.got.only()["op_text"] == "kernel BUG at fs/inode.c:123!");
  log.log.poll(9000, log.sink);
  CHECK(log.got.only()["op_name"] == "panic");
}

TEST_CASE("KernelOopsNix: faults of programs and lines of programs are none") {
  Log log;
  log.hear("BUG: evil[77]: segfault at 0 ip 0000000000401136 sp 00007ffc error 6 in evil[401000+1000]");
  log.hear("traps: Oops: x[78] general protection ip:401136 sp:7ffc error:0 in x[401000+1000]");
  log.hear("Oops: x[78] trap invalid opcode ip:401136 sp:7ffc error:0");
  log.hear("BUG: unable to handle page fault", 0, 8 + 1);
  log.hear("a BUG: in the middle");
  log.log.poll(1000000, log.sink);
  CHECK(log.got.events.empty());
}

TEST_CASE("kernel log: damaged records, holes in the serials") {
  KernelLine line;
  for (const char* bad : {"", ";", "x,1,2,-;text", "3;text", "3,x;text", "3,1,2,-", "-1,1,2,-;text"}) CHECK_FALSE(parse_kernel_line(bad, line));
  CHECK(parse_kernel_line("6,339,5140900,-,caller=T1;NET: Registered\n SUBSYSTEM=net\n", line));
  CHECK(line.text == "NET: Registered");
  Log log;
  log.hear("a");
  log.serial += 5;
  log.hear("b");
  CHECK(log.log.take_losses() == 5);
  CHECK(log.log.take_losses() == 0);
}
