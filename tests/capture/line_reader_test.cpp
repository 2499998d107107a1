// SPDX-License-Identifier: Apache-2.0
#include "capture/line_reader.h"

#include <doctest/doctest.h>
#include <unistd.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "base/fd.h"
#include "base/limits.h"
#include "capture/recording.h"

using namespace aurochs;

namespace {
/// A file of that content, gone at the end.
struct File {
  explicit File(std::string_view content) {
    char name[] = "/tmp/aurochs-line-XXXXXX";
    const base::UniqueFd fd(::mkstemp(name));
    REQUIRE(base::write_all(fd.get(), content));
    path = name;
  }
  ~File() { ::unlink(path.c_str()); }
  std::string path;
};

std::string gzip(std::string_view text) {
  z_stream z{};
  REQUIRE(::deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(::deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(&out[0]);
  z.avail_out = static_cast<uInt>(out.size());
  REQUIRE(::deflate(&z, Z_FINISH) == Z_STREAM_END);
  out.resize(z.total_out);
  ::deflateEnd(&z);
  return out;
}

using Lines = std::vector<std::string>;
base::Result<capture::LineCounts> read(const std::string& path, Lines& out) {
  return capture::read_lines(path, [&out](std::string_view line) {
    out.emplace_back(line);
    return true;
  });
}
}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("lines: LF ends a line, CR and an unfinished last line are kept") {
    const File file("one\ntwo\r\n\nlast");
    Lines lines;
    auto counts = read(file.path, lines);
    REQUIRE(counts);
    CHECK(lines == Lines{"one", "two\r", "", "last"});
    CHECK(counts->lines == 4);
    CHECK(counts->bytes == 14);
  }
  TEST_CASE("lines: any cut into chunks gives the same lines, over-long ones are counted") {
    const std::string fits(limits::kLineBytes, 'x'), over(limits::kLineBytes + 1, 'y');
    const std::string text = "a\n" + fits + "\n" + over + "\nb\n" + over;
    for (size_t step : {1u, 7u, 4096u, 65536u, 65537u, 1000000u}) {
      Lines lines;
      const capture::LineSink sink = [&lines](std::string_view line) {
        lines.emplace_back(line);
        return true;
      };
      capture::LineSplitter splitter(sink);
      for (size_t at = 0; at < text.size(); at += step) REQUIRE(splitter.feed(std::string_view(text).substr(at, step)));
      splitter.finish();
      CHECK((lines == Lines{"a", fits, "b"}));
      CHECK(splitter.counts().skipped == 2);
    }
  }
  TEST_CASE("lines: gzip is known by its magic, members in a row are one text") {
    std::string big;
    for (int i = 0; i < 100000; ++i) big += "type=SYSCALL number " + std::to_string(i) + "\n";
    const File file(gzip(big) + gzip("second member\n"));
    Lines lines;
    auto counts = read(file.path, lines);
    REQUIRE(counts);
    REQUIRE(lines.size() == 100001);
    CHECK(lines[99999] == "type=SYSCALL number 99999");
    CHECK(lines[100000] == "second member");
  }
  TEST_CASE("lines: gzip that is cut or damaged is an error with the path, after the lines before it") {
    std::string text;
    for (int i = 0; i < 200000; ++i) text += std::to_string(i * 7919) + "\n";
    std::string packed = gzip(text);
    const File cut(packed.substr(0, packed.size() - 9));
    Lines lines;
    auto counts = read(cut.path, lines);
    REQUIRE_FALSE(counts);
    CHECK(counts.error().message.find(cut.path) == 0);
    CHECK(lines.size() > 100000);
    packed[packed.size() / 2] = static_cast<char>(packed[packed.size() / 2] ^ 0x55);
    const File damaged(packed);
    lines.clear();
    CHECK_FALSE(read(damaged.path, lines));
  }
  TEST_CASE("lines: the reader stops when the sink has enough") {
    for (const std::string& content : {std::string("a\nb\nc\n"), gzip("a\nb\nc\n")}) {
      const File file(content);
      int calls = 0;
      auto counts = capture::read_lines(file.path, [&calls](std::string_view) { return ++calls < 2; });
      CHECK(counts);
      CHECK(calls == 2);
    }
  }
  TEST_CASE("lines: recordings, directories and missing files are refused by name") {
    const File recording(std::string(capture::kRecordingMagic) + "xxxx");
    Lines lines;
    auto counts = read(recording.path, lines);
    REQUIRE_FALSE(counts);
    CHECK(counts.error().message.find("is a recording") != std::string::npos);
    CHECK_FALSE(read("/tmp", lines));
    CHECK(read("/nonexistent/audit.log", lines).error().message == "/nonexistent/audit.log: No such file or directory");
    const File empty("");
    CHECK(read(empty.path, lines));
    CHECK(lines.empty());
  }
}
