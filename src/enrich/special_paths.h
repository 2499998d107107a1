// SPDX-License-Identifier: Apache-2.0
// Special paths: files of the kernel and of devices, where an open is an act of its own. One table. Exact paths, in which
// '*' stands for a part of one name and a final "**" for whatever follows; the first row that fits decides. Pure; any
// thread.
#pragma once
#include <cstdint>
#include <string_view>

#include "event/catalogue.h"
#include "event/file_details.h"

namespace aurochs::enrich {

struct SpecialPath {
  bool is_special = false;                            ///< a row fits: `type`
  bool is_kernels = false;                            ///< below /proc or /sys: what no row wants there is nobody's business
  event::EventType type = event::EventType::count_;
  std::string_view parameter;                         ///< behind /proc/sys/
  std::string_view process;                           ///< PID of /proc/PID/, or "self"
};

SpecialPath special_path(std::string_view path, event::FileOp op, event::FileAccess access);

/// Whether `pattern` fits the whole of `path`.
bool fits(std::string_view pattern, std::string_view path);

}  // namespace aurochs::enrich
