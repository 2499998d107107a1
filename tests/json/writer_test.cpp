// SPDX-License-Identifier: Apache-2.0
#include "json/writer.h"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <limits>
#include <string>

using aurochs::json::Writer;

namespace {
/// The text back out of the writer's JSON, by a strict reader.
std::string round_trip(std::string_view s) {
  Writer w;
  w.begin_array();
  w.string(s);
  w.end_array();
  rapidjson::Document d;
  const std::string text(w.text());
  d.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str());
  REQUIRE_FALSE(d.HasParseError());
  REQUIRE(d[0].IsString());
  return {d[0].GetString(), d[0].GetStringLength()};
}
}  // namespace

TEST_SUITE("json") {
  TEST_CASE("the writer writes compact JSON, line by line") {
    Writer w;
    for (int i = 0; i < 2; ++i) {
      w.begin_object();
      w.key("a");
      w.number(UINT64_MAX);
      w.key("b");
      w.integer(INT64_MIN);
      w.key("c");
      w.boolean(true);
      w.key("d");
      w.null();
      w.key("e");
      w.begin_array();
      w.real(0.5);
      w.string("");
      w.end_array();
      w.end_object();
      w.newline();
    }
    const std::string line = "{\"a\":18446744073709551615,\"b\":-9223372036854775808,\"c\":true,\"d\":null,\"e\":[0.5,\"\"]}\n";
    CHECK(w.text() == line + line);
    w.clear();
    CHECK(w.text().empty());
    w.begin_object();
    w.end_object();
    CHECK(w.text() == "{}");
  }
  TEST_CASE("every byte of a text comes back; what is not UTF-8 comes back as \\xNN") {
    std::string ascii;
    for (int c = 0; c < 128; ++c) ascii += static_cast<char>(c);
    CHECK(round_trip(ascii) == ascii);
    for (const char* good : {"", "день", "\xF0\x9F\x98\x80", "a\"b\\c/d", "\xE2\x80\xA8"}) CHECK(round_trip(good) == good);
    CHECK(round_trip("a\xFFz") == "a\\xffz");
    CHECK(round_trip("\xC0\x80") == "\\xc0\\x80");
    CHECK(round_trip("\xED\xA0\x80") == "\\xed\\xa0\\x80");
    CHECK(round_trip(std::string(9000, '\xFE')).size() == 36000);
  }
  TEST_CASE("every pair of bytes gives valid JSON") {
    for (int a = 0; a < 256; ++a)
      for (int b = 0; b < 256; b += 5) (void)round_trip(std::string({static_cast<char>(a), static_cast<char>(b)}));
    CHECK(round_trip(std::string({'\x1f', '\x7f'})) == "\x1f\x7f");
  }
  TEST_CASE("control characters are escaped: a line of output is one line") {
    Writer w;
    w.begin_array();
    w.string("a\nb\r\x01\x7F");
    w.end_array();
    CHECK(w.text().find('\n') == std::string_view::npos);
    CHECK(w.text() == "[\"a\\nb\\r\\u0001\x7F\"]");
  }
}
