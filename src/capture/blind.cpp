// SPDX-License-Identifier: Apache-2.0
#include "capture/blind.h"

#include "base/limits.h"
#include "capture/rule.h"

namespace aurochs::capture {
namespace {

constexpr uint32_t kFeatureLostReset = 0x20;
constexpr uint32_t kSmallBacklog = 1024;  // records; the kernel's own 64 are eight execs
constexpr size_t kShown = 8;              // of a list, in one line

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (size_t i = 0; i < texts.size() && i < kShown; ++i) out += (i ? "; " : "") + texts[i];
  if (texts.size() > kShown) out += "; and " + std::to_string(texts.size() - kShown) + " more";
  return out;
}

/// Empty: not here.
using Probe = std::string (*)(const Surroundings&);
struct Row {
  std::string_view name;
  Probe probe;
  std::string_view unseen, remedy;
};

std::string number(const char* what, uint64_t n) { return what + std::to_string(n); }

std::string audit_off(const Surroundings& s) { return s.has_status && !s.status.enabled ? "audit is off (enabled 0)" : ""; }
std::string locked(const Surroundings& s) { return s.has_status && s.status.enabled == 2 ? "audit is locked until the next boot (enabled 2)" : ""; }
std::string other_namespace(const Surroundings& s) {
  if (s.first_net == Answer::no) return "not in the first network namespace";
  return s.first_pid == Answer::no ? "not in the first PID namespace" : "";
}
std::string no_multicast(const Surroundings& s) { return s.has_multicast ? "" : "no record arrives on the multicast group"; }
std::string no_connector(const Surroundings& s) { return s.has_connector ? "" : "the proc connector can not be had"; }

std::string hidden(const Surroundings& s) { return joined(hiding_rules(s.rules)); }
std::string excluded(const Surroundings& s) { return joined(excluding_rules(s.rules)); }
std::string rated(const Surroundings& s) { return s.status.rate_limit ? number("rate_limit ", s.status.rate_limit) : ""; }
std::string panics(const Surroundings& s) { return s.status.failure == 2 ? "failure 2" : ""; }
std::string small_backlog(const Surroundings& s) {
  return s.has_status && s.status.backlog_limit && s.status.backlog_limit < kSmallBacklog ? number("backlog_limit ", s.status.backlog_limit) : "";
}
std::string lost_before(const Surroundings& s) {
  if (!s.status.lost) return "";
  return number("lost ", s.status.lost) + (is_lost_meaningful(s.status) ? "" : ", which on this kernel counts messages of the console as well");
}

std::string old_processes(const Surroundings& s) {
  if (s.boots_audited || !s.census.older) return "";
  return "at most " + std::to_string(s.census.older) + " of " + std::to_string(s.census.processes) + " processes: " + joined(s.census.older_names);
}
std::string unset_login(const Surroundings& s) {
  return s.census.without_login ? std::to_string(s.census.without_login) + " processes on terminals have no login user" : "";
}
std::string other_networks(const Surroundings& s) {
  return s.census.net_namespaces ? std::to_string(s.census.net_namespaces) + " other network namespaces" : "";
}
std::string x32(const Surroundings& s) { return s.x32 == Answer::yes ? "the kernel takes system calls of x32" : ""; }
std::string io_uring(const Surroundings& s) {
  if (s.io_uring != Answer::yes) return "";
  return s.io_uring_rules == Answer::yes ? "io_uring may be used; audit could tell of it" : "io_uring may be used, and audit of this kernel can not tell of it";
}

constexpr Row kRows[] = {
    {"audit_off", audit_off, "everything that audit tells", "auditctl -e 1; aurochsd does it when it starts, and again with capture.guard = yes"},
    {"audit_locked", locked, "what the site's rules do not ask for: our rules can not be loaded", "put our rules before -e 2 into the site's rules"},
    {"namespace", other_namespace, "everything: the kernel sends its records to the first namespaces only", "run the sensor on the host itself"},
    {"no_multicast", no_multicast, "nothing, where records come another way", "kernel 3.16 or later; until then capture.mode = relay, socket or log beside an audit daemon"},
    {"no_connector", no_connector, "forks and ends of processes that no rule tells; environments of short processes", "CAP_NET_ADMIN, and a kernel with CONFIG_PROC_EVENTS"},
    {"hiding_rules", hidden, "what these rules of the site match: the first rule that matches decides", "delete them, or name in them only what must stay unseen; -a never,task is a default of some distributions"},
    {"excluding_rules", excluded, "records of these types, for every reader", "delete the rules of the list exclude"},
    {"rate_limit", rated, "records above that rate in a second", "auditctl -r 0"},
    {"panic", panics, "everything after a loss: the kernel stops the host", "auditctl -f 1"},
    {"small_backlog", small_backlog, "records of a burst, after the host has waited for room", "auditctl -b 8192; aurochsd does it when it starts"},
    {"lost", lost_before, "records that the kernel could not queue since boot", "a larger backlog_limit, fewer rules, a faster audit daemon"},
    {"old_processes", old_processes, "system calls of processes that are older than audit, execve included; their children are seen", "audit=1 on the kernel's command line; until then start these services again"},
    {"unset_login", unset_login, "who logged on to these terminals", "pam_loginuid in the PAM files of login services"},
    {"net_namespaces", other_networks, "DNS packets, closed and long connections there; calls are seen", "a DNS log of the container host"},
    {"x32", x32, "system calls of x32 programs: audit compares no number above 2047", "boot without syscall.x32=y, or syscall.x32=n"},
    {"io_uring", io_uring, "opens, connects and sends through a ring; its setup is seen", "sysctl kernel.io_uring_disabled=2 (kernel 6.6+) where nothing needs it"},
};

bool same_list(const RuleHead& head, uint32_t list) { return (head.flags & ~rule_list::kPrepend) == list; }

}  // namespace

std::vector<BlindSpot> blind_spots(const Surroundings& s) {
  std::vector<BlindSpot> out;
  for (const Row& row : kRows)
    if (std::string found = row.probe(s); !found.empty()) out.push_back({row.name, std::move(found), row.unseen, row.remedy});
  return out;
}

std::vector<std::string_view> blind_spot_names() {
  std::vector<std::string_view> out;
  for (const Row& row : kRows) out.push_back(row.name);
  return out;
}

std::string joined_names(const std::vector<BlindSpot>& spots) {
  std::string out;
  for (const BlindSpot& spot : spots) out.append(out.empty() ? "" : "|").append(spot.name);
  return out;
}

std::vector<std::string> hiding_rules(const std::vector<std::string>& rules) {
  std::vector<std::string> out;
  bool ours_before = false;  // of the list exit: the kernel gives a list in its order
  for (const std::string& rule : rules) {
    RuleHead head;
    std::string_view strings;
    if (!read_rule(rule, head, strings)) continue;
    if (same_list(head, rule_list::kExit) && is_ours(rule)) ours_before = true;
    if (head.action != rule_action::kNever) continue;
    if (same_list(head, rule_list::kTask) || (same_list(head, rule_list::kExit) && !ours_before)) out.push_back(rule_text(rule));
  }
  return out;
}

std::vector<std::string> excluding_rules(const std::vector<std::string>& rules) {
  std::vector<std::string> out;
  for (const std::string& rule : rules) {
    RuleHead head;
    std::string_view strings;
    if (read_rule(rule, head, strings) && same_list(head, rule_list::kExclude)) out.push_back(rule_text(rule));
  }
  return out;
}

bool is_lost_meaningful(const AuditStatus& status) { return status.pid != 0 || status.feature_bitmap & kFeatureLostReset; }

}  // namespace aurochs::capture
