// SPDX-License-Identifier: Apache-2.0
// Bytes of sock_diag messages, as the kernel writes them.
#pragma once
#include <arpa/inet.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/unix_diag.h>

#include <cstring>
#include <string>
#include <string_view>

inline std::string attribute(uint16_t type, std::string_view value) {
  nlattr head{};
  head.nla_type = type;
  head.nla_len = static_cast<uint16_t>(sizeof head + value.size());
  std::string out(reinterpret_cast<const char*>(&head), sizeof head);
  out.append(value);
  out.resize(NLA_ALIGN(out.size()));
  return out;
}

struct DiagSocket {
  uint8_t family = AF_INET, state = 1;
  const char* local = "127.0.0.1";
  const char* remote = "0.0.0.0";
  uint16_t local_port = 0, remote_port = 0;
  uint32_t uid = 0, inode = 0;
  uint64_t cookie = 0;

  std::string bytes() const {
    inet_diag_msg m{};
    m.idiag_family = family;
    m.idiag_state = state;
    inet_pton(family, local, m.id.idiag_src);
    inet_pton(family, remote, m.id.idiag_dst);
    m.id.idiag_sport = htons(local_port);
    m.id.idiag_dport = htons(remote_port);
    m.id.idiag_cookie[0] = static_cast<uint32_t>(cookie);
    m.id.idiag_cookie[1] = static_cast<uint32_t>(cookie >> 32);
    m.idiag_uid = uid;
    m.idiag_inode = inode;
    return {reinterpret_cast<const char*>(&m), sizeof m};
  }
};

/// INET_DIAG_INFO of a kernel that counts bytes.
inline std::string tcp_info_bytes(uint64_t acknowledged, uint64_t received) {
  std::string info(136, '\0');
  std::memcpy(&info[120], &acknowledged, sizeof acknowledged);
  std::memcpy(&info[128], &received, sizeof received);
  return attribute(INET_DIAG_INFO, info);
}

inline std::string unix_bytes(uint32_t inode, uint8_t state, std::string_view name) {
  unix_diag_msg m{};
  m.udiag_family = AF_UNIX;
  m.udiag_type = 1;
  m.udiag_state = state;
  m.udiag_ino = inode;
  return std::string(reinterpret_cast<const char*>(&m), sizeof m) + attribute(UNIX_DIAG_NAME, name);
}

inline std::string netlink_message(uint16_t type, uint32_t sequence, std::string_view payload) {
  nlmsghdr head{};
  head.nlmsg_type = type;
  head.nlmsg_seq = sequence;
  head.nlmsg_len = static_cast<uint32_t>(sizeof head + payload.size());
  std::string out(reinterpret_cast<const char*>(&head), sizeof head);
  out.append(payload);
  out.resize(NLMSG_ALIGN(out.size()));
  return out;
}
