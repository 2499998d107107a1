// SPDX-License-Identifier: Apache-2.0
#include "control/flat.h"

#include <doctest/doctest.h>

using namespace aurochs::control;

TEST_SUITE("control") {
  TEST_CASE("what was written is read again") {
    const std::string odd = "a\"b\\c\n\t\x01 \xC3\xA4 \xF0\x9F\x90\x82";
    const std::string text = FlatWriter().text("verb", "status").number("n", UINT64_MAX).text(odd, odd).take();
    CHECK(text.find('\n') == std::string::npos);
    Flat flat;
    REQUIRE(parse_flat(text, flat));
    REQUIRE(flat.size() == 3);
    CHECK(find(flat, "verb")->value == "status");
    CHECK(find(flat, "verb")->is_text);
    CHECK(find(flat, "n")->value == "18446744073709551615");
    CHECK_FALSE(find(flat, "n")->is_text);
    CHECK(find(flat, odd)->value == odd);
    CHECK(find(flat, "m") == nullptr);
    CHECK(FlatWriter().take() == "{}");
  }
  TEST_CASE("text that is no UTF-8 is repaired") {
    Flat flat;
    REQUIRE(parse_flat(FlatWriter().text("a", "x\xFFy").take(), flat));
    CHECK(flat[0].value == "x\\xffy");
  }
  TEST_CASE("flat objects of others") {
    Flat flat;
    for (const char* text : {"{}", " { } ", "{\"a\":1}", "\t{\"a\" : -0.5e+3 , \"b\":true,\"c\":false,\"d\":null}\r\n", R"({"a":"\u00e4\ud83d\udc02\/\b"})"}) {
      CAPTURE(text);
      CHECK(parse_flat(text, flat));
    }
    REQUIRE(parse_flat(R"({"a":"\u0041\u00e4\ud83d\udc02"})", flat));
    CHECK(flat[0].value == "A\xC3\xA4\xF0\x9F\x90\x82");
  }
  TEST_CASE("everything else is refused") {
    Flat flat;
    for (const char* text : {"", "{", "}", "[]", "null", "{}x", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":{}}", "{\"a\":[1]}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}",
                             "{\"a\":+1}", "{\"a\":-}", "{\"a\":nul}", "{a:1}", "{\"a\":\"\n\"}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12\"}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\\udc00\"}",
                             "{\"a\":\"\\ud800\\u0041\"}", "{\"a\":\"x}", "{\"a\":1,\"a\":2}", "{\"a\":\"\xFF\"}", "{\"a\":1} {}"}) {
      CAPTURE(text);
      CHECK_FALSE(parse_flat(text, flat));
    }
  }
}
