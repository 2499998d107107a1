// SPDX-License-Identifier: Apache-2.0
#include "observe/mountinfo.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

constexpr std::string_view kRemote[] = {"9p",  "afs",    "beegfs",   "ceph", "cifs", "coda",  "davfs", "fuse", "gfs2",
                                        "lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "smb3", "smbfs"};

/// \ooo of blank, tab, newline, backslash and '#' (fs/proc_namespace.c mangle()).
std::string unescaped(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    auto digit = [&](size_t at) { return at < s.size() && s[at] >= '0' && s[at] <= '7' ? s[at] - '0' : -1; };
    if (s[i] == '\\' && digit(i + 1) >= 0 && digit(i + 1) <= 3 && digit(i + 2) >= 0 && digit(i + 3) >= 0) {
      out += static_cast<char>(digit(i + 1) << 6 | digit(i + 2) << 3 | digit(i + 3));
      i += 3;
    } else {
      out += s[i];
    }
  }
  return out;
}

void add_options(std::string& out, std::string_view list) {
  const std::string_view own(out);
  std::string more;
  while (!list.empty()) {
    const std::string_view one = base::next_piece(list, ',');
    bool is_there = one.empty();
    for (std::string_view rest = own; !rest.empty() && !is_there;) is_there = base::next_piece(rest, '|') == one;
    if (is_there) continue;
    more += '|';
    more += one;
  }
  out += out.empty() && !more.empty() ? more.substr(1) : more;
}

}  // namespace

bool parse_mount(std::string_view line, Mount& out) {
  // id parent major:minor root point options [optional fields] - type source options
  std::string_view f[6];
  for (std::string_view& field : f) field = base::next_piece(line, ' ');
  if (!base::parse_u64(f[0], out.id) || f[2].find(':') == std::string_view::npos || f[4].empty() || f[4][0] != '/') return false;
  while (!line.empty() && base::next_piece(line, ' ') != "-") {
  }
  const std::string_view type = base::next_piece(line, ' '), source = base::next_piece(line, ' ');
  if (type.empty()) return false;
  out.device = f[2];
  out.point = unescaped(f[4]);
  out.source = unescaped(source);
  out.type = unescaped(type);
  out.options.clear();
  add_options(out.options, f[5]);
  add_options(out.options, line);
  return true;
}

std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  Mount m;
  while (!text.empty() && mounts.size() < limits::kMounts)
    if (parse_mount(base::next_piece(text, '\n'), m)) mounts.push_back(m);
  std::sort(mounts.begin(), mounts.end(), [](const Mount& a, const Mount& b) { return a.id < b.id; });
  return mounts;
}

std::vector<MountDifference> compare(const std::vector<Mount>& before, const std::vector<Mount>& now) {
  using Kind = MountDifference::Kind;
  std::vector<MountDifference> all;
  size_t b = 0, n = 0;
  while (b < before.size() || n < now.size()) {
    const bool is_old = n == now.size() || (b < before.size() && before[b].id < now[n].id);
    const bool is_new = b == before.size() || (n < now.size() && now[n].id < before[b].id);
    if (!is_old && !is_new) {
      // The kernel gives the id of a mount that is gone to the next one.
      const bool is_same = before[b].device == now[n].device && before[b].point == now[n].point && before[b].type == now[n].type;
      if (!is_same) {
        all.push_back({Kind::removed, nullptr, &before[b]});
        all.push_back({Kind::added, &now[n], nullptr});
      } else if (before[b].options != now[n].options) {
        all.push_back({Kind::changed, &now[n], &before[b]});
      }
    } else if (is_old) {
      all.push_back({Kind::removed, nullptr, &before[b]});
    } else {
      all.push_back({Kind::added, &now[n], nullptr});
    }
    b += !is_new;
    n += !is_old;
  }
  return all;
}

bool is_remote(std::string_view type) {
  return base::starts_with(type, "fuse.") || std::find(std::begin(kRemote), std::end(kRemote), type) != std::end(kRemote);
}

bool is_over_process(std::string_view point) {
  constexpr std::string_view kProc = "/proc/";
  return base::starts_with(point, kProc) && point.size() > kProc.size() && point[kProc.size()] >= '0' && point[kProc.size()] <= '9';
}

std::string_view option(std::string_view options, std::string_view name) {
  while (!options.empty()) {
    std::string_view one = base::next_piece(options, '|');
    if (base::next_piece(one, '=') == name) return one;
  }
  return {};
}

}  // namespace aurochs::observe
