// SPDX-License-Identifier: Apache-2.0
// What a look at all processes reads of each: times of /proc/PID/stat, strange mappings of /proc/PID/maps. Pure.
#pragma once
#include <cstdint>
#include <string_view>

namespace aurochs::observe {

struct ProcessTimes {
  uint64_t cpu_ticks = 0;    ///< user and system
  uint64_t start_ticks = 0;  ///< since boot; with the PID the identity
  uint64_t rss_pages = 0;
};
/// Of /proc/PID/stat; the name in it may hold anything. False: not of the format.
bool parse_times(std::string_view stat, ProcessTimes& out);

enum class MapKind : uint8_t { none, anonymous, deleted, memfd };
std::string_view map_kind_name(MapKind kind);
struct Mapping {
  MapKind kind = MapKind::none;
  uint64_t begin = 0, end = 0;
  std::string_view protection;  ///< "rwx", "r-x"
  std::string_view path;        ///< as the kernel wrote it, without " (deleted)"
};
/// One line of /proc/PID/maps (proc(5)). kind is none unless it is executable and: writable without a file; of a deleted
/// file outside the directories of packages (whose files an upgrade replaces); of a memfd.
Mapping parse_mapping(std::string_view line);

/// Programs that compile at run time and so map writable code as a matter of course, by the base name of the image.
bool is_jit(std::string_view image_name);

}  // namespace aurochs::observe
