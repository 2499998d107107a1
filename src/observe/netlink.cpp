// SPDX-License-Identifier: Apache-2.0
#include "observe/netlink.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>

#include "base/limits.h"

namespace aurochs::observe {
namespace {
constexpr int kDatagramsAtOnce = 1024;  // then the other sources have their turn
}

base::Result<base::UniqueFd> open_netlink(int protocol, uint32_t groups) {
  base::UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol));
  if (!fd) return base::errno_error("netlink socket", errno);
  const int size = limits::kObserverSocketBytes;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  sockaddr_nl own{};
  own.nl_family = AF_NETLINK;
  own.nl_groups = groups;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&own), sizeof own) < 0) return base::errno_error("netlink groups", errno);
  return fd;
}

bool each_message(int fd, uint64_t& lost, const std::function<void(std::string_view)>& visit) {
  const uint64_t before = lost;
  alignas(nlmsghdr) char bytes[limits::kObserverMessageBytes];
  for (int i = 0; i < kDatagramsAtOnce; ++i) {
    sockaddr_nl sender{};
    iovec part{bytes, sizeof bytes};
    msghdr message{};
    message.msg_name = &sender;
    message.msg_namelen = sizeof sender;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    const ssize_t n = ::recvmsg(fd, &message, MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == ENOBUFS) {
      ++lost;
      continue;
    }
    if (n <= 0) return lost == before;
    if (message.msg_flags & MSG_TRUNC) {
      ++lost;
      continue;
    }
    if (sender.nl_pid == 0) visit({bytes, static_cast<size_t>(n)});
  }
  return lost == before;
}

}  // namespace aurochs::observe
