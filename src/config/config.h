// SPDX-License-Identifier: Apache-2.0
// Config: one row of AUROCHS_CONFIG_KEYS is one key; from it come the parser, `aurochsd --check` and aurochs.conf(5).
// The file is sections and keys ("[capture]" / "mode = auto"; # begins a comment). An unknown section or key, a value
// out of range and a key given twice are errors with file:line and the nearest known name; nothing is guessed.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aurochs::config {

// X(member, key, default, allowed values joined by '|' or empty for any text, sentence)
#define AUROCHS_CONFIG_KEYS(X)                                                                                                           \
  X(capture_mode, "capture.mode", "auto", "auto|multicast|unicast|relay|socket|log|plugin", "How records come. auto: multicast where a probe shows that it works, else unicast where no audit daemon is registered, else relay, socket or log, whichever the audit daemon feeds.") \
  X(capture_priority, "capture.priority", "realtime", "realtime|nice|normal", "Scheduling of the capture thread. realtime: SCHED_RR 1, so that /proc is read before a short process is gone.") \
  X(capture_rules, "capture.rules", "yes", "yes|no", "Load our audit rules. no: work with the rules that are there.")                       \
  X(capture_rules_dir, "capture.rules_dir", "", "", "Directory of our audit rules (*.rules). Empty: the installed one.")                  \
  X(capture_guard, "capture.guard", "yes", "yes|no", "Put our audit rules back when somebody removes them, and turn audit on again when somebody turns it off.") \
  X(capture_relay, "capture.relay", "", "", "Unix socket on which aurochs-audisp, a plugin of auditd, hands records on. Empty: the built-in one.") \
  X(capture_socket, "capture.socket", "/var/run/audispd_events", "", "Unix socket of auditd's plugin af_unix, for capture.mode = socket.") \
  X(capture_log, "capture.log", "/var/log/audit/audit.log", "", "The log of auditd, for capture.mode = log.") \
  X(watch_file, "watch.file", "", "", "The watch table. Empty: the installed one.")                                                     \
  X(events_on, "events.on", "", "", "Types of event that go out beside those of the profile, names joined by '|'.")                       \
  X(events_off, "events.off", "", "", "Types of event that do not go out, names joined by '|'.")                                          \
  X(events_policy, "events.policy", "", "", "File with lines on what goes out and how much of it, aurochs-policy(5). Empty: the profile alone.")  \
  X(logon_window_s, "logon.window_s", "300", "1..86400", "Window of auth_btmp_usr_count and auth_btmp_ip_count, seconds.")                        \
  X(logon_burst, "logon.burst", "10", "2..1000000", "So many failed logons of a user or from an address within the window are told as LogonFailBurst.") \
  X(dns_capture, "dns.capture", "yes", "yes|no", "Look at DNS packets of this host (AF_PACKET with a filter on port 53).")               \
  X(network_long_s, "network.long_s", "3600", "1..604800", "A TCP connection that lasts so many seconds is told once, by NetworkConnectionLong.") \
  X(observe_scan_s, "observe.scan_s", "30", "1..3600", "Seconds between two looks at all processes; high CPU use is judged over ten of them.") \
  X(observe_disks, "observe.disks", "/|/var|/tmp", "", "File systems whose room is watched, paths joined by '|'; local ones, a dead server would hold up the looking thread.") \
  X(profile_name, "profile.name", "auto", "auto|default|highnet|highproc|highfile", "What is watched under load. auto: default, another one while the load asks for it.") \
  X(profile_cpu_percent, "profile.cpu_percent", "10", "1..100", "CPU time that the sensor may take, percent of one core averaged over a minute; above it auto picks another profile.") \
  X(profile_memory_mb, "profile.memory_mb", "128", "32..4096", "Resident memory, MiB; above it the sensor forgets what it can, and says so.") \
  X(profile_poll_s, "profile.poll_s", "10", "1..3600", "Seconds between two looks of the polling profiles at processes; three times that at connections and ports.") \
  X(sensor_canary_s, "sensor.canary_s", "60", "0..3600", "Seconds between two acts of the sensor's own that must come back as records; 0: none.") \
  X(sensor_hardening, "sensor.hardening", "yes", "yes|no", "Give up, after the start, the privileges and system calls that are not needed any more.") \
  X(control_socket, "control.socket", "", "", "Unix socket of aurochsctl status and profile. Empty: the built-in one.") \
  X(control_group, "control.group", "", "", "Group that may ask for the status, by name. Empty: root alone.") \
  X(state_dir, "sensor.state_dir", "", "", "Directory of the sensor's own state, mode 0700. Empty: the built-in one.")                   \
  X(sensor_groups, "sensor.groups", "", "", "Written to every event as sensor_groups.")                                                  \
  X(customer_id, "customer.id", "", "", "Written to every event as customer_id.")                                                       \
  X(customer_name, "customer.name", "", "", "Written to every event as customer_name.")                                                 \
  X(customer_system, "customer.system", "", "", "Written to every event as customer_system.")

struct Config {
#define AUROCHS_KEY(member, key, default_value, allowed, doc) std::string member = default_value;
  AUROCHS_CONFIG_KEYS(AUROCHS_KEY)
#undef AUROCHS_KEY
  std::string version;  ///< YYYYMMDDhhmm of the file, UTC; of the release for built-in defaults
};

struct KeyRow {
  std::string_view key, default_value, allowed, sentence;
  std::string Config::*member;
};
const std::vector<KeyRow>& key_rows();

/// All errors of the file at once, each "file:line: object: reason; what to do".
struct Errors {
  std::vector<std::string> lines;
};
bool parse(std::string_view text, std::string_view file, Config& out, Errors& errors);
/// A file that is not there gives the defaults when `must_exist` is false.
base::Result<Config> load(const std::string& path, bool must_exist);
/// The commented default file.
std::string default_file();

}  // namespace aurochs::config
