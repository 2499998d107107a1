// SPDX-License-Identifier: Apache-2.0
#include "cli/check_stream.h"

#include "base/clock.h"
#include "capture/mode.h"
#include "capture/transport.h"

namespace aurochs::cli {
namespace {

using capture::Mode;
using Mark = Finding::Mark;

base::Result<bool> probe(capture::AuditControl& control, const capture::KernelProfile& kernel) {
  if (kernel.status.enabled == 0) return base::Error{0, "not probed: audit is off, and aurochsd turns it on when it starts"};
  auto group = capture::NetlinkTransport::open(capture::NetlinkTransport::Group::read_log, 1u << 20);
  if (!group) return group.error();
  base::SystemClock clock;
  return capture::multicast_works(control, **group, clock);
}

/// What an administrator could do for a better one.
std::string better(Mode mode, const capture::Offers& offers) {
  const std::string plugin = offers.idle_plugin.empty() ? "aurochs-audisp as a plugin of auditd, aurochs-audisp(8)," : "active = yes in " + offers.idle_plugin;
  switch (mode) {
    case Mode::socket: return plugin + " would be better: it counts what it can not hand on";
    case Mode::log: return plugin + " would be better: records come at once, and it counts what it can not hand on";
    default: return {};
  }
}

std::vector<Finding> judge(const capture::KernelProfile& kernel, const config::Config& config, const capture::Offers& offers, const base::Result<bool>& works) {
  std::vector<Finding> out;
  if (kernel.status.pid)
    out.push_back({Mark::note, "audit daemon", "pid " + std::to_string(kernel.status.pid) + (kernel.holder_comm.empty() ? "" : " (" + kernel.holder_comm + ")") +
                                                   " holds the unicast stream; it keeps it"});
  if (!works)
    out.push_back({Mark::note, "multicast", works.error().message});
  else
    out.push_back({*works ? Mark::good : Mark::note, "multicast",
                   *works ? "records arrive on the group" : "the group can be joined but nothing arrives (as on kernels before 3.16 and RHEL 7)"});
  const auto choice = capture::choose_mode(capture::mode_of(config.capture_mode), kernel, offers, [&] { return works; });
  const bool is_unknown = !works && kernel.status.enabled == 0 && config.capture_mode == "auto";
  if (is_unknown) {
    out.push_back({Mark::note, "capture", "multicast if a probe shows that it works; run this again while audit is on"});
  } else if (!choice) {
    out.push_back({Mark::bad, "capture", choice.error().message});
  } else {
    out.push_back({Mark::good, "capture", std::string(capture::row_of(choice->mode).name) + ": " + choice->why + "; " + capture::row_of(choice->mode).sentence});
    if (const std::string advice = better(choice->mode, offers); !advice.empty()) out.push_back({Mark::note, "capture", advice});
  }
  return out;
}

}  // namespace

std::vector<Finding> check_stream(capture::AuditControl& control, const capture::KernelProfile& kernel, const config::Config& config) {
  return judge(kernel, config, capture::look_for_offers(config.capture_socket, config.capture_log), probe(control, kernel));
}

}  // namespace aurochs::cli
