// SPDX-License-Identifier: Apache-2.0
#include "capture/proc_connector.h"

#include <linux/cn_proc.h>
#include <linux/connector.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>

#include "base/limits.h"

namespace aurochs::capture {
namespace {
using audit::ProcessFrame;
using audit::ProcessWhat;
using base::Error;

// Offsets, not structs: proc_event has grown (comm 3.2, coredump 3.10, parents 4.18), and older kernels send less.
constexpr size_t kMessageAt = 16;                    // struct cn_msg behind nlmsghdr
constexpr size_t kMessageBytes = 20;
constexpr size_t kEventAt = kMessageAt + kMessageBytes;
constexpr size_t kTimeAt = 8, kBodyAt = 16;          // in struct proc_event
constexpr int kAckTimeoutMs = 500;

// proc_event::what by number: the header nests them, spells them or lacks them, depending on its version.
constexpr uint32_t kNone = 0, kFork = 1, kExec = 2, kUid = 4, kGid = 0x40, kSid = 0x80, kComm = 0x200,
                   kCoredump = 0x40000000, kExit = 0x80000000;

/// Reads that know the end: what did not come is 0 and marks the view short.
struct Bytes {
  std::string_view bytes;
  bool is_short = false;
  template <class T>
  T at(size_t offset) {
    T v{};
    if (offset + sizeof v > bytes.size())
      is_short = true;
    else
      std::memcpy(&v, bytes.data() + offset, sizeof v);
    return v;
  }
};

struct Message {
  uint32_t ack;
  Bytes event;
};

bool unwrap(std::string_view datagram, Message& out) {
  Bytes b{datagram};
  const auto index = b.at<uint32_t>(kMessageAt), value = b.at<uint32_t>(kMessageAt + 4);
  out.ack = b.at<uint32_t>(kMessageAt + 12);
  const auto length = b.at<uint16_t>(kMessageAt + 16);
  if (b.is_short || index != CN_IDX_PROC || value != CN_VAL_PROC) return false;
  if (kEventAt + length > datagram.size()) return false;
  out.event = Bytes{datagram.substr(kEventAt, length)};
  return true;
}

bool send_operation(int fd, uint32_t operation, uint32_t token) {
  char bytes[kEventAt + sizeof operation] = {};
  nlmsghdr head{};
  head.nlmsg_len = sizeof bytes;
  head.nlmsg_type = NLMSG_DONE;
  std::memcpy(bytes, &head, sizeof head);
  const uint32_t words[4] = {CN_IDX_PROC, CN_VAL_PROC, 0, token};  // index, value, seq, ack
  std::memcpy(bytes + kMessageAt, words, sizeof words);
  const uint16_t length = sizeof operation;
  std::memcpy(bytes + kMessageAt + 16, &length, sizeof length);
  std::memcpy(bytes + kEventAt, &operation, sizeof operation);
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  return ::sendto(fd, bytes, sizeof bytes, 0, reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel) ==
         static_cast<ssize_t>(sizeof bytes);
}

Error unavailable(const char* step, int code) {
  const char* advice = "going on without it";
  switch (code) {
    case EPROTONOSUPPORT:
    case ENOENT: advice = "this kernel has no connector; load the module cn where it is one"; break;
    case EPERM: advice = "grant CAP_NET_ADMIN in the initial user namespace"; break;
    case ECONNREFUSED: advice = "run in the initial network namespace"; break;
    default: break;
  }
  Error error = base::errno_error(std::string("proc connector: ") + step, code);
  error.message.append("; ").append(advice);
  return error;
}

int64_t now_ms() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1000000;
}

/// The acknowledgement goes to the whole group with our ack number + 1 (cn_proc_ack); our seq comes back on old kernels
/// only (not on 6.18). Events that come in between are dropped here, before anybody relies on them.
base::Status wait_for_ack(int fd, uint32_t token) {
  char bytes[1024];
  const int64_t deadline = now_ms() + kAckTimeoutMs;
  for (int64_t left = kAckTimeoutMs; left > 0; left = deadline - now_ms()) {
    pollfd p{fd, POLLIN, 0};
    if (::poll(&p, 1, static_cast<int>(left)) <= 0) continue;
    const ssize_t n = ::recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
    Message message{};
    if (n <= 0 || !unwrap({bytes, static_cast<size_t>(n)}, message)) continue;
    if (message.ack != token + 1 || message.event.at<uint32_t>(0) != kNone) continue;
    const auto code = static_cast<int>(message.event.at<uint32_t>(kBodyAt));
    if (message.event.is_short) continue;
    if (code) return unavailable("listening", code);
    return base::Ok{};
  }
  return Error{ETIMEDOUT, "proc connector: no answer within 500 ms; run in the initial pid and user namespaces, on a "
                          "kernel with CONFIG_PROC_EVENTS"};
}

}  // namespace

base::Result<base::UniqueFd> open_proc_connector() {
  base::UniqueFd fd(::socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_CONNECTOR));
  if (!fd) return unavailable("socket", errno);
  const int bytes = static_cast<int>(limits::kSocketBufferBytes);
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
    (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);  // cut to rmem_max, still more
  sockaddr_nl group{};
  group.nl_family = AF_NETLINK;
  group.nl_groups = CN_IDX_PROC;
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&group), sizeof group) < 0) return unavailable("bind", errno);
  const auto token = static_cast<uint32_t>(::getpid());
  if (!send_operation(fd.get(), PROC_CN_MCAST_LISTEN, token)) return unavailable("listen", errno);
  if (auto ack = wait_for_ack(fd.get(), token); !ack) return ack.error();
  return fd;
}

void leave_proc_connector(int fd) { (void)send_operation(fd, PROC_CN_MCAST_IGNORE, 0); }

ConnectorWord decode_connector(std::string_view datagram, ProcessFrame& out) {
  Message message{};
  if (!unwrap(datagram, message)) return ConnectorWord::damaged;
  Bytes& event = message.event;
  const auto what = event.at<uint32_t>(0);
  // All bodies but fork's begin with the thread's id and its process's; fork's has those of parent and child.
  const auto body = [&event](size_t word) { return event.at<uint32_t>(kBodyAt + 4 * word); };
  out = ProcessFrame{};
  out.time_ns = event.at<uint64_t>(kTimeAt);
  uint32_t thread = body(0), process = body(1);
  switch (what) {
    case kFork:
      out.what = static_cast<uint32_t>(ProcessWhat::fork);
      out.parent = static_cast<int32_t>(process);
      thread = body(2), process = body(3);
      break;
    case kExec: out.what = static_cast<uint32_t>(ProcessWhat::exec); break;
    case kUid:
    case kGid:
      out.what = static_cast<uint32_t>(what == kUid ? ProcessWhat::uid : ProcessWhat::gid);
      out.a = body(2), out.b = body(3);
      break;
    case kSid: out.what = static_cast<uint32_t>(ProcessWhat::sid); break;
    case kComm: out.what = static_cast<uint32_t>(ProcessWhat::comm); break;
    case kCoredump: out.what = static_cast<uint32_t>(ProcessWhat::coredump); break;
    case kExit:
      out.what = static_cast<uint32_t>(ProcessWhat::exit);
      out.a = body(2), out.b = body(3);
      break;
    default: return ConnectorWord::ignored;
  }
  if (event.is_short) return ConnectorWord::damaged;
  // A core dump is told by the thread that crashed, whichever it is; it is the process that dies.
  if (thread != process && what != kCoredump) return ConnectorWord::ignored;
  out.pid = static_cast<int32_t>(process);
  return ConnectorWord::process;
}

}  // namespace aurochs::capture
