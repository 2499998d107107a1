// SPDX-License-Identifier: Apache-2.0
// The mark of a former run, and a record of the kernel's log that may tell of its end: any bytes.
#include <cstddef>

#include "daemon/run_mark.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  aurochs::daemon::FormerRun run = aurochs::daemon::parse_mark(bytes);
  run.pid = 7;
  run.start_uptime_ms = 0;
  for (const char* begin : {"", "6,1,9000000,-;aurochs", "6,1,9000000,-;traps: aurochs", "3,1,9000000,-;Out of memory: Killed process 7"})
    (void)aurochs::daemon::end_in_record(begin + bytes, run);
  return 0;
}
