// SPDX-License-Identifier: Apache-2.0
#include "daemon/status.h"

#include <unistd.h>

#include "base/text.h"
#include "control/flat.h"
#include "version.h"

namespace aurochs::daemon {

std::string status_answer(const StatusFacts& f) {
  control::FlatWriter w;
  w.text("version", AUROCHS_VERSION).number("pid", static_cast<uint64_t>(::getpid())).number("uptime_s", f.uptime_s);
  w.text("mode", f.mode).text("profile", f.profile).text("config", f.cfg_version).number("rules", f.rules);
  w.text("canary", f.canary).text("blind", f.blind);
  w.number("cpu_percent", f.cpu_percent).number("cpu_ms", f.cpu_ms).number("rss_bytes", f.rss_bytes);
  w.number("records", f.figures.records).number("events", f.figures.events).number("processes", f.figures.processes);
  w.number("folded", f.figures.folded).number("suppressed", f.figures.suppressed);
  w.number("ring_bytes", f.ring_bytes).number("ring_peak_bytes", f.figures.ring_peak);
  w.number("outbox_bytes", f.outbox_bytes).number("outbox_peak_bytes", f.figures.outbox_peak);
  w.number("backlog", f.backlog).number("backlog_limit", f.backlog_limit);
  // kernel 3.16-4.10 without an audit daemon: it counts what the console did not show, so it is not told as a loss.
  w.number(f.is_lost_meaningful ? "kernel_lost" : "kernel_lost_or_not_printed", f.kernel_lost);
  w.number("lost", f.figures.lost);
  for (size_t i = 0; i < f.figures.lost_by.size(); ++i)
    if (f.figures.lost_by[i]) w.number("lost_" + std::string(audit::gap_cause_name(static_cast<audit::GapCause>(i))), f.figures.lost_by[i]);
  w.number("bytes", f.figures.bytes);
  std::string_view rest = f.figures.bytes_by_type;
  while (!rest.empty()) {
    std::string_view row = base::next_piece(rest, '|');
    const std::string_view type = base::next_piece(row, '=');
    uint64_t bytes = 0;
    if (base::parse_u64(row, bytes)) w.number("bytes_" + std::string(type), bytes);
  }
  return w.take();
}

}  // namespace aurochs::daemon
