// SPDX-License-Identifier: Apache-2.0
#include "capture/recording.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <string>

using namespace aurochs;
using audit::Frame;
using audit::FrameKind;
using capture::RecordedAnswer;
using capture::RecordingReader;
using capture::RecordingWriter;

namespace {
struct Path {
  Path() {
    const base::UniqueFd fd(::mkstemp(name));
  }
  ~Path() { ::unlink(name); }
  char name[32] = "/tmp/aurochs-record-XXXXXX";
};

Frame frame(FrameKind kind, std::string_view payload, uint16_t type = 0, int64_t received_ms = 0) {
  Frame f;
  f.kind = kind;
  f.type = type;
  f.received_ms = received_ms;
  f.payload = payload;
  return f;
}
RecordedAnswer answer(uint16_t ask, int64_t id, std::string_view path, std::string_view bytes, bool found = true) {
  RecordedAnswer a;
  a.ask = ask;
  a.id = id;
  a.path = path;
  a.found = found;
  a.bytes = bytes;
  return a;
}
/// host, record "one" with three answers, record "two" with one.
void write_example(const Path& path) {
  auto writer = RecordingWriter::create(path.name);
  REQUIRE(writer);
  REQUIRE(writer->append(frame(FrameKind::host, "host")));
  REQUIRE(writer->append(frame(FrameKind::record, "one", 1300, 42)));
  REQUIRE(writer->append_answer(answer(1, 7, "", "process seven")));
  REQUIRE(writer->append_answer(answer(2, -1, "/etc/passwd", std::string_view("a\0b", 3))));
  REQUIRE(writer->append_answer(answer(4, 0, "", "", false)));
  REQUIRE(writer->append(frame(FrameKind::record, "two", 1302)));
  REQUIRE(writer->append_answer(answer(4, 0, "", "root")));
}
bool next(RecordingReader& reader, Frame& f) {
  auto more = reader.next(f);
  REQUIRE(more);
  return *more;
}
}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("recording: frames and answers come back in the order of one pass") {
    const Path path;
    write_example(path);
    auto reader = RecordingReader::open(path.name);
    REQUIRE(reader);
    Frame f;
    std::string bytes;
    bool found = false;
    REQUIRE(next(*reader, f));
    CHECK(f.kind == FrameKind::host);
    REQUIRE(next(*reader, f));
    CHECK(f.type == 1300);
    CHECK(f.received_ms == 42);
    CHECK(reader->next_answer(1, 7, "", bytes, found));
    CHECK(bytes == "process seven");
    CHECK(found);
    CHECK(reader->next_answer(2, -1, "/etc/passwd", bytes, found));
    CHECK(bytes == std::string("a\0b", 3));
    CHECK(reader->next_answer(4, 0, "", bytes, found));
    CHECK_FALSE(found);
    CHECK(f.payload == "one");
    REQUIRE(next(*reader, f));
    CHECK(f.payload == "two");
    CHECK(reader->next_answer(4, 0, "", bytes, found));
    CHECK(bytes == "root");
    CHECK_FALSE(next(*reader, f));
    CHECK(reader->unused_answers() == 0);
    CHECK(reader->unknown_questions() == 0);
    CHECK(reader->torn_bytes() == 0);
  }
  TEST_CASE("recording: a question that was not recorded is counted and does not cost the answers behind it") {
    const Path path;
    write_example(path);
    auto reader = RecordingReader::open(path.name);
    Frame f;
    std::string bytes = "old";
    bool found = true;
    REQUIRE(next(*reader, f));
    CHECK_FALSE(reader->next_answer(1, 7, "", bytes, found));  // belongs to the next frame
    CHECK_FALSE(found);
    CHECK(bytes.empty());
    REQUIRE(next(*reader, f));
    CHECK_FALSE(reader->next_answer(1, 8, "", bytes, found));
    CHECK_FALSE(reader->next_answer(2, -1, "/etc/shadow", bytes, found));
    CHECK(reader->next_answer(2, -1, "/etc/passwd", bytes, found));
    CHECK(reader->unknown_questions() == 3);
    CHECK(reader->unused_answers() == 1);
    REQUIRE(next(*reader, f));
    CHECK(reader->unused_answers() == 2);
    CHECK(f.payload == "two");
  }
  TEST_CASE("recording: a file cut anywhere gives its whole frames and tells the rest") {
    const Path path;
    write_example(path);
    const std::string whole = *base::read_file(path.name, 1 << 20);
    for (size_t n = capture::kRecordingMagic.size(); n <= whole.size(); ++n) {
      REQUIRE(base::write_file_atomically(path.name, std::string_view(whole).substr(0, n), 0600));
      auto reader = RecordingReader::open(path.name);
      REQUIRE(reader);
      Frame f;
      size_t used = capture::kRecordingMagic.size(), frames = 0;
      while (next(*reader, f)) ++frames;
      CHECK(frames <= 3);
      CHECK(reader->torn_bytes() <= n - used);
      if (n == whole.size()) CHECK(reader->torn_bytes() == 0);
      if (n == whole.size() - 1) CHECK(reader->torn_bytes() == 16 + 20 + 4 - 1);
    }
  }
  TEST_CASE("recording: what is no recording is refused, a frame of absurd length is a torn tail") {
    const Path path;
    REQUIRE(base::write_file_atomically(path.name, "type=SYSCALL msg=audit(1.2:3):\n", 0600));
    CHECK(RecordingReader::open(path.name).error().message.find("not a recording") != std::string::npos);
    REQUIRE(base::write_file_atomically(path.name, "AUROCHS", 0600));
    CHECK_FALSE(RecordingReader::open(path.name));
    std::string bytes(capture::kRecordingMagic);
    bytes.append("\x01\0\x14\x05\xff\xff\xff\xff", 8).append(400000, '\0');
    REQUIRE(base::write_file_atomically(path.name, bytes, 0600));
    auto reader = RecordingReader::open(path.name);
    Frame f;
    CHECK_FALSE(next(*reader, f));
    CHECK(reader->torn_bytes() == 400008);
  }
  TEST_CASE("recording: many frames pass through the buffer unchanged") {
    const Path path;
    {
      auto writer = RecordingWriter::create(path.name);
      for (size_t i = 0; i < 3000; ++i)
        REQUIRE(writer->append(frame(FrameKind::line, std::string(i % 997, static_cast<char>('a' + i % 26)))));
    }
    auto reader = RecordingReader::open(path.name);
    Frame f;
    size_t i = 0;
    bool same = true;
    for (; next(*reader, f); ++i) same = same && f.payload == std::string(i % 997, static_cast<char>('a' + i % 26));
    CHECK(i == 3000);
    CHECK(same);
  }
  TEST_CASE("recording: a full disk is reported once") {
    if (::access("/dev/full", W_OK) != 0) return;
    auto writer = RecordingWriter::create("/dev/full");
    REQUIRE(writer);
    REQUIRE(writer->append(frame(FrameKind::line, "x")));
    const base::Status first = writer->flush();
    REQUIRE_FALSE(first);
    CHECK(first.error().message.find("/dev/full: No space left") == 0);
    CHECK(writer->append(frame(FrameKind::line, "y")));
    CHECK(writer->flush());
    CHECK(writer->has_failed());
  }
}
