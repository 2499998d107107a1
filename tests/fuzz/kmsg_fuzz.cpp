// SPDX-License-Identifier: Apache-2.0
// /dev/kmsg: any bytes as a record, and each of their lines as the text of one.
#include <string>

#include "base/text.h"
#include "observe/kernel_log.h"

namespace {
struct Still final : aurochs::base::Clock {
  int64_t unix_ms() override { return 1; }
  int64_t monotonic_ms() override { return 1; }
};
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  static Still clock;
  aurochs::observe::Options options;
  options.root = "/nonexistent";
  options.clock = &clock;
  aurochs::observe::KernelLog log;
  (void)log.open(options);
  const aurochs::observe::Sink sink = [](const aurochs::event::Event&) {};
  log.hear(bytes, 0, sink);
  while (!bytes.empty()) {
    const std::string line(aurochs::base::next_piece(bytes, '\n'));
    for (const char* begin : {"", "BUG: ", "CPU: 0 PID: ", "Out of memory: Killed process 7 ("}) log.hear("1,1,1,-;" + (begin + line), 0, sink);
  }
  (void)log.poll(1000000, sink);
  return 0;
}
