// SPDX-License-Identifier: Apache-2.0
// PackageIndex: which package owns a path, and in which version, out of the databases of dpkg and rpm (SQLite,
// ndb and Berkeley DB hash, read by ourselves without rpm). Immutable once built: any thread may ask. Twelve
// bytes a path: keyed hashes, so that nobody can name a file to fit one of ours. A path is found under its merged
// and unmerged name (/bin/x, /usr/bin/x); diversions and alternatives are not followed: give the resolved path.
// What is damaged in a database is skipped. Builder and readers: one thread (the worker).
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace aurochs::enrich {

class PackageIndex {
 public:
  struct Owner {
    std::string_view name, version;  ///< live as long as the index
  };
  bool find(std::string_view path, Owner& out) const;
  size_t paths() const { return entries_.size(); }
  size_t packages() const { return packages_.size(); }
  size_t bytes() const;
  uint64_t refused() const { return refused_; }  ///< paths and packages beyond the bounds

 private:
  friend class PackageIndexBuilder;
  struct Entry {
    uint32_t high, low, package;  ///< of a 64-bit hash; 32-bit halves keep the entry at 12 bytes
  };
  struct Package {
    uint32_t offset;
    uint16_t name_size, version_size;
  };
  Entry entry_of(std::string_view path, uint32_t package) const;
  const Entry* find_exact(std::string_view path) const;

  std::array<uint64_t, 2> key_{};
  std::vector<Entry> entries_;  ///< by hash
  std::vector<Package> packages_;
  std::string texts_;
  uint64_t refused_ = 0;
};

class PackageIndexBuilder {
 public:
  static constexpr size_t kPaths = 2u << 20;     ///< 24 MiB; a full desktop has 500 000
  static constexpr size_t kPackages = 64u << 10;

  PackageIndexBuilder();
  static constexpr uint32_t kNone = UINT32_MAX;
  /// kNone when there is no room; its paths are then refused too.
  uint32_t add_package(std::string_view name, std::string_view version);
  void add_path(uint32_t package, std::string_view directory, std::string_view base_name = {});
  /// Of two packages that name one path, the earlier added one owns it.
  std::shared_ptr<const PackageIndex> finish();

 private:
  std::shared_ptr<PackageIndex> index_;
  std::string path_;
};

// --- readers. `root` is put before every path: "" for this host. True: read; false: no such database.
inline constexpr size_t kPackageHeaderBytes = 64u << 20;  ///< one rpm header; 100 000 files make about 15 MiB
base::Result<bool> read_dpkg(const std::string& root, PackageIndexBuilder& out);
base::Result<bool> read_rpm(const std::string& root, PackageIndexBuilder& out);
/// One header as it lies in an rpm database. False when it is damaged; what was read before the damage stays.
bool add_rpm_header(std::string_view blob, PackageIndexBuilder& out);
/// False when the file is of another kind.
bool read_rpm_bdb(int fd, PackageIndexBuilder& out);
bool read_rpm_ndb(int fd, PackageIndexBuilder& out);

base::Result<std::shared_ptr<const PackageIndex>> build_package_index(const std::string& root);
/// Changes when a database of build_package_index() changes.
std::string package_databases_stamp(const std::string& root);

}  // namespace aurochs::enrich
