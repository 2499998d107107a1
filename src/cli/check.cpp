// SPDX-License-Identifier: Apache-2.0
// aurochsctl check: would aurochsd work here, and what stands in its way? Looks and changes nothing.
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "capture/audit_control.h"
#include "capture/kernel_profile.h"
#include "capture/proc_connector.h"
#include "capture/rule_set.h"
#include "capture/transport.h"
#include "cli/check_stream.h"
#include "cli/verbs.h"
#include "config/config.h"
#include "version.h"

namespace aurochs::cli {
namespace {

class Report {
 public:
  void good(const std::string& what, const std::string& found) { line("ok", what, found); }
  void note(const std::string& what, const std::string& found) { line("note", what, found); }
  void bad(const std::string& what, const std::string& found) {
    line("NO", what, found);
    ++bad_;
  }
  int status() const { return bad_ ? 1 : 0; }

 private:
  static void line(const char* mark, const std::string& what, const std::string& found) {
    std::printf("%-4s  %-14s %s\n", mark, what.c_str(), found.c_str());
  }
  int bad_ = 0;
};

void check_kernel(const config::Config& config, Report& report) {
  auto transport = capture::NetlinkTransport::open(capture::NetlinkTransport::Group::none, 1u << 20);
  if (!transport) return report.bad("audit", transport.error().message);
  capture::AuditControl control(**transport);
  auto profile = capture::probe_kernel(control);
  if (!profile) return report.bad("audit", profile.error().message + "; run as root in the host's own namespaces");
  report.good("audit", "in the kernel, " + std::string(profile->status.enabled ? "on" : "off") + ", backlog_limit " + std::to_string(profile->status.backlog_limit) +
                           ", lost " + std::to_string(profile->status.lost) + " so far");
  if (profile->is_immutable()) report.bad("rules", "audit is locked until the next boot (enabled=2): our rules can not be loaded; put them before -e 2 into the site's rules");
  profile->can_control ? report.good("privileges", "CAP_AUDIT_CONTROL") : report.bad("privileges", "no CAP_AUDIT_CONTROL: run as root");
  if (!profile->can_read) report.note("privileges", "no CAP_AUDIT_READ: multicast can not be joined");
  if (!profile->can_control) return;
  for (const Finding& f : check_stream(control, *profile, config))
    f.mark == Finding::Mark::good ? report.good(f.what, f.found) : f.mark == Finding::Mark::note ? report.note(f.what, f.found) : report.bad(f.what, f.found);
}

void check_rules(Report& report) {
  auto rules = capture::load_rules(AUROCHS_RULES_DIR, capture::this_machine(), {});
  if (!rules) return report.bad("rule files", rules.error().message);
  for (const std::string& e : rules->errors) report.bad("rule files", e);
  if (rules->errors.empty()) report.good("rule files", std::to_string(rules->rules.size()) + " rules in " AUROCHS_RULES_DIR);
}

}  // namespace

int check_verb(int argc, char**) {
  if (argc > 1) {
    std::fprintf(stderr, "usage: aurochsctl check\n");
    return 2;
  }
  Report report;
  auto config = config::load(AUROCHS_CONFIG_FILE, false);
  config ? report.good("configuration", AUROCHS_CONFIG_FILE " or built-in defaults, version " + config->version) : report.bad("configuration", config.error().message);
  check_rules(report);
  check_kernel(config ? *config : config::Config(), report);
  if (auto connector = capture::open_proc_connector()) {
    report.good("proc connector", "answers");
    capture::leave_proc_connector(connector->get());
  } else {
    report.note("proc connector", connector.error().message);
  }
  return report.status();
}

}  // namespace aurochs::cli
