// SPDX-License-Identifier: Apache-2.0
#include "observe/socket_owner.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

/// As /proc/net prints an address: words of 32 bits in the host's order.
std::string words(std::string_view address) {
  std::string out;
  for (size_t at = 0; at + 4 <= address.size(); at += 4) {
    uint32_t word;
    char text[9];
    std::memcpy(&word, address.data() + at, sizeof word);
    std::snprintf(text, sizeof text, "%08X", word);
    out += text;
  }
  return out;
}

std::string port_text(uint16_t port) {
  char text[6];
  std::snprintf(text, sizeof text, ":%04X", static_cast<unsigned>(port));
  return text;
}

std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  return base::next_piece(rest, ' ');
}

bool is_any(std::string_view address) { return address.find_first_not_of('0') == std::string_view::npos; }

constexpr std::string_view kMapped("\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12);

}  // namespace

// "  12: 0100007F:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   101        0 22222 2 ..."
void find_socket(std::string_view table, const Flow& flow, int& score, uint64_t& inode) {
  const std::string local = words(flow.local), remote = words(flow.remote) + port_text(flow.remote_port), port = port_text(flow.local_port);
  while (!table.empty()) {
    std::string_view line = base::next_piece(table, '\n');
    (void)next_word(line);
    std::string_view own = next_word(line);
    const std::string_view peer = next_word(line);
    if (!base::ends_with(own, port)) continue;
    own.remove_suffix(port.size());
    const bool is_connected = peer == remote, is_free = is_any(peer.substr(0, peer.find(':')));
    if ((own != local && !(is_any(own) && own.size() == local.size())) || (!is_connected && !is_free)) continue;
    const int fit = is_connected ? 4 : own == local ? 2 : 1;
    for (int skipped = 0; skipped < 6; ++skipped) (void)next_word(line);  // st, queues, timer, retransmits, uid, timeout
    uint64_t number = 0;
    if (!base::parse_u64(next_word(line), number) || number == 0 || fit < score) continue;
    inode = fit == score && inode != number ? 0 : number;
    score = fit;
  }
}

int32_t SocketOwner::find(const Flow& flow, int64_t now_ms) {
  if (second_ != now_ms / 1000) {
    second_ = now_ms / 1000;
    links_ = 0;
  }
  if (links_ >= limits::kOwnerLinksPerSecond) return 0;
  const std::string name = root_ + (flow.is_tcp ? "/proc/net/tcp" : "/proc/net/udp");
  uint64_t inode = 0;
  int score = 0;
  const auto look = [&](const std::string& path, const Flow& f) {
    if (const auto text = base::read_file(path, limits::kSocketTableBytes)) find_socket(*text, f, score, inode);
  };
  if (flow.is_ipv6) {
    look(name + "6", flow);
  } else {
    look(name, flow);
    // Programs that use one IPv6 socket for both: connected as ::ffff:a.b.c.d, or bound to ::.
    const std::string local = std::string(kMapped).append(flow.local), remote = std::string(kMapped).append(flow.remote);
    if (score < 4) look(name + "6", {true, flow.is_tcp, local, remote, flow.local_port, flow.remote_port});
  }
  return inode ? search(inode) : 0;
}

bool SocketOwner::holds(const std::string& link, uint64_t inode) {
  ++links_;
  char text[64];
  const ssize_t n = ::readlink((root_ + link).c_str(), text, sizeof text);
  return n > 0 && std::string_view(text, static_cast<size_t>(n)) == "socket:[" + std::to_string(inode) + "]";
}

bool SocketOwner::search_process(int32_t pid, uint64_t inode) {
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
int32_t SocketOwner::search(uint64_t inode) {
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

void SocketOwner::remember(Holder holder) {
  const auto same = std::find_if(recent_.begin(), recent_.end(), [&](const Holder& h) { return h.pid == holder.pid; });
  if (same != recent_.end()) recent_.erase(same);
  if (recent_.size() >= limits::kOwnersKept) recent_.erase(recent_.begin());
  recent_.push_back(std::move(holder));
}

}  // namespace aurochs::observe
