// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "capture/feed.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  aurochs::capture::PluginParser parser(aurochs::capture::PluginFormat::detect);
  aurochs::audit::Frame frame;
  while (size > 0 && !parser.has_failed()) {
    size_t room = 0;
    char* at = parser.room(room);
    const size_t n = std::min({room, size, size_t{1} + data[0]});  // the input chooses how the pipe cuts it
    std::copy(data, data + n, at);
    data += n, size -= n;
    parser.filled(n);
    while (parser.next(frame)) {
      uint64_t dropped = 0;
      (void)aurochs::capture::read_relay_drops(frame.payload, dropped);
      if (aurochs::capture::last_record_of(frame.payload) >= std::max<size_t>(frame.payload.size(), 1)) __builtin_trap();
    }
  }
  return parser.last(frame) ? 0 : 0;
}
