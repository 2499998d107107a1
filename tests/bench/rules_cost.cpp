// SPDX-License-Identifier: Apache-2.0
// aurochs-rules-cost: what audit rules cost the host, by hand and as root, with nobody else at audit.
//   aurochs-rules-cost [--watches FILE] SET...     SET: a directory of rules, or merged:DIRECTORY (as the daemon loads them)
// Each set of the default profile is loaded in turn with none before it, in interleaved rounds of the same run: a loop of a system
// call that no rule names (getppid), and a loop of programs started. Prints medians and their ratio to that without rules; judges
// nothing. Takes the lock of the live tests, and puts rules and enabled back.
#include <spawn.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>
#include <vector>

#include <fcntl.h>

#include "base/fd.h"
#include "base/limits.h"
#include "capture/audit_control.h"
#include "capture/rule_set.h"
#include "capture/transport.h"
#include "govern/policy.h"
#include "watch/homes.h"
#include "watch/rules.h"
#include "watch/table.h"

namespace aurochs::bench {
namespace {

constexpr int kRounds = 9, kPrograms = 300;
constexpr long kCalls = 2000000;

struct RuleList {
  std::string name;
  std::vector<capture::Rule> rules;
  std::vector<double> call_ns, program_us;
};

int fail(const std::string& why) {
  std::fprintf(stderr, "aurochs-rules-cost: %s\n", why.c_str());
  return 1;
}

double seconds() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double nanoseconds_a_call() {
  const double begin = seconds();
  for (long i = 0; i < kCalls; ++i) (void)::syscall(SYS_getppid);
  return (seconds() - begin) * 1e9 / static_cast<double>(kCalls);
}

double microseconds_a_program() {
  const double begin = seconds();
  for (int i = 0; i < kPrograms; ++i) {
    char program[] = "/bin/true";
    char* const argv[] = {program, nullptr};
    pid_t pid = 0;
    if (::posix_spawn(&pid, program, nullptr, nullptr, argv, nullptr) == 0) (void)::waitpid(pid, nullptr, 0);
  }
  return (seconds() - begin) * 1e6 / kPrograms;
}

/// In a child, which is born under the rules and so has an audit context.
void measure(RuleList& list) {
  int ends[2];
  if (::pipe(ends) < 0) return;
  if (const pid_t child = ::fork(); child == 0) {
    const double figures[2] = {nanoseconds_a_call(), microseconds_a_program()};
    (void)!::write(ends[1], figures, sizeof figures);
    ::_exit(0);
  } else {
    (void)::waitpid(child, nullptr, 0);
  }
  double figures[2] = {};
  if (::read(ends[0], figures, sizeof figures) == sizeof figures) {
    list.call_ns.push_back(figures[0]);
    list.program_us.push_back(figures[1]);
  }
  ::close(ends[0]);
  ::close(ends[1]);
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v.empty() ? 0 : v[v.size() / 2];
}

base::Result<RuleList> load(std::string name, const std::vector<capture::Rule>& watches) {
  RuleList out;
  out.name = name;
  const bool merged = name.rfind("merged:", 0) == 0;
  if (merged) name.erase(0, 7);
  const auto policy = govern::parse_policy(govern::profile_policy(1));
  const capture::RuleChoice choice{[&](std::string_view type) { return policy->wants(type); }, "default"};
  for (auto* part : {&capture::load_rules, &capture::load_optional_rules}) {
    auto parsed = part(part == &capture::load_rules ? name : name + "/optional", capture::this_machine(), choice);
    if (!parsed) return parsed.error();
    if (!parsed->errors.empty()) return base::Error{0, parsed->errors[0]};
    out.rules.insert(out.rules.end(), parsed->rules.begin(), parsed->rules.end());
  }
  if (merged) capture::merge_rules(out.rules);
  out.rules.insert(out.rules.end(), watches.begin(), watches.end());
  return out;
}

/// Those that the kernel walks: a rule of one file lies in a table by inode.
size_t walked(const RuleList& list) {
  return static_cast<size_t>(std::count_if(list.rules.begin(), list.rules.end(), [](const capture::Rule& r) { return r.text.find(" path=") == std::string::npos && r.text.find("-w ") == std::string::npos; }));
}

int run(const std::vector<std::string>& names, const std::string& watch_file) {
  base::UniqueFd lock(::open("/tmp/aurochs-audit.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX) < 0) return fail("/tmp/aurochs-audit.lock: not to be had");
  std::vector<capture::Rule> watches;
  if (!watch_file.empty()) {
    const auto table = watch::Table::load(watch_file);
    if (!table) return fail(table.error().message);
    for (const auto& rule : watch::kernel_rules(*table, {}, limits::kRules, true).rules)
      for (auto& parsed : capture::parse_rules(rule.text, "watches", capture::this_machine()).rules) watches.push_back(parsed);
  }
  std::vector<RuleList> lists(1);
  lists[0].name = "none";
  for (const std::string& name : names) {
    auto list = load(name, watches);
    if (!list) return fail(list.error().message);
    lists.push_back(std::move(*list));
  }
  auto transport = capture::NetlinkTransport::open(capture::NetlinkTransport::Group::none, 1u << 20);
  if (!transport) return fail(transport.error().message);
  capture::AuditControl control(**transport);
  const auto before = control.status();
  if (!before || before->pid || before->enabled == 2) return fail("audit is in use, locked, or not to be had; stop what uses it");
  (void)control.set_enabled(1);
  for (int round = 0; round < kRounds; ++round)
    for (RuleList& list : lists) {
      if (const auto applied = capture::apply_rules(control, list.rules); !applied) std::fprintf(stderr, "%s\n", applied.error().message.c_str());
      measure(list);
    }
  (void)capture::remove_ours(control);
  (void)control.set_enabled(before->enabled);
  std::printf("%-40s %6s %6s %12s %6s %12s %6s\n", "set", "rules", "walked", "getppid ns", "ratio", "program us", "ratio");
  for (const RuleList& list : lists)
    std::printf("%-40s %6zu %6zu %12.1f %6.2f %12.1f %6.2f\n", list.name.c_str(), list.rules.size(), walked(list), median(list.call_ns), median(list.call_ns) / median(lists[0].call_ns),
                median(list.program_us), median(list.program_us) / median(lists[0].program_us));
  return 0;
}

}  // namespace
}  // namespace aurochs::bench

int main(int argc, char** argv) {
  std::vector<std::string> names;
  std::string watches;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--watches") && i + 1 < argc)
      watches = argv[++i];
    else
      names.emplace_back(argv[i]);
  }
  return aurochs::bench::run(names, watches);
}
