// SPDX-License-Identifier: Apache-2.0
#include "enrich/mount_table.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace aurochs::enrich {
namespace {

constexpr size_t kMountInfoBytes = 16u << 20;  // 100 000 mounts
constexpr int64_t kMountInfoEveryMs = 1000;

// mountinfo writes blank, tab, newline and backslash as \NNN.
std::string unescape(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '\\' && i + 3 < s.size()) {
      out += static_cast<char>((s[i + 1] & 7) << 6 | (s[i + 2] & 7) << 3 | (s[i + 3] & 7));
      i += 3;
    } else {
      out += s[i];
    }
  }
  return out;
}

}  // namespace

MountTable::MountTable(base::Clock& clock, const char* path)
    : clock_(clock), fd_(::open(path, O_RDONLY | O_CLOEXEC)) {}

bool MountTable::may_block_type(std::string_view type) {
  static constexpr std::array<std::string_view, 19> kTypes = {
      "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs",    "ceph",   "9p",   "lustre", "gfs2",
      "ocfs2", "gpfs", "glusterfs", "autofs", "fuse", "fuseblk", "virtiofs", "coda", "orangefs"};
  return base::starts_with(type, "fuse.") || std::find(kTypes.begin(), kTypes.end(), type) != kTypes.end();
}

void MountTable::parse(std::string_view rest) {
  devices_.clear();
  points_.clear();
  while (!rest.empty()) {
    // id parent major:minor root point options [tags] - type source options (proc(5))
    std::string_view line = base::next_piece(rest, '\n');
    const size_t dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    std::string_view after = line.substr(dash + 3);
    if (!may_block_type(base::next_piece(after, ' '))) continue;
    base::next_piece(line, ' ');
    base::next_piece(line, ' ');
    std::string_view minor_text = base::next_piece(line, ' ');
    const std::string_view major_text = base::next_piece(minor_text, ':');
    base::next_piece(line, ' ');
    points_.push_back(unescape(base::next_piece(line, ' ')));
    uint64_t major_number, minor_number;
    if (base::parse_u64(major_text, major_number) && base::parse_u64(minor_text, minor_number))
      devices_.push_back(major_number << 32 | minor_number);
  }
  std::sort(devices_.begin(), devices_.end());
  std::sort(points_.begin(), points_.end());
}

void MountTable::refresh() {
  if (!fd_) return;
  pollfd p = {fd_.get(), POLLPRI, 0};
  // The kernel says it once for each change, so it is remembered until the table is read.
  if (::poll(&p, 1, 0) > 0 && (p.revents & (POLLPRI | POLLERR))) changed_ = true;
  if (!changed_) return;
  const int64_t now_ms = clock_.monotonic_ms();
  if (now_ms < next_read_ms_) return;
  next_read_ms_ = now_ms + kMountInfoEveryMs;
  std::string text;
  char chunk[16384];
  ::lseek(fd_.get(), 0, SEEK_SET);
  for (ssize_t n; text.size() < kMountInfoBytes && (n = ::read(fd_.get(), chunk, sizeof chunk)) > 0;)
    text.append(chunk, static_cast<size_t>(n));
  parse(text);
  changed_ = false;
  ++version_;
}

bool MountTable::may_block_device(uint64_t device) const {
  return std::binary_search(devices_.begin(), devices_.end(), device);
}
bool MountTable::may_block_path(const std::string& mount_point) const {
  return std::binary_search(points_.begin(), points_.end(), mount_point);
}

}  // namespace aurochs::enrich
