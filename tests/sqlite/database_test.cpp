// SPDX-License-Identifier: Apache-2.0
#include "sqlite/database.h"

#include <doctest/doctest.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

using namespace aurochs;
using sqlite::Database;

namespace {
struct TempDir {
  std::string path = "/tmp/aurochs-test-XXXXXX";
  TempDir() { REQUIRE(::mkdtemp(&path[0])); }
  ~TempDir() {
    for (const char* name : {"/a.db", "/a.db-wal", "/a.db-shm", "/odd%?#.db"}) ::unlink((path + name).c_str());
    ::rmdir(path.c_str());
  }
};
bool contains(const std::string& text, const char* part) { return text.find(part) != std::string::npos; }
}  // namespace

TEST_SUITE("sqlite") {
  TEST_CASE("Values come back as they went in") {
    TempDir dir;
    auto db = Database::open(dir.path + "/a.db", sqlite::Open::create);
    REQUIRE(db);
    REQUIRE(db->run("CREATE TABLE t(i INTEGER, s TEXT, b BLOB, n TEXT)"));
    auto insert = db->prepare("INSERT INTO t VALUES(?,?,?,?)");
    REQUIRE(insert);
    for (int64_t i = 0; i < 3; ++i) {
      insert->bind(1, i << 40);
      insert->bind_text(2, "tëxt");
      insert->bind_blob(3, std::string_view("\0x\0", 3));
      insert->bind_null(4);
      REQUIRE(insert->run());
    }
    CHECK(db->last_row_id() == 3);
    auto select = db->prepare("SELECT i, s, b, n FROM t ORDER BY i DESC");
    REQUIRE(select);
    auto row = select->step();
    REQUIRE(row);
    REQUIRE(*row);
    CHECK(select->column(0) == int64_t{2} << 40);
    CHECK(select->column_text(1) == "tëxt");
    CHECK(select->column_blob(2) == std::string_view("\0x\0", 3));
    CHECK(select->column_is_null(3));
    CHECK(select->column_text(3).empty());
  }
  TEST_CASE("A transaction that is not committed leaves nothing") {
    TempDir dir;
    auto db = Database::open(dir.path + "/a.db", sqlite::Open::create);
    REQUIRE(db);
    REQUIRE(db->run("CREATE TABLE t(i)"));
    {
      auto transaction = sqlite::Transaction::begin(*db);
      REQUIRE(transaction);
      REQUIRE(db->run("INSERT INTO t VALUES(1)"));
    }
    {
      auto transaction = sqlite::Transaction::begin(*db);
      REQUIRE(transaction);
      REQUIRE(db->run("INSERT INTO t VALUES(2)"));
      REQUIRE(transaction->commit());
    }
    auto select = db->prepare("SELECT i FROM t");
    REQUIRE(select);
    auto row = select->step();
    REQUIRE((row && *row));
    CHECK(select->column(0) == 2);
    row = select->step();
    CHECK((row && !*row));
  }
  TEST_CASE("A file that is no database is said to be none, with its path") {
    TempDir dir;
    const std::string path = dir.path + "/a.db";
    REQUIRE(base::write_file_atomically(path, std::string(8192, 'x'), 0600));
    for (const auto mode : {sqlite::Open::create, sqlite::Open::foreign}) {
      const auto db = Database::open(path, mode);
      REQUIRE(!db);
      CHECK(contains(db.error().message, path.c_str()));
      CHECK(contains(db.error().message, "not a database; move the file away"));
    }
  }
  TEST_CASE("Errors name the SQL; a directory that is missing is said") {
    TempDir dir;
    auto db = Database::open(dir.path + "/a.db", sqlite::Open::create);
    REQUIRE(db);
    const auto bad = db->prepare("SELECT * FROM nowhere");
    REQUIRE(!bad);
    CHECK(contains(bad.error().message, "SELECT * FROM nowhere: no such table"));
    auto select = db->prepare("SELECT 1");
    REQUIRE(select);
    select->bind(7, 1);
    CHECK(!select->step());
    CHECK(select->step());
    const auto none = Database::open(dir.path + "/none/a.db", sqlite::Open::create);
    REQUIRE(!none);
    CHECK(contains(none.error().message, "check that the directory exists"));
  }
  TEST_CASE("A foreign database is read without a file beside it, whatever its name") {
    TempDir dir;
    const std::string path = dir.path + "/odd%?#.db";
    {
      auto db = Database::open(path, sqlite::Open::create);
      REQUIRE(db);
      REQUIRE(db->run("CREATE TABLE t(i); INSERT INTO t VALUES(5)"));
    }
    auto db = Database::open(path, sqlite::Open::foreign);
    REQUIRE(db);
    auto select = db->prepare("SELECT i FROM t");
    REQUIRE(select);
    auto row = select->step();
    REQUIRE((row && *row));
    CHECK(select->column(0) == 5);
    CHECK(::access((path + "-shm").c_str(), F_OK) != 0);
    CHECK(!db->run("INSERT INTO t VALUES(6)"));
    CHECK(!Database::open(dir.path + "/missing.db", sqlite::Open::foreign));
  }
}
