// SPDX-License-Identifier: Apache-2.0
// aurochs-audisp: the plugin of auditd (3.x) and audispd (2.x) that hands records on to aurochsd. It reads lines on standard
// input and writes them to the sensor's socket; it always reads, since all plugins share auditd's queue. While the sensor is
// away or slow it keeps limits::kRelayBytes, then the oldest lines go, and their number is told. It ends when auditd closes
// its input or sends SIGTERM; SIGHUP (auditd reads its configuration anew) changes nothing.
// Plain POSIX: no C++ library is loaded, and the memory is that of two buffers.
#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <syslog.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <initializer_list>

#include "relay/line_queue.h"
#include "version.h"

namespace aurochs::relay {
namespace {

constexpr int kRetryMs = 500;       // between two attempts to reach the sensor
constexpr int kFarewellMs = 2000;   // for what waits, after auditd's end
constexpr size_t kReadBytes = 64u << 10;

LineQueue queue;  // too large for a stack
char input[kReadBytes];

int64_t now_ms() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1000000;
}

class Relay {
 public:
  explicit Relay(const sockaddr_un& address, int signals) : address_(address), signals_(signals) {}
  int run();

 private:
  void connect();
  void disconnect();
  void send();
  void read_input();
  void turn(int wait_ms);
  int wait_ms() const;

  const sockaddr_un address_;
  const int signals_;
  int socket_ = -1;
  int64_t next_try_ms_ = 0;
  uint64_t told_ = 0;
  bool has_ended_ = false;
};

void Relay::connect() {
  if (socket_ >= 0 || now_ms() < next_try_ms_) return;
  next_try_ms_ = now_ms() + kRetryMs;
  socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket_ >= 0 && ::connect(socket_, reinterpret_cast<const sockaddr*>(&address_), sizeof address_) == 0) return queue.begin_again();
  disconnect();
}

void Relay::disconnect() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
}

void Relay::send() {
  const char* bytes = nullptr;
  for (size_t size; socket_ >= 0 && (size = queue.front(bytes)) > 0;) {
    const ssize_t n = ::send(socket_, bytes, size, MSG_NOSIGNAL);
    if (n >= 0) {
      queue.sent(static_cast<size_t>(n));
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      return;
    } else if (errno != EINTR) {
      disconnect();
    }
  }
}

void Relay::read_input() {
  const ssize_t n = ::read(STDIN_FILENO, input, sizeof input);
  if (n > 0) queue.put(input, static_cast<size_t>(n));
  if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) has_ended_ = true;
  if (queue.dropped() > 0 && told_ == 0) {
    told_ = queue.dropped();
    ::syslog(LOG_WARNING, "aurochsd does not read %s: records are dropped, their number will be told", address_.sun_path);
  }
}

int Relay::wait_ms() const {
  if (socket_ >= 0) return -1;
  const int64_t left = next_try_ms_ - now_ms();
  return left > 0 ? static_cast<int>(left) : 0;
}

void Relay::turn(int wait) {
  const char* bytes = nullptr;
  const bool has_work = queue.front(bytes) > 0;
  pollfd fds[3] = {{has_ended_ ? -1 : STDIN_FILENO, POLLIN, 0}, {signals_, POLLIN, 0}, {socket_, static_cast<short>(has_work ? POLLOUT : 0), 0}};
  (void)::poll(fds, 3, wait);
  if (fds[0].revents) read_input();
  signalfd_siginfo signal{};
  if (fds[1].revents && ::read(signals_, &signal, sizeof signal) == sizeof signal && signal.ssi_signo != SIGHUP) has_ended_ = true;
  if (fds[2].revents & (POLLHUP | POLLERR)) disconnect();
  connect();
  send();
}

int Relay::run() {
  while (!has_ended_) turn(wait_ms());
  const char* bytes = nullptr;
  for (const int64_t until = now_ms() + kFarewellMs; queue.front(bytes) > 0 && now_ms() < until;) turn(50);
  disconnect();
  const uint64_t lost = queue.waiting();
  if (lost == 0) return 0;
  ::syslog(LOG_WARNING, "auditd has ended and aurochsd does not read %s: %llu records are lost", address_.sun_path, static_cast<unsigned long long>(lost));
  return 1;
}

}  // namespace
}  // namespace aurochs::relay

int main(int argc, char** argv) {
  using namespace aurochs::relay;
  if (argc > 2 || (argc == 2 && argv[1][0] == '-')) {
    const bool is_version = argc == 2 && !std::strcmp(argv[1], "--version");
    std::printf(is_version ? "aurochs-audisp " AUROCHS_VERSION "\n" : "usage: aurochs-audisp [SOCKET]\n\nA plugin of auditd: lines of standard input go to aurochsd at SOCKET (" AUROCHS_RELAY_SOCKET ").\n");
    return is_version || (argc == 2 && !std::strcmp(argv[1], "--help")) ? 0 : 2;
  }
  const char* path = argc == 2 ? argv[1] : AUROCHS_RELAY_SOCKET;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(path) >= sizeof address.sun_path) {
    std::fprintf(stderr, "aurochs-audisp: %s: no path of a socket (1 to 107 bytes); name a shorter one, as capture.relay of aurochsd\n", path);
    return 2;
  }
  std::memcpy(address.sun_path, path, std::strlen(path));
  sigset_t set;
  sigemptyset(&set);
  for (const int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  ::openlog("aurochs-audisp", LOG_PID, LOG_DAEMON);
  return Relay(address, ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)).run();
}
