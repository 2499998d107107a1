// SPDX-License-Identifier: Apache-2.0
// Answers about files of any bytes: sections, capabilities, paths.
#include "enrich/file_block.h"
#include "enrich/file_caps.h"
#include "enrich/special_paths.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aurochs;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  enrich::FileCaps caps;
  std::string text;
  if (enrich::parse_file_caps(bytes, caps)) enrich::append_caps(text, caps);
  (void)enrich::parse_file_answer(bytes);
  const size_t middle = size / 2;
  (void)enrich::fits(bytes.substr(0, middle), bytes.substr(middle));
  for (const std::string_view root : {"", "/proc/", "/sys/", "/dev/"})
    (void)enrich::special_path(std::string(root).append(bytes), event::FileOp::create, event::FileAccess::both);
  return 0;
}
