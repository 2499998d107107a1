// SPDX-License-Identifier: Apache-2.0
#include "control/server.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::control {
namespace {

constexpr size_t kAnswerBytes = 16 * limits::kControlBytes;  // a client takes no longer one

bool set_address(const std::string& path, sockaddr_un& out) {
  out = {};
  out.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof out.sun_path) return false;
  std::memcpy(out.sun_path, path.data(), path.size());
  return true;
}

base::Error too_long(const std::string& path) { return {ENAMETOOLONG, path + ": too long for a socket, 107 bytes at most; set control.socket"}; }

const sockaddr* general(const sockaddr_un& a) { return reinterpret_cast<const sockaddr*>(&a); }

bool watch(int epoll, int fd, uint32_t events, void* who, int how) {
  epoll_event e{};
  e.events = events;
  e.data.ptr = who;
  return ::epoll_ctl(epoll, how, fd, &e) == 0;
}

/// A socket that answers nobody is of a sensor that was killed.
bool is_dead(const sockaddr_un& address) {
  struct stat st {};
  if (::lstat(address.sun_path, &st) < 0 || !S_ISSOCK(st.st_mode)) return false;
  const base::UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  return ::connect(probe.get(), general(address), sizeof address) < 0 && errno == ECONNREFUSED;
}

int64_t now_ms() {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return int64_t{t.tv_sec} * 1000 + t.tv_nsec / 1000000;
}

}  // namespace

std::string refusal(std::string_view why) { return FlatWriter().text("error", why).take(); }

base::Result<std::unique_ptr<Server>> Server::open(const std::string& path, gid_t group) {
  sockaddr_un address;
  if (!set_address(path, address)) return too_long(path);
  base::UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), epoll(::epoll_create1(EPOLL_CLOEXEC));
  if (!listener || !epoll) return base::errno_error(path, errno);
  const size_t slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) (void)::mkdir(path.substr(0, slash).c_str(), 0755);
  if (is_dead(address)) (void)::unlink(path.c_str());
  const mode_t before = ::umask(0177);  // between bind and chmod nobody else may connect
  const int bound = ::bind(listener.get(), general(address), sizeof address);
  const int code = errno;
  (void)::umask(before);
  if (bound < 0) return base::errno_error(path, code);
  const bool has_group = group != static_cast<gid_t>(-1);
  if (has_group && (::chown(path.c_str(), static_cast<uid_t>(-1), group) < 0 || ::chmod(path.c_str(), 0660) < 0)) {
    const int why = errno;
    (void)::unlink(path.c_str());
    return base::errno_error(path + ": control.group", why);
  }
  if (::listen(listener.get(), static_cast<int>(limits::kControlClients)) < 0 || !watch(epoll.get(), listener.get(), EPOLLIN, nullptr, EPOLL_CTL_ADD))
    return base::errno_error(path, errno);
  return std::unique_ptr<Server>(new Server(path, std::move(listener), std::move(epoll), has_group));
}

Server::~Server() { (void)::unlink(path_.c_str()); }

void Server::accept_all(int64_t now_ms) {
  for (;;) {
    base::UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) return;
    Client c;
    socklen_t size = sizeof c.peer;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &c.peer, &size) < 0) continue;
    const bool is_allowed = c.peer.uid == 0 || c.peer.uid == ::geteuid() || has_group_;
    if (!is_allowed || clients_.size() >= limits::kControlClients) continue;
    c.fd = std::move(fd);
    c.since_ms = now_ms;
    clients_.push_back(std::move(c));
    if (!watch(epoll_.get(), clients_.back().fd.get(), EPOLLIN, &clients_.back(), EPOLL_CTL_ADD)) clients_.pop_back();
  }
}

void Server::read(Client& c, const Answer& answer) {
  std::array<char, 1024> buffer;
  for (;;) {
    const ssize_t n = ::recv(c.fd.get(), buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return void(c.is_done = true);
    c.in.append(buffer.data(), static_cast<size_t>(n));
    const size_t end = c.in.find('\n');
    if (end == std::string::npos && c.in.size() <= limits::kControlBytes) continue;
    Request request;
    request.uid = c.peer.uid;
    request.pid = c.peer.pid;
    const Member* verb = nullptr;
    if (end == std::string::npos || end > limits::kControlBytes)
      c.out = refusal("a request is one line of at most " + std::to_string(limits::kControlBytes) + " bytes");
    else if (!parse_flat(std::string_view(c.in).substr(0, end), request.members) || !(verb = find(request.members, "verb")) || !verb->is_text)
      c.out = refusal("a request is one JSON object without others in it, with the member \"verb\"");
    else
      request.verb = verb->value;
    if (c.out.empty()) c.out = answer(request);
    c.out += '\n';
    return write(c);
  }
}

void Server::write(Client& c) {
  while (!c.out.empty()) {
    const ssize_t n = ::send(c.fd.get(), c.out.data(), c.out.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN && watch(epoll_.get(), c.fd.get(), EPOLLOUT, &c, EPOLL_CTL_MOD)) return;
    if (n < 0) break;
    c.out.erase(0, static_cast<size_t>(n));
  }
  c.is_done = true;
}

void Server::serve(int64_t now_ms, const Answer& answer) {
  std::array<epoll_event, limits::kControlClients + 1> events;
  const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), 0);
  for (int i = 0; i < n; ++i) {
    auto* c = static_cast<Client*>(events[static_cast<size_t>(i)].data.ptr);
    if (!c)
      accept_all(now_ms);
    else if (c->out.empty())
      read(*c, answer);
    else
      write(*c);
  }
  clients_.remove_if([](const Client& c) { return c.is_done; });
}

void Server::expire(int64_t now_ms) {
  clients_.remove_if([now_ms](const Client& c) { return now_ms - c.since_ms > limits::kControlMs; });
}

base::Result<std::string> ask(const std::string& path, std::string_view request, int timeout_ms) {
  sockaddr_un address;
  if (!set_address(path, address)) return too_long(path);
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd || ::connect(fd.get(), general(address), sizeof address) < 0) {
    base::Error e = base::errno_error(path, errno);
    if (e.code == ECONNREFUSED || e.code == ENOENT) e.message += "; no aurochsd listens there: start it, or name its socket with --socket";
    if (e.code == EACCES) e.message += "; root may ask, and the group of control.group";
    return e;
  }
  std::string line(request);
  line += '\n';
  if (::send(fd.get(), line.data(), line.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(line.size())) return base::errno_error(path, errno);
  std::string answer;
  const int64_t until_ms = now_ms() + timeout_ms;
  std::array<char, 4096> buffer;
  while (answer.find('\n') == std::string::npos && answer.size() <= kAnswerBytes) {
    pollfd p{fd.get(), POLLIN, 0};
    const int64_t left = until_ms - now_ms();
    if (left <= 0 || ::poll(&p, 1, static_cast<int>(left)) == 0) return base::Error{ETIMEDOUT, path + ": no answer in " + std::to_string(timeout_ms) + " ms; is aurochsd stopped?"};
    const ssize_t n = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return base::Error{ECONNRESET, path + ": aurochsd ended the connection; too many ask at once, or we may not ask"};
    answer.append(buffer.data(), static_cast<size_t>(n));
  }
  answer.resize(std::min(answer.find('\n'), answer.size()));
  return answer;
}

}  // namespace aurochs::control
