// SPDX-License-Identifier: Apache-2.0
// HostSockets: the socket behind a descriptor of a process, and what the host's files say of names. Sockets of the sensor's
// network namespace come from sock_diag, those of others, and of kernels before 3.3, from /proc/PID/net. Questions share a
// budget of time (limits.h); when it is spent only the inode is told. Core thread only.
#pragma once
#include <sys/stat.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "net/sock_diag.h"
#include "state/proc_reader.h"

namespace aurochs::enrich {

class HostSockets {
 public:
  /// `root` is put before the paths of files, for tests.
  explicit HostSockets(std::string root = {}) : root_(std::move(root)) {}

  /// Ask::socket; see there for the question.
  bool find(int64_t pid, std::string_view question, std::string& answer);
  /// Ask::dns_servers.
  bool dns_servers(std::string& answer);
  /// Ask::hosts.
  bool hosts(std::string& answer);

 private:
  struct Wanted {
    int64_t pid = 0;
    uint64_t inode = 0;
    bool has_peer = false;
    net::Address peer;
    uint16_t peer_port = 0;
  };
  /// What stat() said of a file when it was read.
  struct Version {
    uint64_t inode = 0, size = 0;
    int64_t mtime_s = 0, mtime_ns = 0;
    bool operator==(const Version& o) const { return inode == o.inode && size == o.size && mtime_s == o.mtime_s && mtime_ns == o.mtime_ns; }
  };

  bool look(const Wanted& w, char table, state::SocketFacts& out);
  bool in_diag(const Wanted& w, uint8_t protocol, bool listening, state::SocketFacts& out);
  bool in_proc(const Wanted& w, const char* file, bool is_ipv6, uint8_t protocol, state::SocketFacts& out);
  bool in_proc_by_inode(const Wanted& w, const char* file, size_t column, uint32_t family, state::SocketFacts& out);
  bool in_proc_pair(const Wanted& w, const char* file, const char* file6, uint8_t protocol, state::SocketFacts& out);
  bool is_our_namespace(int64_t pid);
  bool is_affordable();
  static Version version_of(const std::string& path);

  std::string root_;
  net::SockDiag diag_;
  std::string our_namespace_;
  int64_t budget_us_ = 0, filled_us_ = 0;
  Version server_versions_[3];
  std::string servers_;
  bool has_servers_ = false;
};

}  // namespace aurochs::enrich
