// SPDX-License-Identifier: Apache-2.0
#include "net/sock_diag.h"

#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <cerrno>
#include <cstring>

#include "base/limits.h"

namespace aurochs::net {
namespace {

struct InetRequest {
  nlmsghdr head{};
  inet_diag_req_v2 body{};
};
struct UnixRequest {
  nlmsghdr head{};
  unix_diag_req body{};
};

/// The kernel's own filter (inet_diag_bc_run): one condition on the peer; a jump behind the end is a no.
struct PeerCondition {
  nlattr head{};
  inet_diag_bc_op op{};
  uint8_t family = 0, prefix_length = 0;
  uint8_t padding[2] = {};
  int32_t port = 0;
  uint8_t address[16] = {};
};
static_assert(sizeof(PeerCondition) == 32, "nlattr, inet_diag_bc_op, inet_diag_hostcond and an IPv6 address");

size_t fill_condition(const Address& remote, uint16_t port, PeerCondition& out) {
  const std::string_view raw = remote.raw();
  const size_t code_bytes = sizeof out - sizeof out.head - sizeof out.address + raw.size();
  out.op.code = INET_DIAG_BC_D_COND;
  out.op.yes = static_cast<uint8_t>(code_bytes);
  out.op.no = static_cast<uint16_t>(code_bytes + 4);
  out.family = remote.is_v4() ? AF_INET : AF_INET6;
  out.prefix_length = static_cast<uint8_t>(raw.size() * 8);
  out.port = port;
  std::memcpy(out.address, raw.data(), raw.size());
  out.head.nla_type = INET_DIAG_REQ_BYTECODE;
  out.head.nla_len = static_cast<uint16_t>(sizeof out.head + code_bytes);
  return out.head.nla_len;
}

}  // namespace

base::Status SockDiag::open() {
  if (fd_) return base::Ok{};
  base::UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG));
  if (!fd) return base::errno_error("sock_diag: socket", errno);
  const timeval patience{0, limits::kSocketAnswerMs * 1000};
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) < 0) return base::errno_error("sock_diag: SO_RCVTIMEO", errno);
  buffer_.resize(limits::kSocketAnswerBytes);
  fd_ = std::move(fd);
  return base::Ok{};
}

bool SockDiag::send(std::string_view request) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  return ::sendto(fd_.get(), request.data(), request.size(), 0, reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) ==
         static_cast<ssize_t>(request.size());
}

bool SockDiag::receive(std::string_view& datagram) {
  sockaddr_nl from{};
  socklen_t from_size = sizeof from;
  for (;;) {
    const ssize_t n = ::recvfrom(fd_.get(), buffer_.data(), buffer_.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    if (from.nl_pid != 0) continue;  // not the kernel
    datagram = std::string_view(buffer_).substr(0, static_cast<size_t>(n));
    return true;
  }
}

bool SockDiag::ask_inet(const Query& query) {
  if (!open()) return false;
  struct {
    InetRequest request;
    PeerCondition condition;
  } message;
  size_t size = sizeof message.request;
  if (query.remote) size += fill_condition(*query.remote, query.remote_port, message.condition);
  message.request.head.nlmsg_len = static_cast<uint32_t>(size);
  message.request.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  message.request.head.nlmsg_seq = ++sequence_;
  message.request.body.sdiag_family = query.family;
  message.request.body.sdiag_protocol = query.protocol;
  message.request.body.idiag_states = query.states;
  if (query.wants_bytes) message.request.body.idiag_ext = 1u << (INET_DIAG_INFO - 1);
  return send({reinterpret_cast<const char*>(&message), size});
}

bool SockDiag::ask_unix(uint32_t states, uint32_t inode) {
  if (!open()) return false;
  UnixRequest request;
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  request.head.nlmsg_flags = static_cast<uint16_t>(inode ? NLM_F_REQUEST : NLM_F_REQUEST | NLM_F_DUMP);
  request.head.nlmsg_seq = ++sequence_;
  request.body.sdiag_family = AF_UNIX;
  request.body.udiag_states = states;
  request.body.udiag_ino = inode;
  request.body.udiag_show = UDIAG_SHOW_NAME;
  request.body.udiag_cookie[0] = request.body.udiag_cookie[1] = ~0u;  // INET_DIAG_NOCOOKIE
  return send({reinterpret_cast<const char*>(&request), sizeof request});
}

bool SockDiag::unix_by_inode(uint64_t inode, UnixSocket& out) {
  if (inode == 0 || inode > UINT32_MAX || !ask_unix(~0u, static_cast<uint32_t>(inode))) return false;
  std::string_view datagram;
  if (!receive(datagram)) {
    fd_.reset();
    return false;
  }
  bool found = false;
  walk_messages(datagram, sequence_, [&](std::string_view payload) { return !(found = parse_unix_diag(payload, out) && out.inode == inode); });
  return found;
}

}  // namespace aurochs::net
