// SPDX-License-Identifier: Apache-2.0
#include "enrich/package_index.h"

#include <doctest/doctest.h>
#include <fcntl.h>

#include <vector>

#include "enrich/temp_tree.h"
#include "sqlite/database.h"

using namespace aurochs;
using namespace aurochs::enrich;

namespace {
std::string big(uint32_t v) {
  return {static_cast<char>(v >> 24), static_cast<char>(v >> 16), static_cast<char>(v >> 8), static_cast<char>(v)};
}
std::string little(uint32_t v, size_t bytes = 4) {
  std::string s;
  for (size_t i = 0; i < bytes; ++i) s += static_cast<char>(uint64_t{v} >> (8 * i));
  return s;
}

// A header with the tags that matter, its files all in `dir`.
std::string rpm_header(const std::string& name, const std::string& dir, const std::vector<std::string>& files) {
  std::string entries, data;
  uint32_t count = 0;
  const auto put = [&](uint32_t tag, uint32_t type, uint32_t values, const std::string& bytes) {
    entries += big(tag) + big(type) + big(static_cast<uint32_t>(data.size())) + big(values);
    data += bytes;
    ++count;
  };
  std::string names, indexes;
  for (const std::string& f : files) {
    names += f + '\0';
    indexes += big(0);
  }
  const auto n = static_cast<uint32_t>(files.size());
  put(1000, 6, 1, name + '\0');
  put(1001, 6, 1, std::string("1.0") + '\0');
  put(1002, 6, 1, std::string("el8") + '\0');
  put(1116, 4, n, indexes);
  put(1117, 8, n, names);
  put(1118, 8, 1, dir + '\0');
  return big(count) + big(static_cast<uint32_t>(data.size())) + entries + data;
}

// "name version" of the owner, "-" without one.
std::string owner(const PackageIndex& index, std::string_view path) {
  PackageIndex::Owner o;
  return index.find(path, o) ? std::string(o.name) + ' ' + std::string(o.version) : "-";
}

std::string ndb_file(const std::string& blob) {
  std::string slots = little(0x506D7052) + little(0) + little(1) + little(1) + std::string(16, '\0');
  const auto blocks = static_cast<uint32_t>((16 + blob.size() + 12 + 15) / 16);
  slots += little(0x746F6C53) + little(1) + little(256) + little(blocks);
  slots.resize(4096, '\0');
  return slots + little(0x53626C42) + little(1) + little(0) + little(static_cast<uint32_t>(blob.size())) + blob +
         std::string(blocks * 16 - 16 - blob.size(), '\0');
}

constexpr size_t kPage = 512;
std::string bdb_page(uint32_t number, uint32_t next, uint32_t entries, uint32_t offset, uint8_t type) {
  return std::string(8, '\0') + little(number) + little(0) + little(next) + little(entries, 2) + little(offset, 2) + '\0' +
         static_cast<char>(type);
}
// One header on the page, the other on overflow pages from 2 on.
std::string bdb_file(const std::string& on_page, const std::string& off_page) {
  const size_t chunk = kPage - 26;
  const auto chain = static_cast<uint32_t>((off_page.size() + chunk - 1) / chunk);
  std::string file(12, '\0');
  file += little(0x00061561) + little(9) + little(kPage) + '\0' + '\x08' + little(0, 6) + little(1 + chain);
  file.resize(kPage, '\0');
  const std::string items[4] = {'\x01' + little(1), '\x01' + on_page, '\x01' + little(2),
                                '\x03' + little(0, 3) + little(2) + little(static_cast<uint32_t>(off_page.size()))};
  std::string page = bdb_page(1, 0, 4, 0, 13), tail;
  for (const std::string& item : items) {
    tail = item + tail;
    page += little(static_cast<uint32_t>(kPage - tail.size()), 2);
  }
  page.resize(kPage - tail.size(), '\0');
  file += page + tail;
  for (uint32_t i = 0; i < chain; ++i) {
    const std::string piece = off_page.substr(i * chunk, chunk);
    page = bdb_page(2 + i, i + 1 < chain ? 3 + i : 0, 1, static_cast<uint32_t>(piece.size()), 7) + piece;
    page.resize(kPage, '\0');
    file += page;
  }
  return file;
}

std::vector<std::string> many_files(size_t n) {
  std::vector<std::string> files;
  for (size_t i = 0; i < n; ++i) files.push_back("file" + std::to_string(i));
  return files;
}

std::shared_ptr<const PackageIndex> built(const TempTree& tree) {
  auto index = build_package_index(tree.root());
  REQUIRE(index);
  return *index;
}
}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("dpkg: owners and versions, two architectures, merged and unmerged names, no directories") {
    TempTree tree;
    tree.file("/var/lib/dpkg/status",
              "Package: dash\nStatus: install ok installed\nArchitecture: amd64\nVersion: 0.5.12-2\nDescription: sh\n more\n\n"
              "Package: libc6\nArchitecture: amd64\nVersion: 2.36\n\nPackage: libc6\nArchitecture: i386\nVersion: 2.35\n");
    tree.file("/var/lib/dpkg/info/dash.list", "/.\n/bin\n/bin/dash\n/usr\n/usr/share\n/usr/share/dash\n/bin/sh\n");
    tree.file("/var/lib/dpkg/info/libc6:amd64.list", "/usr/lib/x86_64-linux-gnu/libc.so.6\n");
    tree.file("/var/lib/dpkg/info/libc6:i386.list", "/lib/i386-linux-gnu/libc.so.6");
    tree.file("/var/lib/dpkg/info/gone.list", "/opt/gone\n");
    tree.file("/var/lib/dpkg/info/dash.md5sums", "x  bin/dash\n");
    const auto index = built(tree);
    CHECK(owner(*index, "/bin/dash") == "dash 0.5.12-2");
    CHECK(owner(*index, "/usr/bin/dash") == "dash 0.5.12-2");
    CHECK(owner(*index, "/bin/sh") == "dash 0.5.12-2");
    CHECK(owner(*index, "/lib/x86_64-linux-gnu/libc.so.6") == "libc6 2.36");
    CHECK(owner(*index, "/usr/lib/i386-linux-gnu/libc.so.6") == "libc6 2.35");
    CHECK(owner(*index, "/opt/gone") == "gone ");
    for (const char* none : {"/bin", "/usr/share", "/.", "/usr/opt/gone", "/bin/das", "bin/dash", "", "/"}) CHECK(owner(*index, none) == "-");
    CHECK(index->packages() == 4);
    CHECK(index->paths() == 6);
  }
  TEST_CASE("The stamp changes with a database, and only then") {
    TempTree tree;
    CHECK(!build_package_index(tree.root()));
    const std::string before = package_databases_stamp(tree.root());
    CHECK(package_databases_stamp(tree.root()) == before);
    tree.file("/var/lib/dpkg/status", "");
    CHECK(package_databases_stamp(tree.root()) != before);
  }
  TEST_CASE("rpm, SQLite") {
    TempTree tree;
    tree.dir("/var/lib/rpm");
    {
      auto db = sqlite::Database::open(tree.path("/var/lib/rpm/rpmdb.sqlite"), sqlite::Open::create);
      REQUIRE(db);
      REQUIRE(db->run("CREATE TABLE Packages(hnum INTEGER PRIMARY KEY, blob BLOB NOT NULL)"));
      auto insert = db->prepare("INSERT INTO Packages(blob) VALUES(?)");
      REQUIRE(insert);
      for (const std::string& blob : {rpm_header("bash", "/usr/bin/", {"bash", "sh"}), std::string("damaged")}) {
        insert->bind_blob(1, blob);
        REQUIRE(insert->run());
      }
    }
    const auto index = built(tree);
    CHECK(owner(*index, "/bin/bash") == "bash 1.0-el8");
    CHECK(owner(*index, "/usr/bin/sh") == "bash 1.0-el8");
    CHECK(index->paths() == 2);
  }
  TEST_CASE("rpm, ndb") {
    TempTree tree;
    tree.file("/usr/lib/sysimage/rpm/Packages.db", ndb_file(rpm_header("zypper", "/usr/bin/", many_files(200))));
    CHECK(owner(*built(tree), "/usr/bin/file199") == "zypper 1.0-el8");
  }
  TEST_CASE("rpm, Berkeley DB: values on the page and on overflow pages") {
    TempTree tree;
    tree.file("/var/lib/rpm/Packages", bdb_file(rpm_header("a", "/opt/", {"x"}), rpm_header("b", "/srv/", many_files(300))));
    const auto index = built(tree);
    CHECK(owner(*index, "/opt/x") == "a 1.0-el8");
    CHECK(owner(*index, "/srv/file0") == "b 1.0-el8");
    CHECK(owner(*index, "/srv/file299") == "b 1.0-el8");
    CHECK(index->paths() == 301);
  }
  TEST_CASE("A file that is no rpm database is said to be none") {
    TempTree tree;
    tree.file("/var/lib/rpm/Packages", std::string(4096, 'x'));
    const auto index = build_package_index(tree.root());
    REQUIRE(!index);
    CHECK(index.error().message == tree.path("/var/lib/rpm/Packages") + ": neither an ndb nor a Berkeley DB hash file; run rpm --rebuilddb");
  }
  TEST_CASE("Cut or changed rpm databases give less, never more than memory allows") {
    const std::string header = rpm_header("a", "/opt/", many_files(60));
    const std::string files[] = {ndb_file(header), bdb_file(rpm_header("b", "/b/", {"b"}), header)};
    TempTree tree;
    for (const std::string& whole : files) {
      uint32_t seed = 1;
      for (int round = 0; round < 2000; ++round) {
        std::string bytes = whole;
        for (int i = 0; i < 4; ++i) {
          seed = seed * 1664525u + 1013904223u;
          bytes[seed % bytes.size()] = static_cast<char>(seed >> 24);
        }
        if (round % 3 == 0) bytes.resize(seed % bytes.size());
        PackageIndexBuilder builder;
        (void)add_rpm_header(std::string_view(bytes).substr(bytes.size() / 2), builder);
        tree.file("/db", bytes);
        const base::UniqueFd fd(::open(tree.path("/db").c_str(), O_RDONLY));
        (void)(read_rpm_ndb(fd.get(), builder) || read_rpm_bdb(fd.get(), builder));
        CHECK(builder.finish()->paths() <= 200);
      }
    }
    for (size_t cut = 0; cut < header.size(); ++cut) {
      PackageIndexBuilder builder;
      CHECK(!add_rpm_header(std::string_view(header).substr(0, cut), builder));
    }
  }
  TEST_CASE("Of two packages with one path the first owns it; beyond the bounds is counted") {
    PackageIndexBuilder builder;
    const uint32_t first = builder.add_package("first", "1");
    const uint32_t second = builder.add_package("second", "2");
    builder.add_path(second, "/x");
    builder.add_path(first, "/", "x");
    builder.add_path(PackageIndexBuilder::kNone, "/y");
    const auto index = builder.finish();
    CHECK(owner(*index, "/x") == "first 1");
    CHECK(index->paths() == 1);
    CHECK(index->refused() == 1);
  }
}
