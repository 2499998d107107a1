// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <doctest/doctest.h>

#include <string>

using namespace aurochs::base;

TEST_SUITE("base") {
  TEST_CASE("numbers: whole text or nothing") {
    uint64_t u = 7;
    int64_t i = 7;
    CHECK(parse_u64("18446744073709551615", u));
    CHECK(u == UINT64_MAX);
    for (const char* bad : {"", "-1", "+1", "1 ", " 1", "0x1", "18446744073709551616"}) CHECK_FALSE(parse_u64(bad, u));
    CHECK(u == UINT64_MAX);
    CHECK(parse_i64("-115", i));
    CHECK(i == -115);
    CHECK(parse_hex_u64("c000003e", u));
    CHECK(u == 0xC000003E);
    CHECK_FALSE(parse_hex_u64("-1", u));
    CHECK_FALSE(parse_hex_u64("11112222333344445", u));
  }
  TEST_CASE("kernel hex: even, upper case, not empty") {
    Arena arena;
    CHECK(is_kernel_hex("2F62696E"));
    for (const char* bad : {"", "2", "2F6", "2f62", "(null)", "2G"}) CHECK_FALSE(is_kernel_hex(bad));
    CHECK(unhex("2F62696E00FF", arena) == std::string_view("/bin\0\xFF", 6));
    CHECK(to_hex("\x7F" "ELF") == "7F454C46");
  }
  TEST_CASE("repair_utf8 keeps good text and shows bad bytes") {
    Arena arena;
    CHECK(repair_utf8("мой сайт", arena) == "мой сайт");
    CHECK(repair_utf8("a\xCB\xCFz", arena) == "a\\xcb\\xcfz");
    CHECK(repair_utf8("12345678\xFF", arena) == "12345678\\xff");
    SUBCASE("overlong, surrogate, too large, cut") {
      CHECK(repair_utf8("\xC0\xAF", arena) == "\\xc0\\xaf");
      CHECK(repair_utf8("\xED\xA0\x80", arena) == "\\xed\\xa0\\x80");
      CHECK(repair_utf8("\xF4\x90\x80\x80", arena) == "\\xf4\\x90\\x80\\x80");
      CHECK(repair_utf8("\xE2\x82", arena) == "\\xe2\\x82");
      CHECK(repair_utf8("\xF0\x9F\x98\x80", arena) == "\xF0\x9F\x98\x80");
    }
  }
  TEST_CASE("cut_utf8 does not cut a character") {
    CHECK(cut_utf8("абв", 3) == "а");
    CHECK(cut_utf8("абв", 4) == "аб");
    CHECK(cut_utf8("abc", 9) == "abc");
  }
  TEST_CASE("format_time_ms is RFC 3339") {
    char out[24];
    auto text = [&](int64_t ms) { return std::string(out, format_time_ms(ms, out)); };
    CHECK(text(0) == "1970-01-01T00:00:00.000Z");
    CHECK(text(1737565037519) == "2025-01-22T16:57:17.519Z");
    CHECK(text(951782399999) == "2000-02-28T23:59:59.999Z");
    CHECK(text(951782400000) == "2000-02-29T00:00:00.000Z");
    CHECK(text(-1) == "1969-12-31T23:59:59.999Z");
    CHECK(text(INT64_MAX).size() == 24);
  }
  TEST_CASE("nearest_name suggests near names only") {
    const std::string_view names[] = {"capture.mode", "state.dir"};
    auto at = [&](size_t i) { return names[i]; };
    CHECK(nearest_name("capture.mod", 2, at) == "capture.mode");
    CHECK(nearest_name("zzzz", 2, at).empty());
  }
  TEST_CASE("trim, next_piece, base_name") {
    CHECK(trim("  a b\t\n") == "a b");
    CHECK(trim(" \t").empty());
    std::string_view rest = "a,,b";
    CHECK(next_piece(rest, ',') == "a");
    CHECK(next_piece(rest, ',').empty());
    CHECK(next_piece(rest, ',') == "b");
    CHECK(rest.empty());
    CHECK(base_name("/usr/bin/sh") == "sh");
    CHECK(base_name("sh") == "sh");
  }
}
