// SPDX-License-Identifier: Apache-2.0
#include "enrich/users.h"

#include <doctest/doctest.h>

#include "enrich/temp_tree.h"

using namespace aurochs::enrich;
using Found = Users::Found;

TEST_SUITE("enrich") {
  TEST_CASE("Users reads names from the files; the first line of a number wins") {
    TempTree tree;
    tree.file("/passwd", "root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\n+nis:x:9:9::/:/x\nbad\nb:x:notanumber:1:\n\nlast:x:1000:1:::");
    tree.file("/group", "wheel:x:10:root\n");
    Users users(tree.path("/passwd"), tree.path("/group"));
    std::string name;
    CHECK(users.name(NameKind::user, 0, 0, name) == Found::yes);
    CHECK(name == "root");
    CHECK(users.name(NameKind::user, 1000, 0, name) == Found::yes);
    CHECK(name == "last");
    CHECK(users.name(NameKind::group, 10, 0, name) == Found::yes);
    CHECK(name == "wheel");
    CHECK(users.name(NameKind::user, 9, 0, name) == Found::unknown);
    CHECK(users.name(NameKind::user, 10, 0, name) == Found::unknown);
    CHECK(users.name(NameKind::user, UINT32_MAX, 0, name) == Found::no);
    CHECK(name.empty());
  }
  TEST_CASE("Users notices a changed file in names_token and nowhere else") {
    TempTree tree;
    tree.file("/passwd", "a:x:1:1:::\n");
    Users users(tree.path("/passwd"), tree.path("/group"));
    const std::string before = users.names_token();
    CHECK(users.names_token() == before);
    tree.file("/passwd", "renamed:x:1:1:::\n");
    std::string name;
    CHECK(users.name(NameKind::user, 1, 0, name) == Found::yes);
    CHECK(name == "a");
    CHECK(users.names_token() != before);
    CHECK(users.name(NameKind::user, 1, 0, name) == Found::yes);
    CHECK(name == "renamed");
  }
  TEST_CASE("Users keeps what was learned for its time, that there is no name too") {
    TempTree tree;
    Users users(tree.path("/none"), tree.path("/none"));
    std::string name;
    CHECK(users.name(NameKind::user, 7, 100, name) == Found::unknown);
    users.ordered(NameKind::user, 7, 100);
    CHECK(users.name(NameKind::user, 7, 100, name) == Found::no);
    CHECK(users.name(NameKind::user, 7, 100 + Users::kPendingMs, name) == Found::unknown);
    const std::string before = users.names_token();
    users.learn(NameKind::user, 7, "ldap", 200);
    CHECK(users.names_token() != before);
    CHECK(users.name(NameKind::user, 7, 201, name) == Found::yes);
    CHECK(name == "ldap");
    CHECK(users.name(NameKind::group, 7, 201, name) == Found::unknown);
    users.learn(NameKind::group, 7, "", 200);
    CHECK(users.name(NameKind::group, 7, 201, name) == Found::no);
    CHECK(users.name(NameKind::user, 7, 200 + Users::kLearnedMs, name) == Found::unknown);
  }
}
