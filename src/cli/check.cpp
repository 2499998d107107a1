// SPDX-License-Identifier: Apache-2.0
// aurochsctl check: would aurochsd work here, what stands in its way, and what would it not see? Looks and changes nothing.
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "capture/audit_control.h"
#include "capture/blind.h"
#include "capture/kernel_profile.h"
#include "capture/proc_connector.h"
#include "capture/rule_set.h"
#include "capture/transport.h"
#include "cli/check_stream.h"
#include "cli/verbs.h"
#include "config/config.h"
#include "json/writer.h"
#include "version.h"

namespace aurochs::cli {
namespace {

/// Lines of three kinds, and blind spots; as text at once, as JSON at the end.
class Report {
 public:
  explicit Report(bool is_json) : is_json_(is_json) {}
  void good(const std::string& what, const std::string& found) { line("ok", what, found); }
  void note(const std::string& what, const std::string& found) { line("note", what, found); }
  void bad(const std::string& what, const std::string& found) {
    line("NO", what, found);
    ++bad_;
  }
  void blind(const std::vector<capture::BlindSpot>& spots) {
    if (!is_json_ && !spots.empty()) std::printf("\nWhat the sensor does not see here:\n");
    if (!is_json_)
      for (const capture::BlindSpot& s : spots)
        std::printf("      %-16s %s\n      %-16s not seen: %s\n      %-16s to do: %s\n", std::string(s.name).c_str(), s.found.c_str(), "", std::string(s.unseen).c_str(), "", std::string(s.remedy).c_str());
    spots_ = spots;
  }
  int end() {
    if (is_json_) print_json();
    return bad_ ? 1 : 0;
  }

 private:
  struct Line {
    std::string mark, what, found;
  };
  void line(const char* mark, const std::string& what, const std::string& found) {
    if (!is_json_) std::printf("%-4s  %-14s %s\n", mark, what.c_str(), found.c_str());
    lines_.push_back({mark, what, found});
  }
  void print_json() const {
    json::Writer w;
    const auto put = [&](std::initializer_list<std::pair<std::string_view, std::string_view>> members) {
      w.begin_object();
      for (const auto& [name, value] : members) {
        w.key(name);
        w.string(value);
      }
      w.end_object();
    };
    w.begin_object();
    w.key("works");
    w.boolean(bad_ == 0);
    w.key("checks");
    w.begin_array();
    for (const Line& l : lines_) put({{"mark", l.mark}, {"name", l.what}, {"found", l.found}});
    w.end_array();
    w.key("blind");
    w.begin_array();
    for (const capture::BlindSpot& s : spots_) put({{"name", s.name}, {"found", s.found}, {"unseen", s.unseen}, {"remedy", s.remedy}});
    w.end_array();
    w.end_object();
    std::printf("%.*s\n", static_cast<int>(w.text().size()), w.text().data());
  }

  const bool is_json_;
  int bad_ = 0;
  std::vector<Line> lines_;
  std::vector<capture::BlindSpot> spots_;
};

void check_kernel(const config::Config& config, Report& report, capture::Surroundings& seen) {
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
  if (profile->can_control)
    for (const Finding& f : check_stream(control, *profile, config)) {
      f.mark == Finding::Mark::good ? report.good(f.what, f.found) : f.mark == Finding::Mark::note ? report.note(f.what, f.found) : report.bad(f.what, f.found);
    }
  capture::look_at_audit(profile->can_control ? &control : nullptr, {}, seen);
  seen.first_net = profile->first_net_namespace;
  seen.first_pid = profile->first_pid_namespace;
}

void check_rules(Report& report) {
  auto rules = capture::load_rules(AUROCHS_RULES_DIR, capture::this_machine(), {});
  if (!rules) return report.bad("rule files", rules.error().message);
  for (const std::string& e : rules->errors) report.bad("rule files", e);
  if (rules->errors.empty()) report.good("rule files", std::to_string(rules->rules.size()) + " rules in " AUROCHS_RULES_DIR);
}

}  // namespace

int check_verb(int argc, char** argv) {
  const bool is_json = argc == 2 && !std::strcmp(argv[1], "--json");
  if (argc > 1 && !is_json) {
    std::fprintf(stderr, "usage: aurochsctl check [--json]\n");
    return 2;
  }
  Report report(is_json);
  auto config = config::load(AUROCHS_CONFIG_FILE, false);
  config ? report.good("configuration", AUROCHS_CONFIG_FILE " or built-in defaults, version " + config->version) : report.bad("configuration", config.error().message);
  check_rules(report);
  capture::Surroundings seen = capture::look_at_host({});
  check_kernel(config ? *config : config::Config(), report, seen);
  if (auto connector = capture::open_proc_connector()) {
    report.good("proc connector", "answers");
    capture::leave_proc_connector(connector->get());
  } else {
    report.note("proc connector", connector.error().message);
    seen.has_connector = false;
  }
  report.blind(capture::blind_spots(seen));
  return report.end();
}

}  // namespace aurochs::cli
