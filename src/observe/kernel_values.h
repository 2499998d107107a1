// SPDX-License-Identifier: Apache-2.0
// What the kernel shows of itself, judged: taint letters, loaded modules, room on a file system, a clock that stepped. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

namespace aurochs::observe {

/// Kernel parameters whose change is told: path below /proc/sys. What a kernel does not have is passed over.
struct SysctlRow {
  std::string_view path;
};
const SysctlRow* sysctl_rows(size_t& count);
std::string sysctl_name(std::string_view path);  ///< with dots
/// A value on one line: blanks and newlines folded.
std::string sysctl_value(std::string_view bytes);

/// Letters of Documentation/admin-guide/tainted-kernels.rst, in the order of the bits; "" for 0.
std::string taint_letters(uint64_t mask);

/// Names of /proc/modules that are "Live".
std::set<std::string, std::less<>> live_modules(std::string_view proc_modules);

/// Percent of a file system that is used as a user without privilege sees it, rounded up; 0 where it has none.
unsigned used_percent(uint64_t total, uint64_t free, uint64_t available);

/// Tells once when `percent` has reached limits kFull, and again only after it fell below kEased.
class Pressure {
 public:
  static constexpr unsigned kFull = 95, kEased = 92;
  bool rises(unsigned percent);

 private:
  bool is_full_ = false;
};

/// Wall clock against a clock that counts steadily, suspended time included.
class ClockStep {
 public:
  static constexpr int64_t kLeastMs = 2000;
  /// Milliseconds that the wall clock stepped since the last look; 0: less than kLeastMs, or the first look.
  int64_t look(int64_t wall_ms, int64_t steady_ms);

 private:
  bool is_known_ = false;
  int64_t difference_ms_ = 0;
};

}  // namespace aurochs::observe
