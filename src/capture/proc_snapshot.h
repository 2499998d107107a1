// SPDX-License-Identifier: Apache-2.0
// Process snapshots: what /proc/PID says, as Sections (audit/frame.h). The order of reading is the order of what is
// worth most against a program that exits at once: environ, which goes with the memory map, then stat, cgroup and
// status, which go when the parent reaps, then the links. Of 5000 execs of a 20-byte program (6.18, 2 CPUs, SCHED_RR)
// environ was read for 97 %, stat for 99 %, status for 91 %; with the links first stat fell to a half at best.
// read_snapshot is for the capture thread: no allocation, one read a file. A file that is longer than its bound is
// cut, one that cannot be read has no section.
#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/limits.h"

namespace aurochs::capture {

enum class SnapshotScope : uint8_t { full, without_environ };

inline constexpr size_t kLinkBytes = 4096;  ///< PATH_MAX: d_path gives no more
/// environ + stat, status, cgroup + exe, cwd, root, fd0..2, mac_label + 18 heads and short values.
inline constexpr size_t kSnapshotBytes = limits::kEnvironBytes + 3 * limits::kProcFileBytes + 7 * kLinkBytes + 1024;

/// True: the process still had its memory map, so its environment and executable are what they say.
/// `used`: bytes written to `out`; 0 when the process was gone altogether.
bool read_snapshot(pid_t pid, SnapshotScope scope, char* out, size_t size, size_t& used);

/// What vanishes first, and what tells which exec it was: pid, environ, stat, cgroup. For ExecWatch, while the process waits.
void read_urgent(pid_t pid, char* out, size_t size, size_t& used);

/// The same sections and cmdline. False: no such process (any more); `out` is then empty.
bool read_process(pid_t pid, std::string& out);

}  // namespace aurochs::capture
