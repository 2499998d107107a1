// SPDX-License-Identifier: Apache-2.0
// DnsAsker: which process holds the socket that sent a packet. /proc/net/{udp,tcp}[6] give the socket's inode, /proc/PID/fd
// the process. Right or none: a socket that fits no better than another is nobody's; a socket that several processes share is
// said to be that of the one found first. Text, not sock_diag: kernels before 3.3 have no other for UDP, and a look is one read.
// A search reads at most limits::kOwnerLinksPerSecond links of /proc/PID/fd in a second; then packets have no owner.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/address.h"

namespace aurochs::observe {

struct Flow {
  bool is_ipv6 = false, is_tcp = false;
  net::Address local, remote;
  uint16_t local_port = 0, remote_port = 0;
};

/// How well a socket of `table` (text of /proc/net/udp and its like; of_ipv6: udp6) fits: `score` 4 connected exactly, 2 bound
/// to the address, 1 to any. Keeps what is there unless it finds better; as good as before makes `inode` 0.
void find_socket(std::string_view table, bool of_ipv6, const Flow& flow, int& score, uint64_t& inode);

class DnsAsker {
 public:
  explicit DnsAsker(std::string root = {}) : root_(std::move(root)) {}
  /// 0: nobody known.
  int32_t find(const Flow& flow, int64_t now_ms);

 private:
  struct Holder {
    uint64_t inode = 0;
    int32_t pid = 0;
    std::string link;  ///< /proc/PID/fd/N
  };
  bool holds(const std::string& link, uint64_t inode);
  bool search_process(int32_t pid, uint64_t inode);
  int32_t search(uint64_t inode);
  void remember(Holder holder);

  std::string root_;
  std::vector<Holder> recent_;  ///< the latest last
  int64_t second_ = 0;
  size_t links_ = 0;
};

}  // namespace aurochs::observe
