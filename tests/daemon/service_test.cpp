// SPDX-License-Identifier: Apache-2.0
#include "daemon/service.h"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

using aurochs::daemon::Service;

namespace {

/// systemd's end.
class Listener {
 public:
  Listener() : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    socklen_t size = sizeof(sa_family_t);  // the kernel picks an abstract name
    REQUIRE(::bind(fd_.get(), reinterpret_cast<sockaddr*>(&at), size) == 0);
    size = sizeof at;
    REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    name_ = "@" + std::string(at.sun_path + 1, size - sizeof(sa_family_t) - 1);
  }
  const std::string& name() const { return name_; }
  std::string next() {
    char text[256];
    const ssize_t n = ::recv(fd_.get(), text, sizeof text, 0);
    return n < 0 ? std::string() : std::string(text, static_cast<size_t>(n));
  }

 private:
  aurochs::base::UniqueFd fd_;
  std::string name_;
};

Service started(const Listener& listener, const char* watchdog_us) {
  ::setenv("NOTIFY_SOCKET", listener.name().c_str(), 1);
  if (watchdog_us) ::setenv("WATCHDOG_USEC", watchdog_us, 1);
  return Service();
}

}  // namespace

TEST_SUITE("daemon") {
  TEST_CASE("service: ready, reloading, stopping reach systemd; the environment is cleaned") {
    Listener systemd;
    Service service = started(systemd, nullptr);
    CHECK_FALSE(std::getenv("NOTIFY_SOCKET"));
    CHECK_FALSE(service.is_watched());
    service.ready("multicast");
    CHECK(systemd.next() == "READY=1\nSTATUS=multicast");
    service.reloading(12);
    CHECK(systemd.next() == "RELOADING=1\nMONOTONIC_USEC=12");
    service.stopping();
    CHECK(systemd.next() == "STOPPING=1");
    service.alive(1, 1000000);
    CHECK(systemd.next().empty());
  }

  TEST_CASE("service: the watchdog is fed only while the line moves") {
    Listener systemd;
    Service service = started(systemd, "10000000");
    REQUIRE(service.is_watched());
    service.alive(5, 1000);
    CHECK(systemd.next() == "WATCHDOG=1");
    service.alive(6, 2000);  // not due
    CHECK(systemd.next().empty());
    service.alive(5, 9000);  // due, but no turn since
    CHECK(systemd.next().empty());
    service.alive(7, 10000);
    CHECK(systemd.next() == "WATCHDOG=1");
  }

  TEST_CASE("service: without systemd, and with an address that is none, nothing happens") {
    ::unsetenv("NOTIFY_SOCKET");
    Service alone;
    alone.ready("x");
    ::setenv("NOTIFY_SOCKET", "vsock:2:1", 1);
    ::setenv("WATCHDOG_USEC", "10000000", 1);
    Service strange;
    CHECK_FALSE(strange.is_watched());
  }
}
