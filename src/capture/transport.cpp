// SPDX-License-Identifier: Apache-2.0
#include "capture/transport.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace aurochs::capture {

namespace {

constexpr int kSolNetlink = 270;     // SOL_NETLINK: absent from <sys/socket.h> before glibc 2.24
constexpr int kNoEnobufs = 5;        // NETLINK_NO_ENOBUFS, kernel 2.6.30
constexpr uint32_t kReadLogBit = 1;  // group 1 is bit 0

base::Error open_error(const char* what, int code) {
  std::string remedy = "; see the system's log";
  if (code == EPROTONOSUPPORT) remedy = "; this kernel was built or booted without audit (CONFIG_AUDIT, audit=0)";
  if (code == EPERM) remedy = "; CAP_AUDIT_READ is needed, in the first user namespace";
  base::Error e = base::errno_error(what, code);
  e.message += remedy;
  return e;
}

}  // namespace

base::Result<std::unique_ptr<NetlinkTransport>> NetlinkTransport::open(Group group, size_t buffer_bytes) {
  base::UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT));
  if (!fd) return open_error("audit socket", errno);
  const int on = 1, size = static_cast<int>(buffer_bytes / 2);  // the kernel doubles what it is asked for
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0)
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  // Without it one full buffer makes the kernel drop everything until the queue was read empty (af_netlink.c).
  ::setsockopt(fd.get(), kSolNetlink, kNoEnobufs, &on, sizeof on);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = group == Group::read_log ? kReadLogBit : 0;
  if (::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) < 0)
    return open_error(group == Group::read_log ? "audit multicast group" : "audit socket", errno);
  return std::unique_ptr<NetlinkTransport>(new NetlinkTransport(std::move(fd)));
}

base::Status NetlinkTransport::send(std::string_view bytes) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  ssize_t n;
  do {
    n = ::sendto(fd_.get(), bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel);
  } while (n < 0 && errno == EINTR);
  if (n < 0) return base::errno_error("audit socket", errno);
  return base::Ok{};
}

base::Result<size_t> NetlinkTransport::recv(char* buffer, size_t size, uint32_t& sender_port, int timeout_ms) {
  sockaddr_nl sender{};
  // Reading before polling saves a syscall a record while the stream is busy.
  for (bool polled = timeout_ms == 0;; polled = true) {
    socklen_t sender_size = sizeof sender;
    const ssize_t n = ::recvfrom(fd_.get(), buffer, size, MSG_DONTWAIT | MSG_TRUNC,
                                 reinterpret_cast<sockaddr*>(&sender), &sender_size);
    if (n >= 0) {
      sender_port = sender.nl_pid;
      return static_cast<size_t>(n);
    }
    if (errno != EAGAIN) return base::errno_error("audit socket", errno);
    if (polled) return size_t{0};
    pollfd wait{fd_.get(), POLLIN, 0};
    const int ready = ::poll(&wait, 1, timeout_ms);
    if (ready < 0) return base::errno_error("audit socket", errno);
    if (ready == 0) return size_t{0};
  }
}

uint64_t NetlinkTransport::inode() const {
  struct stat s {};
  return ::fstat(fd_.get(), &s) == 0 ? s.st_ino : 0;
}

size_t NetlinkTransport::buffer_bytes() const {
  int size = 0;
  socklen_t n = sizeof size;
  ::getsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &size, &n);
  return static_cast<size_t>(size);
}

}  // namespace aurochs::capture
