// SPDX-License-Identifier: Apache-2.0
#include "control/server.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "base/limits.h"

using namespace aurochs;
using control::Request;
using control::Server;

namespace {

struct Place {
  char directory[32] = "/tmp/aurochs-control-XXXXXX";
  std::string path;
  Place() {
    REQUIRE(::mkdtemp(directory));
    path = std::string(directory) + "/run/s";
  }
  ~Place() {
    (void)::unlink(path.c_str());
    (void)::rmdir((std::string(directory) + "/run").c_str());
    (void)::rmdir(directory);
  }
};

/// The server's thread: main's loop in small.
class Served {
 public:
  explicit Served(const std::string& path) {
    auto opened = Server::open(path, static_cast<gid_t>(-1));
    REQUIRE(opened);
    server_ = std::move(*opened);
    thread_ = std::thread([this] {
      for (int64_t now = 0; !stop_; now += 10) {
        pollfd p{server_->fd(), POLLIN, 0};
        (void)::poll(&p, 1, 5);
        server_->serve(now, [](const Request& r) { return r.verb == "big" ? control::FlatWriter().text("big", std::string(20000, 'x')).take() : control::FlatWriter().text("verb", r.verb).number("uid", r.uid).take(); });
        server_->expire(now);
      }
    });
  }
  ~Served() {
    stop_ = true;
    thread_.join();
  }

 private:
  std::unique_ptr<Server> server_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

base::UniqueFd connect_to(const std::string& path) {
  sockaddr_un a{};
  a.sun_family = AF_UNIX;
  std::memcpy(a.sun_path, path.data(), path.size());
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0);
  return fd;
}

/// True: the server ended the connection; false: it still holds it after two seconds.
bool is_ended(int fd) {
  pollfd p{fd, POLLIN, 0};
  char byte;
  for (;;) {
    if (::poll(&p, 1, 20000) <= 0) return false;
    const ssize_t n = ::recv(fd, &byte, 1, 0);
    if (n <= 0) return true;
  }
}

}  // namespace

TEST_SUITE("control") {
  TEST_CASE("one line is asked and one answered, by verb and by the credentials of who asks") {
    Place place;
    Served served(place.path);
    struct stat st {};
    REQUIRE(::stat(place.path.c_str(), &st) == 0);
    CHECK((st.st_mode & 0777) == 0600);
    const auto answer = control::ask(place.path, R"({"verb":"status"})", 20000);
    REQUIRE(answer);
    CHECK(*answer == control::FlatWriter().text("verb", "status").number("uid", ::getuid()).take());
    const auto big = control::ask(place.path, R"({"verb":"big"})", 20000);
    REQUIRE(big);
    CHECK(big->size() > 20000);
  }
  TEST_CASE("what is no request is answered by why") {
    Place place;
    Served served(place.path);
    for (const std::string& request : {std::string("x"), std::string("{}"), std::string(R"({"verb":5})"), std::string(R"({"verb":"a"}{})"), std::string(limits::kControlBytes + 100, ' ')}) {
      const auto answer = control::ask(place.path, request, 20000);
      REQUIRE(answer);
      CHECK(answer->find("{\"error\":") == 0);
    }
  }
  TEST_CASE("who says nothing is dropped, and so is who comes when too many are there; the others are answered after") {
    Place place;
    Served served(place.path);
    std::vector<base::UniqueFd> silent;
    for (size_t i = 0; i < limits::kControlClients; ++i) silent.push_back(connect_to(place.path));
    const auto one_more = connect_to(place.path);
    CHECK(is_ended(one_more.get()));
    for (const auto& fd : silent) CHECK(is_ended(fd.get()));
    CHECK(control::ask(place.path, R"({"verb":"a"})", 20000));
  }
  TEST_CASE("a socket of a dead sensor is replaced, that of a living one is not") {
    Place place;
    { auto first = Server::open(place.path, static_cast<gid_t>(-1)); REQUIRE(first); const auto second = Server::open(place.path, static_cast<gid_t>(-1)); REQUIRE_FALSE(second); CHECK(second.error().code == EADDRINUSE); }
    CHECK(::access(place.path.c_str(), F_OK) < 0);
    const auto none = control::ask(place.path, "{}", 100);
    REQUIRE_FALSE(none);
    CHECK(none.error().message.find("no aurochsd listens") != std::string::npos);
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    std::memcpy(a.sun_path, place.path.data(), place.path.size());
    { const base::UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0)); REQUIRE(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&a), sizeof a) == 0); }
    CHECK(Server::open(place.path, static_cast<gid_t>(-1)));
    REQUIRE_FALSE(Server::open(std::string(200, 'x'), static_cast<gid_t>(-1)));
  }
}
