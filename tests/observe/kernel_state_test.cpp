// SPDX-License-Identifier: Apache-2.0
#include "observe/kernel_state.h"

#include <unistd.h>

#include "enrich/temp_tree.h"
#include "observe/seen.h"

using namespace aurochs;

namespace {

class Host {
 public:
  void open() {
    options_.root = tree.root();
    options_.clock = &clock;
    options_.disks = "";
    REQUIRE(state_.open(options_));
    look(1);
  }
  /// A file of /proc/sys keeps its inode when its value changes.
  void write(const std::string& inside, std::string_view content) {
    FILE* const f = std::fopen(tree.path(inside).c_str(), "w");
    REQUIRE(f);
    std::fwrite(content.data(), 1, content.size(), f);
    std::fclose(f);
  }
  Seen look(int turns) {
    Seen seen;
    for (int i = 0; i < turns; ++i) {
      clock.pass(1000);
      ::usleep(1000);
      state_.poll(clock.steady_ms, [&](const event::Event& e) {
        if (e.type() != event::EventType::sensor_clock_skew) seen.take(e);  // this clock is not the kernel's
      });
    }
    return seen;
  }
  TempTree tree;
  StillClock clock;

 private:
  observe::Options options_;
  observe::KernelState state_;
};

}  // namespace

TEST_CASE("KernelTaintNix: letters of what the kernel is tainted by") {
  Host host;
  host.tree.file("/proc/sys/kernel/tainted", "1\n");
  host.open();
  CHECK(host.look(10).all.empty());
  host.write("/proc/sys/kernel/tainted", "12289\n");
  const auto e = host.look(10).only();
  CHECK(e.type == "KernelTaintNix");
  CHECK(e["mod_taint"] == "POE");
  CHECK(e["op_value"] == "12289");
  CHECK(e["op_value_old"] == "1");
  CHECK(observe::taint_letters(0).empty());
  CHECK(observe::taint_letters(UINT64_MAX) == "PFSRMBUDAWCIOELKXTN");
}

TEST_CASE("KernelModuleHiddenNix: in one list and not in the other, for two looks") {
  Host host;
  host.tree.file("/proc/modules", "ext4 1 0 - Live 0x0\nloop 1 0 - Loading 0x0\nsd 1 1 - Live 0x0 (OE)\n");
  for (const char* name : {"ext4", "diamorphin"}) host.tree.file(std::string("/sys/module/") + name + "/initstate", "live\n");
  host.tree.file("/sys/module/loop/initstate", "coming\n");
  host.tree.file("/sys/module/printk/parameters/time", "Y\n");
  host.open();
  Seen seen = host.look(30);
  REQUIRE(seen.types() == "KernelModuleHiddenNix KernelModuleHiddenNix");
  CHECK(seen.all[0]["mod_name"] == "diamorphin");
  CHECK(seen.all[0]["op_value"] == "/proc/modules");
  CHECK(seen.all[1]["mod_name"] == "sd");
  CHECK(seen.all[1]["op_value"] == "/sys/module");
  CHECK(host.look(60).all.empty());
}

TEST_CASE("SysctlChangeNix: a value of the list, with the one before") {
  Host host;
  host.tree.file("/proc/sys/kernel/randomize_va_space", "2\n");
  host.tree.file("/proc/sys/kernel/core_pattern", "core\n");
  host.open();
  CHECK(host.look(4).all.empty());
  host.write("/proc/sys/kernel/randomize_va_space", "0\n");
  host.write("/proc/sys/kernel/core_pattern", "|/tmp/x\t%p\n");
  Seen seen = host.look(2);
  REQUIRE(seen.types() == "SysctlChangeNix SysctlChangeNix");
  CHECK(seen.all[0]["sysctl_name"] == "kernel.core_pattern");
  CHECK(seen.all[0]["sysctl_value"] == "|/tmp/x %p");
  CHECK(seen.all[0]["sysctl_value_old"] == "core");
  CHECK(seen.all[1]["sysctl_name"] == "kernel.randomize_va_space");
  CHECK(seen.all[1]["sysctl_value"] == "0");
}

TEST_CASE("DiskPressureNix: once when full, again after it eased") {
  observe::Pressure p;
  CHECK_FALSE(p.rises(94));
  CHECK(p.rises(95));
  CHECK_FALSE(p.rises(99));
  CHECK_FALSE(p.rises(93));
  CHECK_FALSE(p.rises(96));
  CHECK_FALSE(p.rises(91));
  CHECK(p.rises(95));
  CHECK(observe::used_percent(1000, 100, 50) == 95);  // 50 of 100 free blocks are for root
  CHECK(observe::used_percent(0, 0, 0) == 0);
  CHECK(observe::used_percent(10, 20, 5) == 0);
  CHECK(observe::used_percent(100, 0, 0) == 100);
}

TEST_CASE("SensorClockSkewNix: the wall clock against the steady one") {
  observe::ClockStep step;
  CHECK(step.look(1700000000000, 5000) == 0);
  CHECK(step.look(1700000001000, 6000) == 0);
  CHECK(step.look(1700000003900, 7000) == 0);
  CHECK(step.look(1700003604900, 8000) == 3600000);
  CHECK(step.look(1700000005900, 9000) == -3600000);
  CHECK(step.look(1700000006900, 10000) == 0);
}

TEST_CASE("SensorClockSkewNix: told by the source") {
  StillClock clock;
  observe::Options options;
  options.clock = &clock;
  options.disks = "";
  observe::KernelState state;
  REQUIRE(state.open(options));
  Seen seen;
  state.poll(0, seen.sink());
  clock.wall_ms += 7200000;
  state.poll(0, seen.sink());
  const auto e = seen.only();
  CHECK(e.type == "SensorClockSkewNix");
  CHECK(e["event_log_source"] == "Sensor");
  CHECK(std::abs(std::stoll(e["op_value"]) - 7200000) < 100);
}
