// SPDX-License-Identifier: Apache-2.0
#include "observe/dns_asker.h"

#include <dirent.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <memory>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "net/socket.h"

namespace aurochs::observe {
namespace {

/// As /proc/net prints it behind an address: most lines need no further look.
std::string port_text(uint16_t port) {
  char text[8];
  std::snprintf(text, sizeof text, ":%04X ", static_cast<unsigned>(port));
  return text;
}

}  // namespace

void find_socket(std::string_view table, bool of_ipv6, const Flow& flow, int& score, uint64_t& inode) {
  const std::string port = port_text(flow.local_port);
  while (!table.empty()) {
    const std::string_view line = base::next_piece(table, '\n');
    net::Socket s;
    if (line.find(port) == std::string_view::npos || !net::parse_proc_net(line, of_ipv6, IPPROTO_UDP, s)) continue;
    const bool is_connected = s.remote == flow.remote && s.remote_port == flow.remote_port, is_free = s.remote_port == 0 && s.remote.is_unspecified();
    const bool is_bound = s.local == flow.local, fits = s.local_port == flow.local_port && (is_bound || s.local.is_unspecified());
    if (!fits || (!is_connected && !is_free) || s.inode == 0) continue;
    const int fit = is_connected ? 4 : is_bound ? 2 : 1;
    if (fit < score) continue;
    inode = fit == score && inode != s.inode ? 0 : s.inode;
    score = fit;
  }
}

int32_t DnsAsker::find(const Flow& flow, int64_t now_ms) {
  if (second_ != now_ms / 1000) {
    second_ = now_ms / 1000;
    links_ = 0;
  }
  if (links_ >= limits::kOwnerLinksPerSecond) return 0;
  const std::string name = root_ + (flow.is_tcp ? "/proc/net/tcp" : "/proc/net/udp");
  uint64_t inode = 0;
  int score = 0;
  for (const bool of_ipv6 : {false, true}) {
    // A program may use one IPv6 socket for both: connected as ::ffff:a.b.c.d, or bound to ::.
    if ((flow.is_ipv6 && !of_ipv6) || score == 4) continue;
    if (const auto text = base::read_file(name + (of_ipv6 ? "6" : ""), limits::kSocketTableBytes)) find_socket(*text, of_ipv6, flow, score, inode);
  }
  return inode ? search(inode) : 0;
}

bool DnsAsker::holds(const std::string& link, uint64_t inode) {
  ++links_;
  char text[64];
  const ssize_t n = ::readlink((root_ + link).c_str(), text, sizeof text);
  return n > 0 && std::string_view(text, static_cast<size_t>(n)) == "socket:[" + std::to_string(inode) + "]";
}

bool DnsAsker::search_process(int32_t pid, uint64_t inode) {
  const std::string directory = "/proc/" + std::to_string(pid) + "/fd";
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir((root_ + directory).c_str()), ::closedir);
  if (!dir) return false;
  while (const dirent* entry = ::readdir(dir.get())) {
    if (entry->d_name[0] == '.') continue;
    if (links_ >= limits::kOwnerLinksPerSecond) return false;
    std::string link = directory + "/" + entry->d_name;
    if (!holds(link, inode)) continue;
    remember({inode, pid, std::move(link)});
    return true;
  }
  return false;
}

/// Known sockets, then processes that asked lately, then all, the youngest numbers first: who asks has often just begun.
int32_t DnsAsker::search(uint64_t inode) {
  std::vector<int32_t> pids;
  for (size_t i = recent_.size(); i-- > 0;) {
    if (recent_[i].inode == inode && holds(recent_[i].link, inode)) return recent_[i].pid;
    if (std::find(pids.begin(), pids.end(), recent_[i].pid) == pids.end()) pids.push_back(recent_[i].pid);
  }
  const size_t known = pids.size();
  for (size_t i = 0; i < known; ++i)
    if (search_process(pids[i], inode)) return pids[i];
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir((root_ + "/proc").c_str()), ::closedir);
  while (const dirent* entry = dir ? ::readdir(dir.get()) : nullptr) {
    uint64_t pid = 0;
    if (base::parse_u64(entry->d_name, pid) && pid <= INT32_MAX) pids.push_back(static_cast<int32_t>(pid));
  }
  std::sort(pids.begin() + static_cast<std::ptrdiff_t>(known), pids.end(), std::greater<>());
  for (size_t i = known; i < pids.size() && links_ < limits::kOwnerLinksPerSecond; ++i)
    if (search_process(pids[i], inode)) return pids[i];
  return 0;
}

void DnsAsker::remember(Holder holder) {
  const auto same = std::find_if(recent_.begin(), recent_.end(), [&](const Holder& h) { return h.pid == holder.pid; });
  if (same != recent_.end()) recent_.erase(same);
  if (recent_.size() >= limits::kOwnersKept) recent_.erase(recent_.begin());
  recent_.push_back(std::move(holder));
}

}  // namespace aurochs::observe
