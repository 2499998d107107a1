// SPDX-License-Identifier: Apache-2.0
// A log of any bytes through the whole line to JSON.
#include "base/text.h"
#include "json/event_json.h"
#include "pipeline/pipeline.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace aurochs;
  state::NoProcReader reader;
  json::Writer out;
  pipeline::Pipeline line({}, reader, [&](const event::Event& e) { return json::write_line(e, out); });
  audit::Frame frame;
  frame.kind = audit::FrameKind::line;
  for (std::string_view rest(reinterpret_cast<const char*>(data), size); !rest.empty();) {
    frame.payload = base::next_piece(rest, '\n');
    line.push(frame);
  }
  line.finish("end");
  return base::valid_utf8_prefix(out.text()) == out.text().size() ? 0 : (__builtin_trap(), 0);
}
