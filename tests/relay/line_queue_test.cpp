// SPDX-License-Identifier: Apache-2.0
#include "relay/line_queue.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

using namespace aurochs;
using relay::LineQueue;

namespace {

void put(LineQueue& queue, std::string_view text, size_t step = SIZE_MAX) {
  for (size_t at = 0; at < text.size(); at += std::min(step, text.size() - at)) queue.put(text.data() + at, std::min(step, text.size() - at));
}
/// At most `limit` bytes of what goes out, `step` a write.
std::string send(LineQueue& queue, size_t step = SIZE_MAX, size_t limit = SIZE_MAX) {
  std::string out;
  const char* bytes = nullptr;
  for (size_t size; out.size() < limit && (size = queue.front(bytes)) > 0;) {
    size = std::min({size, step, limit - out.size()});
    out.append(bytes, size);
    queue.sent(size);
  }
  return out;
}
std::string line(size_t number, size_t size = 100) {
  std::string out = std::to_string(number) + ' ';
  out.resize(size - 1, 'x');
  return out + '\n';
}

}  // namespace

TEST_SUITE("relay") {
  TEST_CASE("line queue: what comes goes out, however it is cut on both sides") {
    std::string text;
    for (size_t i = 0; i < 3000; ++i) text += line(i, 20 + i % 700);
    for (const size_t in : {size_t{1}, size_t{7}, size_t{4096}, SIZE_MAX})
      for (const size_t out : {size_t{3}, size_t{1000}, SIZE_MAX}) {
        const auto queue = std::make_unique<LineQueue>();
        std::string got;
        for (size_t at = 0; at < text.size(); at += 100000) {
          put(*queue, std::string_view(text).substr(at, 100000), in);
          got += send(*queue, out);
        }
        REQUIRE((got == text));
        CHECK(queue->dropped() == 0);
        CHECK(queue->waiting() == 0);
      }
  }
  TEST_CASE("line queue: the oldest go, and their number stands where they were") {
    const auto queue = std::make_unique<LineQueue>();
    constexpr size_t kLines = 30000;
    put(*queue, line(0));
    CHECK(send(*queue, SIZE_MAX, 50).size() == 50);  // begun: it stays
    for (size_t i = 1; i < kLines; ++i) put(*queue, line(i));
    CHECK(queue->dropped() + queue->waiting() == kLines + (queue->dropped() ? queue->dropped() : 0));
    const uint64_t dropped = queue->dropped();
    CHECK(dropped > 0);
    const std::string first = line(0).substr(50), told = "aurochs-audisp dropped=" + std::to_string(dropped) + '\n';
    const std::string got = send(*queue);
    CHECK(got.substr(0, first.size()) == first);
    CHECK(got.substr(first.size(), told.size()) == told);
    CHECK((got.size() - first.size() - told.size()) / 100 + dropped + 1 == kLines);
    CHECK(got.substr(first.size() + told.size(), 100) == line(dropped + 1));
    CHECK(got.substr(got.size() - 100) == line(kLines - 1));
    CHECK(queue->waiting() == 0);
  }
  TEST_CASE("line queue: after a broken connection the begun line is sent from its begin, whole ones are not sent again") {
    const auto queue = std::make_unique<LineQueue>();
    put(*queue, "first\nsecond\nthird\n");
    CHECK(send(*queue, SIZE_MAX, 9) == "first\nsec");
    queue->begin_again();
    CHECK(queue->waiting() == 2);
    CHECK(send(*queue) == "second\nthird\n");
    queue->begin_again();
    CHECK(send(*queue).empty());
  }
  TEST_CASE("line queue: a line that is too long is a drop, an empty one nothing") {
    const auto queue = std::make_unique<LineQueue>();
    put(*queue, "a\n\n" + std::string(limits::kLineBytes, 'x') + "\nb\n" + std::string(limits::kLineBytes - 1, 'y') + "\n", 4096);
    const std::string got = send(*queue);
    CHECK(got.substr(0, 28) == "aurochs-audisp dropped=1\na\nb");
    CHECK(got.size() == 25 + 4 + limits::kLineBytes);
    CHECK(queue->dropped() == 1);
  }
}
