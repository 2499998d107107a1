// SPDX-License-Identifier: Apache-2.0
// The relay's queue: what goes in and what goes out as the input says, with broken connections; lines stay whole, and none is unaccounted.
#include <algorithm>
#include <memory>

#include "relay/line_queue.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  static const auto queue = std::make_unique<aurochs::relay::LineQueue>();
  const char* bytes = nullptr;
  while (size > 0) {
    const unsigned what = data[0];
    const size_t n = std::min(size, size_t{1} + (what & 63));
    for (unsigned i = 0; i < (what & 64 ? 1000u : 1u); ++i) queue->put(reinterpret_cast<const char*>(data), n);
    data += n, size -= n;
    if (what & 128) continue;
    if (const size_t ready = queue->front(bytes); ready > 0) queue->sent(1 + what % ready);
    if (what & 32) queue->begin_again();
  }
  queue->put("\n", 1);
  for (size_t ready; (ready = queue->front(bytes)) > 0;) queue->sent(ready);
  if (queue->waiting()) __builtin_trap();
  return 0;
}
