// SPDX-License-Identifier: Apache-2.0
#include "capture/plugin_parser.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "base/limits.h"

using namespace aurochs;
using audit::Frame;
using audit::FrameKind;
using capture::PluginFormat;
using capture::PluginParser;

namespace {
struct Got {
  FrameKind kind;
  uint16_t type;
  std::string text;
  bool operator==(const Got& o) const { return kind == o.kind && type == o.type && text == o.text; }
};

std::string message(uint32_t version, uint32_t type, std::string_view data, uint32_t head_bytes = 16) {
  const uint32_t head[4] = {version, head_bytes, type, static_cast<uint32_t>(data.size())};
  std::string out(reinterpret_cast<const char*>(head), sizeof head);
  out.append(head_bytes > 16 ? head_bytes - 16 : 0, '\7');
  return out.append(data.data(), data.size());
}

/// Feeds `bytes` in pieces of `step`.
std::vector<Got> parse(PluginParser& parser, std::string_view bytes, size_t step) {
  std::vector<Got> out;
  Frame f;
  while (!bytes.empty()) {
    size_t room = 0;
    char* at = parser.room(room);
    REQUIRE(room > 0);
    const size_t n = std::min({step, room, bytes.size()});
    std::memcpy(at, bytes.data(), n);
    parser.filled(n);
    bytes.remove_prefix(n);
    while (parser.next(f)) out.push_back({f.kind, f.type, std::string(f.payload)});
    if (parser.has_failed()) break;
  }
  if (parser.last(f)) out.push_back({f.kind, f.type, std::string(f.payload)});
  return out;
}
constexpr size_t kSteps[] = {1, 5, 17, 4096, 1 << 20};
}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("plugin: text lines become line frames, however the pipe cuts them") {
    const std::string over(limits::kLineBytes + 1, 'x'), fits(limits::kLineBytes, 'y');
    const std::string text = "type=SYSCALL msg=audit(1.2:3): a\nnode=n type=EOE msg=audit(1.2:3):\n" + over + "\n" + fits + "\ntail";
    for (const size_t step : kSteps) {
      PluginParser parser(PluginFormat::detect);
      const std::vector<Got> got = parse(parser, text, step);
      REQUIRE(got.size() == 4);
      CHECK(got[0] == Got{FrameKind::line, 0, "type=SYSCALL msg=audit(1.2:3): a"});
      CHECK(got[1].text == "node=n type=EOE msg=audit(1.2:3):");
      CHECK((got[2].text == fits));
      CHECK(got[3].text == "tail");
      CHECK(parser.over_long() == 1);
      CHECK(parser.format() == PluginFormat::text);
    }
  }
  TEST_CASE("plugin: binary messages become records, formatted ones lines") {
    const std::string bytes = message(0, 1300, "audit(1.2:3): arch=1") + message(1, 1300, std::string_view("audit(1.2:3): b\n\0", 17)) +
                              message(1, 1300, "type=SYSCALL msg=audit(1.2:3): c") + message(0, 1320, "audit(1.2:3): ", 24);
    for (const size_t step : kSteps) {
      PluginParser parser(PluginFormat::detect);
      const std::vector<Got> got = parse(parser, bytes, step);
      REQUIRE(got.size() == 4);
      CHECK(got[0] == Got{FrameKind::record, 1300, "audit(1.2:3): arch=1"});
      CHECK(got[1] == Got{FrameKind::record, 1300, "audit(1.2:3): b"});
      CHECK(got[2] == Got{FrameKind::line, 0, "type=SYSCALL msg=audit(1.2:3): c"});
      CHECK(got[3] == Got{FrameKind::record, 1320, "audit(1.2:3): "});
      CHECK_FALSE(parser.has_failed());
    }
  }
  TEST_CASE("plugin: a damaged binary header ends the reading at once") {
    for (const std::string& bad : {message(2, 1300, "x"), message(0, 70000, "x"), message(0, 1300, "x", 8), message(0, 1300, "x", 4000),
                                   message(0, 1300, std::string(limits::kLineBytes + 1, 'x'))}) {
      PluginParser parser(PluginFormat::binary);
      CHECK(parse(parser, message(0, 1300, "good") + bad + message(0, 1300, "never"), 3).size() == 1);
      CHECK(parser.has_failed());
    }
  }
}
