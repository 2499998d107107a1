// SPDX-License-Identifier: Apache-2.0
// rpm: finds the database and reads the headers in it. A header: two big-endian counts (entries, data bytes), the
// entries (tag, type, offset into the data, count) and the data (rpm lib/header.c, the same since rpm 3).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "base/text.h"
#include "enrich/package_index.h"
#include "sqlite/database.h"

namespace aurochs::enrich {
namespace {
enum RpmTag : uint32_t {
  kName = 1000, kVersion = 1001, kRelease = 1002, kOldFileNames = 1027, kFileModes = 1030,
  kDirIndexes = 1116, kBaseNames = 1117, kDirNames = 1118,
};
constexpr uint32_t kMaxEntries = 0xFFFF;  // hdrchkTags of rpm
constexpr size_t kEntryBytes = 16;

uint32_t be(std::string_view s, size_t at, size_t bytes) {
  uint32_t v = 0;
  for (size_t i = 0; i < bytes; ++i) v = v << 8 | static_cast<uint8_t>(s[at + i]);
  return v;
}

// Next NUL-terminated string of an array; false at the end or when it is not terminated.
bool next_string(std::string_view& rest, std::string_view& out) {
  const size_t end = rest.find('\0');
  if (end == std::string_view::npos) return false;
  out = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return true;
}

class Header {
 public:
  bool open(std::string_view blob) {
    if (blob.size() < 8) return false;
    const uint32_t entries = be(blob, 0, 4), data = be(blob, 4, 4);
    if (entries > kMaxEntries || entries * kEntryBytes + data > blob.size() - 8) return false;
    entries_ = blob.substr(8, entries * kEntryBytes);
    data_ = blob.substr(8 + entries_.size(), data);
    return true;
  }
  /// Data from the tag's offset on, and how many values are said to be there; count 0 without the tag.
  std::string_view find(uint32_t tag, uint32_t& count) const {
    count = 0;
    for (size_t at = 0; at < entries_.size(); at += kEntryBytes) {
      if (be(entries_, at, 4) != tag) continue;
      const uint32_t offset = be(entries_, at + 8, 4);
      if (offset > data_.size()) return {};
      count = be(entries_, at + 12, 4);
      return data_.substr(offset);
    }
    return {};
  }
  std::string_view text(uint32_t tag) const {
    uint32_t count;
    std::string_view rest = find(tag, count), out;
    if (count > 0) (void)next_string(rest, out);
    return out;
  }

 private:
  std::string_view entries_, data_;
};

bool add_files(const Header& header, uint32_t package, PackageIndexBuilder& out) {
  uint32_t count, dir_count, index_count, mode_count, old_count;
  std::string_view names = header.find(kBaseNames, count), dirs = header.find(kDirNames, dir_count), path;
  const std::string_view indexes = header.find(kDirIndexes, index_count), modes = header.find(kFileModes, mode_count);
  std::vector<std::string_view> directories;
  for (uint32_t i = 0; i < dir_count && next_string(dirs, path); ++i) directories.push_back(path);
  for (uint32_t i = 0; i < count; ++i) {
    if (!next_string(names, path) || (i + 1) * size_t{4} > indexes.size()) return false;
    const uint32_t directory = be(indexes, i * size_t{4}, 4);
    if (directory >= directories.size()) return false;
    const bool is_directory = i < mode_count && (i + 1) * size_t{2} <= modes.size() && S_ISDIR(be(modes, i * size_t{2}, 2));
    if (!is_directory) out.add_path(package, directories[directory], path);
  }
  std::string_view old_names = header.find(kOldFileNames, old_count);  // rpm < 4
  for (uint32_t i = 0; i < old_count; ++i) {
    if (!next_string(old_names, path)) return false;
    out.add_path(package, path);
  }
  return true;
}

base::Result<bool> read_rpm_sqlite(const std::string& path, PackageIndexBuilder& out) {
  auto db = sqlite::Database::open(path, sqlite::Open::foreign);
  if (!db) return db.error();
  auto select = db->prepare("SELECT blob FROM Packages");
  if (!select) return select.error();
  for (;;) {
    auto row = select->step();
    if (!row) return row.error();
    if (!*row) return true;
    (void)add_rpm_header(select->column_blob(0), out);
  }
}
}  // namespace

bool add_rpm_header(std::string_view blob, PackageIndexBuilder& out) {
  Header header;
  if (!header.open(blob)) return false;
  const std::string_view name = header.text(kName);
  uint32_t files, old_files;
  (void)header.find(kBaseNames, files);
  (void)header.find(kOldFileNames, old_files);
  if (name.empty()) return false;
  if (files == 0 && old_files == 0) return true;  // keys and meta packages own nothing
  const std::string version = std::string(header.text(kVersion)) + '-' + std::string(header.text(kRelease));
  return add_files(header, out.add_package(name, version), out);
}

// The newest format first: after a conversion the older file may have been left behind.
base::Result<bool> read_rpm(const std::string& root, PackageIndexBuilder& out) {
  for (const char* home : {"/var/lib/rpm/", "/usr/lib/sysimage/rpm/"}) {
    const std::string sqlite_path = root + home + "rpmdb.sqlite";
    if (::access(sqlite_path.c_str(), F_OK) == 0) return read_rpm_sqlite(sqlite_path, out);
    for (const char* name : {"Packages.db", "Packages"}) {
      const std::string path = root + home + name;
      const base::UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
      if (!fd) continue;
      if (read_rpm_ndb(fd.get(), out) || read_rpm_bdb(fd.get(), out)) return true;
      return base::Error{0, path + ": neither an ndb nor a Berkeley DB hash file; run rpm --rebuilddb"};
    }
  }
  return false;
}

}  // namespace aurochs::enrich
