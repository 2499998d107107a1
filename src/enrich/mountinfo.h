// SPDX-License-Identifier: Apache-2.0
// Lines of /proc/PID/mountinfo (proc(5), since 2.6.26): foreign text. find reads a whole file in pieces, the others are pure.
#pragma once
#include <string>
#include <string_view>

namespace aurochs::enrich {

struct MountLine {
  std::string_view place, type, source;  ///< escaped as in the file; empty where the line is none
};
MountLine parse_mount_line(std::string_view line);
/// \040 and the like undone, behind what `out` holds.
void unescape_mount(std::string_view text, std::string& out);
/// File systems whose files lie elsewhere, or with a program (fuse).
bool is_remote_type(std::string_view type);

/// The last line of `file` about that place: the mount on top. False: none, or the file is beyond limits::kMountInfoBytes.
bool find_mount(const char* file, std::string_view place, std::string& line);

}  // namespace aurochs::enrich
