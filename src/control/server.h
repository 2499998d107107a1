// SPDX-License-Identifier: Apache-2.0
// Server: the control socket. A client sends one line, a flat JSON object with the member "verb"; it gets one line back, and
// the connection ends. Root may ask, and with a group its members: the socket's mode says so to the kernel, and the peer's
// credentials are looked at again. Never waits: fd() is one descriptor for the owner's poll, serve() does what can be done at
// once; who is slow, says too much or says nothing in limits::kControlMs is dropped. One thread.
#pragma once
#include <sys/socket.h>
#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "control/flat.h"

namespace aurochs::control {

struct Request {
  std::string verb;
  Flat members;
  uid_t uid = 0;
  pid_t pid = 0;
};
/// The answer, a flat JSON object without newline.
using Answer = std::function<std::string(const Request&)>;

std::string refusal(std::string_view why);  ///< {"error": WHY}

class Server {
 public:
  /// Replaces a socket that nobody listens to any more; one that somebody does is EADDRINUSE. group: -1 for root alone.
  static base::Result<std::unique_ptr<Server>> open(const std::string& path, gid_t group);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int fd() const { return epoll_.get(); }
  void serve(int64_t now_ms, const Answer& answer);
  /// Drops who took too long; once a second.
  void expire(int64_t now_ms);

 private:
  struct Client {
    base::UniqueFd fd;
    ucred peer{};
    int64_t since_ms = 0;
    std::string in, out;
    bool is_done = false;
  };
  Server(std::string path, base::UniqueFd listener, base::UniqueFd epoll, bool has_group)
      : path_(std::move(path)), listener_(std::move(listener)), epoll_(std::move(epoll)), has_group_(has_group) {}
  void accept_all(int64_t now_ms);
  void read(Client& c, const Answer& answer);
  void write(Client& c);

  const std::string path_;
  base::UniqueFd listener_, epoll_;
  const bool has_group_;
  std::list<Client> clients_;
};

/// A client's side: sends the line, waits at most timeout_ms for the answer's.
base::Result<std::string> ask(const std::string& path, std::string_view request, int timeout_ms);

}  // namespace aurochs::control
