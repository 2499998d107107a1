// SPDX-License-Identifier: Apache-2.0
// Lines of mountinfo of any bytes.
#include <string>

#include "base/text.h"
#include "enrich/mountinfo.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  std::string out;
  while (!rest.empty()) {
    const aurochs::enrich::MountLine line = aurochs::enrich::parse_mount_line(aurochs::base::next_piece(rest, '\n'));
    out.clear();
    aurochs::enrich::unescape_mount(line.source, out);
    if (out.size() > line.source.size()) __builtin_trap();
    (void)aurochs::enrich::is_remote_type(line.type);
  }
  return 0;
}
