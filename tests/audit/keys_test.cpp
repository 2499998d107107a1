// SPDX-License-Identifier: Apache-2.0
#include "audit/keys.h"

#include <doctest/doctest.h>

#include <string>

using namespace aurochs::audit;

TEST_SUITE("audit") {
  TEST_CASE("every key is found by its wire name and by nothing near it") {
    const struct {
      Key key;
      const char* wire;
    } rows[] = {
#define AUROCHS_KEY(enumerator, wire, untrusted) {Key::enumerator, #wire},
        AUROCHS_KEYS(AUROCHS_KEY)
#undef AUROCHS_KEY
    };
    for (const auto& row : rows) {
      CAPTURE(row.wire);
      CHECK(key_of(row.wire) == row.key);
      CHECK(key_of(std::string(row.wire) + "~") == Key::other);
      CHECK(key_of("~" + std::string(row.wire)) == Key::other);
    }
  }
  TEST_CASE("names that nobody looks for are other") {
    for (const char* name : {"", "a4", "a0_len", "EXE", "exe ", "old-auid", "nobody_looks_for_a_name_this_long"}) {
      CAPTURE(name);
      CHECK(key_of(name) == Key::other);
    }
    CHECK(key_of(std::string_view("exe\0", 4)) == Key::other);
  }
  TEST_CASE("only what the writer encodes may be hex") {
    for (const Key key : {Key::comm, Key::exe, Key::cwd, Key::name, Key::key, Key::proctitle, Key::acct, Key::ocomm, Key::data}) CHECK(is_untrusted(key));
    // Numbers that look like hex of an even length must never be decoded.
    for (const Key key : {Key::other, Key::a0, Key::a3, Key::arch, Key::inode, Key::mode, Key::pid, Key::ses, Key::saddr, Key::fp, Key::tty})
      CHECK_FALSE(is_untrusted(key));
  }
}
