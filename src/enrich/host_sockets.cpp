// SPDX-License-Identifier: Apache-2.0
#include "enrich/host_sockets.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::enrich {
namespace {

int64_t now_us(clockid_t clock) {
  timespec t;
  ::clock_gettime(clock, &t);
  return int64_t{t.tv_sec} * 1000000 + t.tv_nsec / 1000;
}

std::string link_of(const std::string& path) {
  char text[256];
  const ssize_t n = ::readlink(path.c_str(), text, sizeof text);
  return n > 0 ? std::string(text, static_cast<size_t>(n)) : std::string();
}

void fill(const net::Socket& s, state::SocketFacts& out) {
  out.family = s.family;
  out.protocol = s.protocol;
  out.state = s.state;
  out.uid = s.uid;
  std::copy(s.local.bytes.begin(), s.local.bytes.end(), out.local);
  std::copy(s.remote.bytes.begin(), s.remote.bytes.end(), out.remote);
  out.local_port = s.local_port;
  out.remote_port = s.remote_port;
}

/// The column'th word of a line, 0 the first.
std::string_view word_at(std::string_view line, size_t column) {
  for (;; --column) {
    const size_t begin = line.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    line.remove_prefix(begin);
    const size_t end = std::min(line.find_first_of(" \t"), line.size());
    if (column == 0) return line.substr(0, end);
    line.remove_prefix(end);
  }
}

void append_servers(std::string_view text, std::string& out) {
  while (!text.empty()) {
    std::string_view line = base::next_piece(text, '\n');
    if (word_at(line, 0) != "nameserver") continue;
    std::string_view address = word_at(line, 1);
    address = base::trim(address.substr(0, address.find('%')));  // fe80::1%eth0
    net::Address parsed;
    if (!net::parse_address(address, parsed)) continue;
    if (!out.empty()) out += ' ';
    out += address;
  }
}

}  // namespace

bool HostSockets::is_affordable() {
  const int64_t now = now_us(CLOCK_MONOTONIC);
  budget_us_ = std::min<int64_t>(limits::kSocketBudgetUsPerSecond,
                                 budget_us_ + (now - filled_us_) / (1000000 / limits::kSocketBudgetUsPerSecond));
  filled_us_ = now;
  return budget_us_ > 0;
}

bool HostSockets::is_our_namespace(int64_t pid) {
  if (our_namespace_.empty()) our_namespace_ = link_of("/proc/self/ns/net");
  const std::string theirs = link_of("/proc/" + std::to_string(pid) + "/ns/net");
  return theirs.empty() || theirs == our_namespace_;  // kernel < 3.0: no such file, and seldom a namespace
}

bool HostSockets::in_diag(const Wanted& w, uint8_t protocol, bool listening, state::SocketFacts& out) {
  net::SockDiag::Query query;
  query.protocol = protocol;
  query.states = listening ? 1u << net::kListen : ~(1u << net::kListen);
  if (w.has_peer && !listening) {
    query.remote = &w.peer;
    query.remote_port = w.peer_port;
  }
  bool found = false;
  for (const uint8_t family : {uint8_t{AF_INET}, uint8_t{AF_INET6}}) {
    query.family = family;
    if (family == AF_INET && w.has_peer && !w.peer.is_v4()) continue;
    size_t rows = 0;
    const bool answered = diag_.inet(query, [&](const net::Socket& s) {
      found = s.inode == w.inode;
      if (found) fill(s, out);
      return !found && ++rows < limits::kSocketRows;
    });
    if (found || !answered) break;
  }
  return found;
}

bool HostSockets::in_proc(const Wanted& w, const char* file, bool is_ipv6, uint8_t protocol, state::SocketFacts& out) {
  auto text = base::read_file("/proc/" + std::to_string(w.pid) + "/net/" + file, limits::kProcNetBytes);
  if (!text) return false;
  for (std::string_view rest = *text; !rest.empty();) {
    net::Socket s;
    if (!net::parse_proc_net(base::next_piece(rest, '\n'), is_ipv6, protocol, s) || s.inode != w.inode) continue;
    if (w.has_peer && s.state != net::kListen && (s.remote != w.peer || s.remote_port != w.peer_port)) continue;
    if (protocol == IPPROTO_RAW) s.protocol = static_cast<uint8_t>(s.local_port);  // net/ipv4/raw.c shows it there
    fill(s, out);
    return true;
  }
  return false;
}

bool HostSockets::in_proc_by_inode(const Wanted& w, const char* file, size_t column, uint32_t family, state::SocketFacts& out) {
  auto text = base::read_file("/proc/" + std::to_string(w.pid) + "/net/" + file, limits::kProcNetBytes);
  if (!text) return false;
  for (std::string_view rest = *text; !rest.empty();) {
    uint64_t inode = 0;
    if (!base::parse_u64(word_at(base::next_piece(rest, '\n'), column), inode) || inode != w.inode) continue;
    out.family = family;
    return true;
  }
  return false;
}

bool HostSockets::in_proc_pair(const Wanted& w, const char* file, const char* file6, uint8_t protocol, state::SocketFacts& out) {
  return in_proc(w, file, false, protocol, out) || in_proc(w, file6, true, protocol, out);
}

bool HostSockets::look(const Wanted& w, char table, state::SocketFacts& out) {
  const bool ours = is_our_namespace(w.pid) && diag_.open();
  const auto inet = [&](uint8_t protocol, bool listening, const char* file, const char* file6) {
    return ours ? in_diag(w, protocol, listening, out) : in_proc_pair(w, file, file6, protocol, out);
  };
  switch (table) {
    case 't': return inet(IPPROTO_TCP, false, "tcp", "tcp6");
    case 'l': return inet(IPPROTO_TCP, true, "tcp", "tcp6");
    case 'u': return inet(IPPROTO_UDP, false, "udp", "udp6");
    case 'o': {
      net::UnixSocket s;
      if (ours && diag_.unix_by_inode(w.inode, s)) {
        out.family = AF_UNIX;
        out.state = s.state;
        return true;
      }
      return in_proc_by_inode(w, "packet", 8, AF_PACKET, out) || in_proc_by_inode(w, "netlink", 9, AF_NETLINK, out) ||
             in_proc_pair(w, "raw", "raw6", IPPROTO_RAW, out) || (!ours && in_proc_by_inode(w, "unix", 6, AF_UNIX, out));
    }
    default: return false;
  }
}

bool HostSockets::find(int64_t pid, std::string_view question, std::string& answer) {
  const std::string_view fd = base::next_piece(question, ' '), tables = base::next_piece(question, ' '), peer = base::next_piece(question, ' ');
  uint64_t number = 0;
  Wanted w;
  w.pid = pid;
  if (pid <= 0 || !base::parse_u64(fd, number)) return false;
  if (base::parse_u64(question, number) && number <= UINT16_MAX && net::parse_address(peer, w.peer)) {
    w.has_peer = true;
    w.peer_port = static_cast<uint16_t>(number);
  }
  const std::string link = link_of("/proc/" + std::to_string(pid) + "/fd/" + std::string(fd));
  constexpr std::string_view kSocket = "socket:[";
  if (!base::starts_with(link, kSocket) || link.back() != ']') return false;
  if (!base::parse_u64(std::string_view(link).substr(kSocket.size(), link.size() - kSocket.size() - 1), w.inode)) return false;
  state::SocketFacts facts;
  facts.inode = w.inode;
  for (const char table : tables) {
    if (!is_affordable()) break;
    // Time of the processor, not of the clock: a host that lets the core wait must not make it blind too.
    const int64_t begin = now_us(CLOCK_THREAD_CPUTIME_ID);
    const bool found = look(w, table, facts);
    budget_us_ -= now_us(CLOCK_THREAD_CPUTIME_ID) - begin;
    if (found) break;
  }
  answer.assign(reinterpret_cast<const char*>(&facts), sizeof facts);
  return true;
}

HostSockets::Version HostSockets::version_of(const std::string& path) {
  struct stat s {};
  Version v;
  if (::stat(path.c_str(), &s) < 0) return v;
  v.inode = s.st_ino;
  v.size = static_cast<uint64_t>(s.st_size);
  v.mtime_s = s.st_mtim.tv_sec;
  v.mtime_ns = s.st_mtim.tv_nsec;
  return v;
}

bool HostSockets::dns_servers(std::string& answer) {
  // A local forwarder stands in the first; what it forwards to, in its own.
  static constexpr const char* kFiles[] = {"/etc/resolv.conf", "/run/systemd/resolve/resolv.conf", "/run/NetworkManager/resolv.conf"};
  bool is_changed = !has_servers_;
  for (size_t i = 0; i < 3; ++i) {
    const Version v = version_of(root_ + kFiles[i]);
    is_changed |= !(v == server_versions_[i]);
    server_versions_[i] = v;
  }
  if (is_changed) {
    servers_.clear();
    for (const char* file : kFiles)
      if (auto text = base::read_file(root_ + file, limits::kResolvConfBytes)) append_servers(*text, servers_);
    has_servers_ = true;
  }
  answer = servers_;
  return !answer.empty();
}

bool HostSockets::hosts(std::string& answer) {
  // A list of refused names can have megabytes: its beginning is what people wrote.
  const base::UniqueFd fd(::open((root_ + "/etc/hosts").c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) return false;
  answer.resize(limits::kHostsBytes);
  const ssize_t n = ::pread(fd.get(), answer.data(), answer.size(), 0);
  answer.resize(n > 0 ? static_cast<size_t>(n) : 0);
  return !answer.empty();
}

}  // namespace aurochs::enrich
