// SPDX-License-Identifier: Apache-2.0
#include "audit/frame.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace aurochs::audit;

namespace {
std::string encoded(FrameKind kind, uint16_t type, int64_t received_ms, std::string_view payload) {
  std::string bytes(kFrameHeadBytes, '?');
  encode_frame_head({kind, type, received_ms, payload}, &bytes[0]);
  return bytes.append(payload);
}
}  // namespace

TEST_SUITE("audit") {
  TEST_CASE("a frame comes back as it was written") {
    for (const FrameKind kind : {FrameKind::record, FrameKind::line, FrameKind::tick, FrameKind::host}) {
      for (const std::string& payload : {std::string(), std::string("audit(1.002:3): x"), std::string("\0\xFF", 2), std::string(70000, 'x')}) {
        const std::string bytes = encoded(kind, 65535, -5, payload);
        Frame f;
        REQUIRE(decode_frame(bytes, f));
        CHECK(f.kind == kind);
        CHECK(f.type == 65535);
        CHECK(f.received_ms == -5);
        CHECK(f.payload == payload);
      }
    }
  }
  TEST_CASE("the head is little endian at fixed places") {
    const std::string bytes = encoded(FrameKind::record, 1300, 0x0102030405060708, "abc");
    CHECK(bytes.substr(0, 16) == std::string("\x01\x00\x14\x05\x03\x00\x00\x00\x08\x07\x06\x05\x04\x03\x02\x01", 16));
  }
  TEST_CASE("what is no whole, known frame is refused") {
    Frame f;
    const std::string good = encoded(FrameKind::record, 1300, 1, "abc");
    for (size_t n = 0; n < good.size(); ++n) CHECK_FALSE(decode_frame(std::string_view(good).substr(0, n), f));
    CHECK_FALSE(decode_frame(good + "x", f));
    for (const char kind : {'\0', '\x0C', '\xFF'}) {
      std::string bad = good;
      bad[0] = kind;
      CHECK_FALSE(decode_frame(bad, f));
    }
    std::string huge = good;
    huge.replace(4, 4, "\xFF\xFF\xFF\xFF");
    CHECK_FALSE(decode_frame(huge, f));
  }
  TEST_CASE("sections come back in order, empty and binary ones too") {
    std::string bytes;
    SectionWriter w(bytes);
    w.put(Tag::pid, "42");
    w.put(Tag::environ, std::string_view("A=1\0B=2\0", 8));
    w.put(Tag::cgroup, "");
    w.put(Tag::setting, "a=b");
    w.put(Tag::setting, "c=d");
    SectionReader r(bytes);
    Tag tag;
    std::string_view text;
    const std::pair<Tag, std::string> expected[] = {
        {Tag::pid, "42"}, {Tag::environ, std::string("A=1\0B=2\0", 8)}, {Tag::cgroup, ""}, {Tag::setting, "a=b"}, {Tag::setting, "c=d"}};
    for (const auto& e : expected) {
      REQUIRE(r.next(tag, text));
      CHECK(tag == e.first);
      CHECK(text == e.second);
    }
    CHECK_FALSE(r.next(tag, text));
  }
  TEST_CASE("a damaged section ends the reading, the ones before it count") {
    std::string bytes;
    SectionWriter(bytes).put(Tag::pid, "42");
    SectionWriter(bytes).put(Tag::stat, "1 (x) S");
    for (size_t n = 11; n < bytes.size(); ++n) {
      SectionReader r(std::string_view(bytes).substr(0, n));
      Tag tag;
      std::string_view text;
      CHECK(r.next(tag, text));
      CHECK(text == "42");
      CHECK_FALSE(r.next(tag, text));
    }
  }
  TEST_CASE("every cause of a gap has a name of its own") {
    std::set<std::string> names;
    for (size_t i = 0; i < static_cast<size_t>(GapCause::count_); ++i) CHECK(names.insert(std::string(gap_cause_name(static_cast<GapCause>(i)))).second);
    CHECK(names.count("") == 0);
    CHECK(gap_cause_name(GapCause::serial_gap) == "serial_gap");
    CHECK(gap_cause_name(GapCause::jobs_full) == "jobs_full");
    CHECK(gap_cause_name(GapCause::count_) == "unknown");
  }
}
