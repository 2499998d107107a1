// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <set>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "capture/blind.h"
#include "capture/rule.h"

#ifndef __NR_io_uring_setup
#define __NR_io_uring_setup 425  // the same on every machine; headers before Linux 5.1 lack it
#endif

namespace aurochs::capture {
namespace {

std::string small_file(const std::string& path) {
  auto text = base::read_file(path, limits::kProcFileBytes);
  return text ? std::move(*text) : std::string();
}

struct Stat {
  std::string comm;
  bool is_kernels = false;
  int64_t terminal = 0;
  uint64_t start_ticks = 0;
};

/// Fields after the last ')': a name may hold anything.
bool read_stat(const std::string& text, Stat& out) {
  const size_t open = text.find('('), close = text.rfind(')');
  if (open == std::string::npos || close == std::string::npos || close < open) return false;
  constexpr uint64_t kKernelThread = 0x00200000;  // PF_KTHREAD
  out.comm = text.substr(open + 1, close - open - 1);
  std::string_view rest = std::string_view(text).substr(std::min(close + 2, text.size()));
  uint64_t flags = 0;
  for (int field = 3; field <= 22; ++field) {
    const std::string_view word = base::next_piece(rest, ' ');
    if (field == 7 && !base::parse_i64(word, out.terminal)) return false;
    if (field == 9 && !base::parse_u64(word, flags)) return false;
    if (field == 22 && !base::parse_u64(word, out.start_ticks)) return false;
  }
  out.is_kernels = flags & kKernelThread;
  return true;
}

uint64_t start_ticks(const LookOptions& o, uint32_t pid) {
  Stat stat;
  return read_stat(small_file(o.proc + "/" + std::to_string(pid) + "/stat"), stat) ? stat.start_ticks : 0;
}

/// In a child, so that a filter of ours that ends who asks costs nothing.
Answer ask_in_child(long (*call)(), Answer (*meaning)(long)) {
  const pid_t child = ::fork();
  if (child < 0) return Answer::unknown;
  if (child == 0) {
    const long n = call();
    ::_exit(static_cast<int>(meaning(n < 0 ? -errno : n)));
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR) return Answer::unknown;
  return WIFEXITED(status) && WEXITSTATUS(status) <= static_cast<int>(Answer::unknown) ? static_cast<Answer>(WEXITSTATUS(status)) : Answer::unknown;
}

Answer takes_x32() {
#if defined(__x86_64__) && !defined(__ILP32__)
  constexpr long kX32 = 0x40000000;
  return ask_in_child([] { return ::syscall(kX32 | __NR_getpid); }, [](long n) { return n == -ENOSYS ? Answer::no : n > 0 ? Answer::yes : Answer::unknown; });
#else
  return Answer::no;
#endif
}

Answer has_io_uring(const std::string& proc) {
  const std::string disabled = small_file(proc + "/sys/kernel/io_uring_disabled");
  if (!disabled.empty() && disabled[0] == '2') return Answer::no;
  // A null pointer is refused after the check whether there are rings at all: nothing is made.
  return ask_in_child([] { return ::syscall(__NR_io_uring_setup, 0, nullptr); },
                      [](long n) { return n == -ENOSYS || n == -EPERM ? Answer::no : n == -EFAULT || n == -EINVAL ? Answer::yes : Answer::unknown; });
}

/// An unknown list is EINVAL, a rule that is not there is ENOENT: asked by the deletion of a rule that nobody has.
Answer knows_io_uring_rules(AuditControl& control) {
  RuleHead head;
  head.flags = rule_list::kIoUring;
  head.action = rule_action::kAlways;
  head.mask[0] = 1;
  constexpr std::string_view kKey = "aurochs-probe";
  head.field_count = 1;
  head.fields[0] = rule_field::kKey;
  head.operators[0] = rule_operator::kEqual;
  head.values[0] = head.strings_bytes = static_cast<uint32_t>(kKey.size());
  std::string rule(reinterpret_cast<const char*>(&head), sizeof head);
  rule += kKey;
  const auto answer = control.delete_rule(rule);
  if (answer) return *answer == RuleAnswer::refused ? Answer::unknown : Answer::yes;
  return answer.error().code == EINVAL ? Answer::no : Answer::unknown;
}

bool has_word(const std::string& line, std::string_view word) {
  std::string_view rest = base::trim(line);
  while (!rest.empty())
    if (base::next_piece(rest, ' ') == word) return true;
  return false;
}

std::string net_namespace(const std::string& process) {
  char text[64];
  const ssize_t n = ::readlink((process + "/ns/net").c_str(), text, sizeof text);
  return n > 0 ? std::string(text, static_cast<size_t>(n)) : std::string();
}

}  // namespace

ProcessCensus take_census(const LookOptions& o) {
  ProcessCensus out;
  const std::unique_ptr<DIR, int (*)(DIR*)> proc(::opendir(o.proc.c_str()), ::closedir);
  if (!proc) return out;
  const std::string ours = net_namespace(o.proc + "/self");
  std::set<std::string> namespaces;
  while (const dirent* entry = ::readdir(proc.get())) {
    uint64_t pid = 0;
    if (!base::parse_u64(entry->d_name, pid)) continue;
    const std::string directory = o.proc + "/" + entry->d_name;
    Stat stat;
    if (!read_stat(small_file(directory + "/stat"), stat) || stat.is_kernels) continue;
    ++out.processes;
    const bool is_older = !o.enabled_ticks || stat.start_ticks < o.enabled_ticks;
    out.older += is_older;
    if (is_older && out.older_names.size() < limits::kBlindProcesses) out.older_names.push_back(std::to_string(pid) + "/" + stat.comm);
    constexpr std::string_view kUnset = "4294967295";
    out.without_login += stat.terminal != 0 && base::trim(small_file(directory + "/loginuid")) == kUnset;
    std::string net = net_namespace(directory);
    if (!net.empty() && net != ours && namespaces.size() < limits::kScannedProcesses) namespaces.insert(std::move(net));
  }
  out.net_namespaces = namespaces.size();
  return out;
}

Surroundings look_at_host(const LookOptions& o) {
  Surroundings out;
  out.boots_audited = has_word(small_file(o.proc + "/cmdline"), "audit=1");
  out.x32 = takes_x32();
  out.io_uring = has_io_uring(o.proc);
  return out;
}

void look_at_audit(AuditControl* control, const LookOptions& options, Surroundings& out) {
  LookOptions o = options;
  if (control) {
    if (auto status = control->status()) {
      out.status = *status;
      out.has_status = true;
    }
    if (auto rules = control->list_rules()) {
      out.rules = std::move(*rules);
      out.has_rules = true;
    }
    out.io_uring_rules = knows_io_uring_rules(*control);
  }
  // An audit daemon enables audit when it starts, if nobody did before.
  if (!o.enabled_ticks && out.status.enabled && out.status.pid) o.enabled_ticks = start_ticks(o, out.status.pid);
  out.census = take_census(o);
}

}  // namespace aurochs::capture
