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

/// The host's root, by (dev, inode). PID 1 changes it when it leaves the initramfs, so it is looked up again each second.
class InitRoot {
 public:
  bool is_root(uint64_t dev, uint64_t inode);

 private:
  uint64_t dev_ = 0, inode_ = 0;
  int64_t next_s_ = 0;
};

enum class SnapshotScope : uint8_t {
  full,
  without_environ,
  none,  ///< somebody else looks
};

inline constexpr size_t kLinkBytes = 4096;  ///< PATH_MAX: d_path gives no more
/// environ + stat, status, cgroup + exe, cwd, root, fd0..2, mac_label + 18 heads and short values.
inline constexpr size_t kSnapshotBytes = limits::kEnvironBytes + 3 * limits::kProcFileBytes + 7 * kLinkBytes + 1024;

/// True: the process still had its memory map, so its environment and executable are what they say.
/// `used`: bytes written to `out`; 0 when the process was gone altogether.
bool read_snapshot(pid_t pid, SnapshotScope scope, char* out, size_t size, size_t& used);

/// For ExecWatch, while the process waits: what the audit records of an exec do not say. pid, stat, environ, cgroup, status, pidns,
/// whether its root is the host's, fd0 to 2; exe in session 0. 0 bytes for a process that is gone.
class ExecLook {
 public:
  ExecLook();
  void read(pid_t pid, char* out, size_t size, size_t& used);

 private:
  InitRoot init_root_;
  std::string own_pidns_;  ///< "pid:[N]"
};

/// The same sections and cmdline. False: no such process (any more); `out` is then empty.
bool read_process(pid_t pid, std::string& out);

}  // namespace aurochs::capture
