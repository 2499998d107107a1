// SPDX-License-Identifier: Apache-2.0
// ProcFacts: what one look at /proc/PID said, parsed. Views into the sections it was parsed from. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace aurochs::state {

struct ProcFacts {
  int32_t pid = 0, ppid = 0;
  bool has_stat = false, has_status = false;
  uint64_t start_ticks = 0;          ///< since boot, /proc/PID/stat field 22
  int32_t session = -1, tty = 0;
  bool kernel_thread = false;
  std::string_view comm;             ///< up to 15 bytes
  uint32_t uid[4] = {}, gid[4] = {}; ///< real, effective, saved, file system
  uint64_t cap_effective = 0, cap_permitted = 0, cap_bounding = 0;
  bool has_caps = false;
  std::string_view groups;           ///< numbers separated by spaces
  int32_t ns_pid = 0, seccomp = -1, no_new_privileges = -1, tracer = -1;
  bool has_environ = false;
  std::string_view environ;          ///< NUL-separated
  std::string_view cgroup, cmdline, exe, cwd, root, fd[3], pid_namespace, login_uid, login_session, mac_label;
  int chrooted = -1;                 ///< -1 not known
};

/// Parses Sections of a snapshot (audit/frame.h). What is damaged or absent stays at its default.
ProcFacts parse_facts(std::string_view sections);
/// Of those, the pid alone (0: none), and the task's name alone.
int32_t pid_of(std::string_view sections);
std::string_view comm_of(std::string_view sections);
/// Field 22 of a stat text, 0 when it can not be read.
uint64_t start_ticks_of(std::string_view stat);

/// Cgroup paths of /proc/PID/cgroup: each path once, in the order of the file, joined by '|', appended to out.
void join_cgroups(std::string_view cgroup_file, std::string& out);

/// The variables of interest, NAME=value joined by "; ", secrets masked; appended to out.
void select_environment(std::string_view environ, std::string& out);
/// The sections again, environment and status reduced to what is read of them: what waits for its event waits small.
void compact_sections(std::string_view sections, std::string& out);
/// First variable that makes the process load foreign code (LD_PRELOAD and kin), empty for none.
std::string_view hijack_variable(std::string_view environ);

}  // namespace aurochs::state
