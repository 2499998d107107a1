// SPDX-License-Identifier: Apache-2.0
// The value of the extended attribute security.capability (include/uapi/linux/capability.h struct vfs_ns_cap_data). Pure.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace aurochs::enrich {

struct FileCaps {
  uint64_t permitted = 0, inheritable = 0;
  bool effective = false;
};
/// False: no value of revision 1, 2 or 3.
bool parse_file_caps(std::string_view value, FileCaps& out);
/// As getcap(8) writes them: "cap_net_raw,cap_net_admin=ep". Appends.
void append_caps(std::string& out, const FileCaps& caps);

}  // namespace aurochs::enrich
