// SPDX-License-Identifier: Apache-2.0
// /proc/PID/mountinfo (proc(5), since Linux 2.6.26) and what differs between two readings. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::observe {

struct Mount {
  uint64_t id = 0;
  std::string device;         ///< major:minor
  std::string point, source;  ///< without the kernel's octal escapes
  std::string type, options;  ///< options of the mount, then those of the file system, joined by '|', each once
};

/// False: not a line of mountinfo.
bool parse_mount(std::string_view line, Mount& out);
/// Sorted by id; lines that are none are passed over; at most limits::kMounts.
std::vector<Mount> parse_mountinfo(std::string_view text);

struct MountDifference {
  enum class Kind : uint8_t { added, removed, changed } kind;
  const Mount* now;     ///< nullptr: removed
  const Mount* before;  ///< nullptr: added
};
/// Views live as long as the two readings.
std::vector<MountDifference> compare(const std::vector<Mount>& before, const std::vector<Mount>& now);

/// A file system whose files come over a network, or from a program (fuse), as most of those do.
bool is_remote(std::string_view type);
/// Mounted over a process's directory of /proc.
bool is_over_process(std::string_view point);
/// Value of an option "NAME=value"; empty: none.
std::string_view option(std::string_view options, std::string_view name);

}  // namespace aurochs::observe
