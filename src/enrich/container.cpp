// SPDX-License-Identifier: Apache-2.0
#include "enrich/container.h"

#include <algorithm>

#include "base/text.h"

namespace aurochs::enrich {
namespace {

constexpr size_t kIdDigits = 64;

bool is_id(std::string_view s) {
  return s.size() == kIdDigits && std::all_of(s.begin(), s.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

struct Pattern {
  std::string_view prefix, suffix;
  std::string_view runtime;
  bool is_hex;  ///< what stands between is an id of 64 digits
};
// One component of a path; systemd's drivers write "<runtime>-<id>.scope".
constexpr Pattern kPatterns[] = {{"docker-", ".scope", "docker", true},      {"cri-containerd-", ".scope", "containerd", true},
                                 {"crio-", ".scope", "cri-o", true},         {"libpod-", ".scope", "podman", true},
                                 {"lxc.payload.", "", "lxc", false},         {"machine-", ".scope", "nspawn", false}};

bool match(std::string_view part, std::string_view parent, Container& out) {
  for (const Pattern& p : kPatterns) {
    if (!base::starts_with(part, p.prefix) || !base::ends_with(part, p.suffix) || part.size() <= p.prefix.size() + p.suffix.size()) continue;
    const std::string_view id = part.substr(p.prefix.size(), part.size() - p.prefix.size() - p.suffix.size());
    if (p.is_hex && !is_id(id)) continue;
    out = {id, p.runtime};
    return true;
  }
  // cgroupfs drivers: /docker/<id>, /kubepods/besteffort/pod<uid>/<id>, /lxc/<name>
  if (is_id(part)) {
    out = {part, parent == "docker" ? "docker" : base::starts_with(parent, "pod") ? "kubernetes" : base::starts_with(parent, "libpod") ? "podman" : "containerd"};
    return true;
  }
  if (parent != "lxc" || part.empty()) return false;
  out = {part, "lxc"};
  return true;
}

}  // namespace

Container container_of(std::string_view cgroups) {
  Container found;
  if (cgroups.size() < 6) return found;  // the path of most: "/" and little more
  while (!cgroups.empty() && found.id.empty()) {
    std::string_view path = base::next_piece(cgroups, '|'), parent;
    while (!path.empty()) {
      const std::string_view part = base::next_piece(path, '/');
      (void)match(part, parent, found);
      parent = part;
    }
  }
  return found;
}

}  // namespace aurochs::enrich
