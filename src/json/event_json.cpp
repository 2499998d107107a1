// SPDX-License-Identifier: Apache-2.0
#include "json/event_json.h"

#include <cstdio>

#include "base/text.h"

namespace aurochs::json {

void write_event(const event::Event& e, Writer& w) {
  w.begin_object();
  e.each([&](event::FieldId f) {
    const event::FieldRow& row = event::field_row(f);
    w.key(row.name);
    switch (row.type) {
      case event::Type::text: w.string(e.text(f)); break;
      case event::Type::number: w.number(e.number(f)); break;
      case event::Type::integer: w.integer(e.integer(f)); break;
      case event::Type::boolean: w.boolean(e.number(f) != 0); break;
      case event::Type::time: {
        char out[32];
        w.string({out, base::format_time_ms(e.integer(f), out)});
        break;
      }
      case event::Type::octal: {
        char out[24];
        const int n = std::snprintf(out, sizeof out, "%07o", static_cast<unsigned>(e.number(f)));
        w.string({out, static_cast<size_t>(n)});
        break;
      }
    }
  });
  w.end_object();
}

size_t write_line(const event::Event& e, Writer& w) {
  const size_t before = w.text().size();
  write_event(e, w);
  w.newline();
  return w.text().size() - before;
}

}  // namespace aurochs::json
