// SPDX-License-Identifier: Apache-2.0
// KernelState: what the kernel shows of itself, looked at in turns: the clock every second, kernel parameters every two
// (files are kept open: some 2 us each), taint and room on file systems every ten, modules that /proc/modules and
// /sys/module do not agree on every thirty, told when two looks agree. The wall clock is compared with CLOCK_BOOTTIME, so
// a suspended host is no step.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "base/fd.h"
#include "observe/kernel_values.h"
#include "observe/source.h"

namespace aurochs::observe {

class KernelState {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  struct Sysctl {
    std::string name, value;
    base::UniqueFd file;
  };
  struct Disk {
    std::string path;
    std::array<Pressure, 2> pressure;  ///< room, inodes
  };
  using Names = std::set<std::string, std::less<>>;

  void begin(event::EventType type);
  void look_at_clock(const Sink& sink);
  void look_at_sysctls(const Sink& sink);
  void look_at_taint(const Sink& sink);
  void look_at_disks(const Sink& sink);
  void look_at_modules(const Sink& sink);
  void open_sysctls();
  void tell_hidden(const Names& hidden, Names& before, Names& told, std::string_view where, const Sink& sink);
  Names modules_of_sysfs() const;

  std::string root_;
  base::Clock* clock_ = nullptr;
  std::vector<Sysctl> sysctls_;
  std::vector<Disk> disks_;
  uint64_t taint_ = 0;
  ClockStep step_;
  Names not_in_proc_, not_in_sysfs_, told_proc_, told_sysfs_;
  uint64_t turn_ = 0;
  event::Event event_;
};

}  // namespace aurochs::observe
