// SPDX-License-Identifier: Apache-2.0
#include "observe/process_parts.h"

#include <algorithm>

#include "base/text.h"

namespace aurochs::observe {
namespace {

// A final '*' stands for any rest. PCRE's compiler (nginx, apache, php, haproxy, git) maps rwx, too.
constexpr std::string_view kJits[] = {
    "GeckoMain*", "WebKitWebProcess*", "Xorg",   "apache2",   "beam*",  "brave*",    "chrom*",   "clickhouse*", "code",    "cypress*", "deno*",
    "dotnet*",    "electron*",         "emacs*", "envoy",     "erl*",   "firefox*",  "git",      "gjs*",        "gnome-shell", "grep", "haproxy",
    "httpd",      "java*",             "julia*", "kwin*",     "lua*",   "mariadbd",  "mono*",    "mysqld",      "nginx*",  "node*",    "openresty",
    "opera*",     "php*",              "plasmashell", "postgres", "pwsh*", "pypy*",   "qemu*",    "racket*",     "ruby*",   "sbcl",     "slack",
    "squid",      "steam*",            "suricata", "thunderbird*", "valgrind*", "vivaldi*", "wine*"};

constexpr std::string_view kForeignDirs[] = {"/tmp/", "/var/tmp/", "/dev/shm/", "/run/", "/home/", "/root/", "/mnt/", "/media/"};
// dotnet and libffi double-map their trampolines through a memfd.
constexpr std::string_view kKnownMemfds[] = {"/memfd:doublemapper", "/memfd:libffi"};

template <size_t N>
bool begins_with_one(std::string_view s, const std::string_view (&these)[N]) {
  return std::any_of(std::begin(these), std::end(these), [&](std::string_view p) { return base::starts_with(s, p); });
}

}  // namespace

bool parse_times(std::string_view stat, ProcessTimes& out) {
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string_view::npos || name_end + 2 > stat.size()) return false;
  std::string_view rest = base::trim(stat.substr(name_end + 1));
  // Field 3, the state, is the first one; utime 14, stime 15, starttime 22, rss 24.
  uint64_t user = 0, system = 0;
  for (int field = 3; field <= 24; ++field) {
    const std::string_view word = base::next_piece(rest, ' ');
    uint64_t* const to = field == 14 ? &user : field == 15 ? &system : field == 22 ? &out.start_ticks : field == 24 ? &out.rss_pages : nullptr;
    if (to && !base::parse_u64(word, *to)) return false;
  }
  out.cpu_ticks = user + system;
  return true;
}

std::string_view map_kind_name(MapKind kind) {
  constexpr std::string_view kNames[] = {"", "anonymous", "deleted", "memfd"};
  return kNames[static_cast<size_t>(kind)];
}

Mapping parse_mapping(std::string_view line) {
  Mapping m;
  std::string_view range = base::next_piece(line, ' ');
  const std::string_view protection = base::next_piece(line, ' ');
  if (protection.size() != 4 || protection[2] != 'x') return m;
  (void)base::next_piece(line, ' ');
  const std::string_view device = base::next_piece(line, ' '), inode = base::next_piece(line, ' ');
  if (device.empty() || inode.empty() || !base::parse_hex_u64(base::next_piece(range, '-'), m.begin) || !base::parse_hex_u64(range, m.end)) return m;
  m.protection = protection.substr(0, 3);
  std::string_view path = line;
  path.remove_prefix(std::min(path.size(), path.find_first_not_of(' ') == std::string_view::npos ? path.size() : path.find_first_not_of(' ')));
  constexpr std::string_view kDeleted = " (deleted)";
  const bool is_deleted = base::ends_with(path, kDeleted);
  if (is_deleted) path.remove_suffix(kDeleted.size());
  m.path = path;
  const bool is_anonymous = inode == "0" || (is_deleted && path == "/dev/zero");
  if (base::starts_with(path, "/memfd:"))
    m.kind = begins_with_one(path, kKnownMemfds) ? MapKind::none : MapKind::memfd;
  else if (is_anonymous)
    m.kind = protection[1] == 'w' ? MapKind::anonymous : MapKind::none;
  else if (is_deleted && begins_with_one(path, kForeignDirs))
    m.kind = MapKind::deleted;
  return m;
}

bool is_jit(std::string_view name) {
  return std::any_of(std::begin(kJits), std::end(kJits), [&](std::string_view known) {
    return known.back() == '*' ? base::starts_with(name, known.substr(0, known.size() - 1)) : name == known;
  });
}

}  // namespace aurochs::observe
