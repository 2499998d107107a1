// SPDX-License-Identifier: Apache-2.0
#include "observe/kernel_values.h"

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

// What loosens or tightens the host against attacks, or makes the kernel start or load something.
constexpr SysctlRow kSysctls[] = {
    {"dev/tty/ldisc_autoload"},
    {"fs/protected_fifos"},
    {"fs/protected_hardlinks"},
    {"fs/protected_regular"},
    {"fs/protected_symlinks"},
    {"fs/suid_dumpable"},
    {"kernel/core_pattern"},
    {"kernel/core_uses_pid"},
    {"kernel/dmesg_restrict"},
    {"kernel/ftrace_enabled"},
    {"kernel/io_uring_disabled"},
    {"kernel/kexec_load_disabled"},
    {"kernel/kptr_restrict"},
    {"kernel/modprobe"},
    {"kernel/modules_disabled"},
    {"kernel/perf_event_paranoid"},
    {"kernel/printk_ratelimit"},
    {"kernel/randomize_va_space"},
    {"kernel/sysrq"},
    {"kernel/unprivileged_bpf_disabled"},
    {"kernel/unprivileged_userns_clone"},
    {"kernel/yama/ptrace_scope"},
    {"net/core/bpf_jit_harden"},
    {"net/ipv4/conf/all/accept_redirects"},
    {"net/ipv4/conf/all/accept_source_route"},
    {"net/ipv4/conf/all/log_martians"},
    {"net/ipv4/conf/all/route_localnet"},
    {"net/ipv4/conf/all/rp_filter"},
    {"net/ipv4/ip_forward"},
    {"net/ipv4/tcp_syncookies"},
    {"net/ipv6/conf/all/accept_redirects"},
    {"net/ipv6/conf/all/forwarding"},
    {"user/max_user_namespaces"},
    {"vm/mmap_min_addr"},
    {"vm/unprivileged_userfaultfd"},
};

constexpr std::string_view kTaintLetters = "PFSRMBUDAWCIOELKXTN";

}  // namespace

const SysctlRow* sysctl_rows(size_t& count) {
  count = sizeof kSysctls / sizeof *kSysctls;
  return kSysctls;
}

std::string sysctl_name(std::string_view path) {
  std::string name(path);
  for (char& c : name)
    if (c == '/') c = '.';
  return name;
}

std::string sysctl_value(std::string_view bytes) {
  std::string out;
  for (const char c : base::trim(bytes)) out += c == '\t' || c == '\n' ? ' ' : c;
  return out;
}

std::string taint_letters(uint64_t mask) {
  std::string out;
  for (size_t bit = 0; bit < kTaintLetters.size(); ++bit)
    if (mask >> bit & 1) out += kTaintLetters[bit];
  return out;
}

std::set<std::string, std::less<>> live_modules(std::string_view text) {
  std::set<std::string, std::less<>> names;
  while (!text.empty() && names.size() < limits::kModules) {
    std::string_view line = base::next_piece(text, '\n');
    const std::string_view name = base::next_piece(line, ' ');
    // name size references users state address
    for (int i = 0; i < 3; ++i) (void)base::next_piece(line, ' ');
    if (!name.empty() && base::next_piece(line, ' ') == "Live") names.emplace(name);
  }
  return names;
}

unsigned used_percent(uint64_t total, uint64_t free, uint64_t available) {
  if (total < free) return 0;
  const uint64_t used = total - free, usable = used + available;
  return usable ? static_cast<unsigned>((used / 2 * 200 + used % 2 * 100 + usable - 1) / usable) : 0;
}

bool Pressure::rises(unsigned percent) {
  const bool was_full = is_full_;
  is_full_ = percent >= kFull || (is_full_ && percent >= kEased);
  return is_full_ && !was_full;
}

int64_t ClockStep::look(int64_t wall_ms, int64_t steady_ms) {
  const int64_t difference = wall_ms - steady_ms, step = difference - difference_ms_;
  const bool was_known = is_known_;
  is_known_ = true;
  difference_ms_ = difference;
  return was_known && (step >= kLeastMs || step <= -kLeastMs) ? step : 0;
}

}  // namespace aurochs::observe
