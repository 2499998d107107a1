// SPDX-License-Identifier: Apache-2.0
#include "observe/socket_owners.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

Directory open_directory(const std::string& path) { return {::opendir(path.c_str()), ::closedir}; }

/// "socket:[123]" -> 123; 0 for any other link.
uint64_t socket_inode(std::string_view link) {
  constexpr std::string_view kSocket = "socket:[";
  uint64_t inode = 0;
  if (!base::starts_with(link, kSocket) || link.back() != ']') return 0;
  return base::parse_u64(link.substr(kSocket.size(), link.size() - kSocket.size() - 1), inode) ? inode : 0;
}

}  // namespace

bool SocketOwners::note(uint64_t inode, int pid) {
  for (auto at = std::lower_bound(rows_.begin(), rows_.end(), inode, [](const Row& r, uint64_t i) { return r.inode < i; });
       at != rows_.end() && at->inode == inode; ++at)
    if (!at->pid) {
      at->pid = pid;
      --missing_;
    }
  return missing_ == 0;
}

void SocketOwners::find(const std::string& proc) {
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.inode < b.inode; });
  missing_ = rows_.size();
  const Directory processes = open_directory(proc);
  if (!missing_ || !processes) return;
  while (const dirent* process = ::readdir(processes.get())) {
    uint64_t pid = 0;
    if (!base::parse_u64(process->d_name, pid) || pid > INT32_MAX) continue;
    const std::string fds = proc + "/" + process->d_name + "/fd/";
    const Directory descriptors = open_directory(fds);
    if (!descriptors) continue;
    while (const dirent* fd = ::readdir(descriptors.get())) {
      char link[64];
      const ssize_t n = ::readlink((fds + fd->d_name).c_str(), link, sizeof link);
      const uint64_t inode = n > 0 ? socket_inode({link, static_cast<size_t>(n)}) : 0;
      if (inode && note(inode, static_cast<int>(pid))) return;
    }
  }
}

int SocketOwners::pid_of(uint64_t inode) const {
  for (const Row& r : rows_)
    if (r.inode == inode) return r.pid;
  return 0;
}

uint64_t start_ticks_of(const std::string& proc, int pid) {
  auto stat = base::read_file(proc + "/" + std::to_string(pid) + "/stat", limits::kProcFileBytes);
  if (!stat) return 0;
  const size_t name_end = stat->rfind(')');  // the name may hold anything
  if (name_end == std::string::npos || name_end + 2 > stat->size()) return 0;
  std::string_view rest = std::string_view(*stat).substr(name_end + 2);
  for (int field = 3; field < 22; ++field) base::next_piece(rest, ' ');
  uint64_t ticks = 0;
  return base::parse_u64(base::next_piece(rest, ' '), ticks) ? ticks : 0;
}

}  // namespace aurochs::observe
