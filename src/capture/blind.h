// SPDX-License-Identifier: Apache-2.0
// Blind spots: what the sensor can not see on this host, one row each: name, what was found, what stays unseen, and what
// an administrator can do. blind_spots() is pure, over facts; look_at_*() gather the facts and change nothing (a
// child asks for x32; a rule that nobody has is deleted to learn whether the kernel knows its list). Main thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "capture/audit_control.h"
#include "capture/kernel_profile.h"

namespace aurochs::capture {

/// Processes, by what is in /proc.
struct ProcessCensus {
  size_t processes = 0;                ///< of user space
  size_t older = 0;  ///< perhaps begun before audit was first enabled, which nothing tells exactly: their calls give no records
  std::vector<std::string> older_names;  ///< PID/COMM, at most limits::kBlindProcesses
  size_t net_namespaces = 0;           ///< different from ours
  size_t without_login = 0;            ///< on a terminal, and no login user
};

struct Surroundings {
  bool has_status = false, has_rules = false;
  AuditStatus status;
  std::vector<std::string> rules;    ///< as the kernel lists them
  bool has_multicast = true;         ///< false: tried, and nothing came
  bool has_connector = true;
  bool boots_audited = false;        ///< audit=1 on the kernel's command line
  ProcessCensus census;
  Answer x32 = Answer::unknown;      ///< the kernel takes system calls of x32
  Answer io_uring = Answer::unknown; ///< may be used by somebody
  Answer io_uring_rules = Answer::unknown;  ///< list io_uring of audit, kernel 5.16+
  Answer first_pid = Answer::unknown, first_net = Answer::unknown;
};

struct BlindSpot {
  std::string_view name;
  std::string found;  ///< here, now
  std::string_view unseen, remedy;
};
/// In the order of the table.
std::vector<BlindSpot> blind_spots(const Surroundings& s);
std::vector<std::string_view> blind_spot_names();  ///< all that there are
/// Names joined by '|', as of sensor_blind.
std::string joined_names(const std::vector<BlindSpot>& spots);

/// Rules of others that take a call before any rule of ours, or keep tasks out of audit: their text. With none of ours
/// in the list every such rule counts.
std::vector<std::string> hiding_rules(const std::vector<std::string>& rules);
/// Rules that drop records of a type: their text.
std::vector<std::string> excluding_rules(const std::vector<std::string>& rules);
/// AUDIT_GET lost counts what was lost. kernel 3.16-4.10 without an audit daemon: it counts what printk held back as well,
/// though readers of the group got it (printk limit); the reset of the counter (4.11+) tells the kernels apart.
bool is_lost_meaningful(const AuditStatus& status);

struct LookOptions {
  std::string proc = "/proc";
  /// Audit is on since then at least, ticks since boot; 0: since the start of the audit daemon, or not known (all are older).
  uint64_t enabled_ticks = 0;
};
/// What the host allows, before our rules are in the kernel (one of them tells of io_uring_setup). Multicast, the connector
/// and our place (Answer first_*) are the caller's to fill.
Surroundings look_at_host(const LookOptions& options);
/// Then what audit says, and the processes; control may be null.
void look_at_audit(AuditControl* control, const LookOptions& options, Surroundings& out);
ProcessCensus take_census(const LookOptions& options);

}  // namespace aurochs::capture
