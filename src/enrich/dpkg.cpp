// SPDX-License-Identifier: Apache-2.0
// dpkg: info/PACKAGE[:ARCH].list names the paths, status the versions.
#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <unordered_map>

#include "base/fd.h"
#include "base/text.h"
#include "enrich/package_index.h"

namespace aurochs::enrich {
namespace {
constexpr size_t kStatusBytes = 64u << 20;  // 1 KiB a package
constexpr size_t kListBytes = 32u << 20;

using Versions = std::unordered_map<std::string, std::string>;

// One paragraph a package. Its version goes under "name:arch" (lists of Multi-Arch: same) and under "name".
Versions parse_status(std::string_view rest) {
  Versions versions;
  std::string_view name, arch, version;
  const auto keep = [&] {
    if (name.empty()) return;
    versions.emplace(std::string(name), std::string(version));
    versions.emplace(std::string(name) + ':' + std::string(arch), std::string(version));
    name = arch = version = {};
  };
  while (!rest.empty()) {
    std::string_view line = base::next_piece(rest, '\n');
    if (line.empty()) keep();
    if (line.empty() || line[0] == ' ') continue;
    const std::string_view field = base::next_piece(line, ':');
    if (field == "Package") name = base::trim(line);
    else if (field == "Architecture") arch = base::trim(line);
    else if (field == "Version") version = base::trim(line);
  }
  keep();
  return versions;
}

void add_list(uint32_t package, std::string_view rest, PackageIndexBuilder& out) {
  std::string_view path = base::next_piece(rest, '\n');
  while (!path.empty()) {
    const std::string_view next = base::next_piece(rest, '\n');
    // A directory stands right before what is in it. Directories belong to everybody, so they are left out.
    const bool is_directory = next.size() > path.size() && next[path.size()] == '/' && base::starts_with(next, path);
    if (!is_directory && path != "/.") out.add_path(package, path);
    path = next;
  }
}

std::vector<std::string> list_names(const std::string& directory) {
  std::vector<std::string> names;
  DIR* dir = ::opendir(directory.c_str());
  if (!dir) return names;
  while (const dirent* entry = ::readdir(dir))
    if (base::ends_with(entry->d_name, ".list")) names.emplace_back(entry->d_name);
  ::closedir(dir);
  std::sort(names.begin(), names.end());
  return names;
}
}  // namespace

base::Result<bool> read_dpkg(const std::string& root, PackageIndexBuilder& out) {
  const std::string home = root + "/var/lib/dpkg/";
  const auto status = base::read_file(home + "status", kStatusBytes);
  if (!status && status.error().code == ENOENT) return false;
  if (!status) return status.error();
  const Versions versions = parse_status(*status);
  for (const std::string& file : list_names(home + "info")) {
    const auto paths = base::read_file(home + "info/" + file, kListBytes);
    if (!paths) continue;
    const std::string stem = file.substr(0, file.size() - 5);
    const auto version = versions.find(stem);
    const uint32_t package = out.add_package(stem.substr(0, stem.find(':')), version == versions.end() ? "" : version->second);
    add_list(package, *paths, out);
  }
  return true;
}

}  // namespace aurochs::enrich
