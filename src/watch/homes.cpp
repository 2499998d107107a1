// SPDX-License-Identifier: Apache-2.0
#include "watch/homes.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::watch {

namespace {

constexpr std::string_view kNoHomes[] = {"/bin", "/boot", "/dev", "/etc", "/lib", "/nonexistent", "/proc", "/run", "/sbin", "/sys", "/tmp", "/usr", "/var/empty"};

bool is_home(std::string_view directory) {
  if (directory.size() < 2 || directory[0] != '/' || directory.find('\0') != std::string_view::npos) return false;
  for (const std::string_view no : kNoHomes)
    if (base::starts_with(directory, no) && (directory.size() == no.size() || directory[no.size()] == '/')) return false;
  return directory.find("/../") == std::string_view::npos && directory.find("//") == std::string_view::npos;
}

}  // namespace

std::string home_lines(std::string_view passwd) {
  std::vector<std::string_view> found;
  while (!passwd.empty() && found.size() < limits::kHomes) {
    std::string_view line = base::next_piece(passwd, '\n');
    for (int column = 0; column < 5; ++column) base::next_piece(line, ':');
    std::string_view home = base::next_piece(line, ':');
    while (home.size() > 1 && home.back() == '/') home.remove_suffix(1);
    if (is_home(home)) found.push_back(home);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  std::string out;
  for (const std::string_view home : found) out.append(home).append("\n");
  return out;
}

std::vector<std::string> split_lines(std::string_view lines) {
  std::vector<std::string> out;
  while (!lines.empty()) {
    const std::string_view line = base::next_piece(lines, '\n');
    if (!line.empty()) out.emplace_back(line);
  }
  return out;
}

}  // namespace aurochs::watch
