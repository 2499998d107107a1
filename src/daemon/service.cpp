// SPDX-License-Identifier: Apache-2.0
#include "daemon/service.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "base/text.h"

namespace aurochs::daemon {

Service::Service() {
  const char* const address = std::getenv("NOTIFY_SOCKET");
  const char* const interval = std::getenv("WATCHDOG_USEC");
  const char* const pid = std::getenv("WATCHDOG_PID");
  uint64_t us = 0, of = 0;
  if (address && (address[0] == '/' || address[0] == '@') && std::strlen(address) < sizeof(sockaddr_un::sun_path)) {
    address_ = address;
    if (address_[0] == '@') address_[0] = '\0';
    fd_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const bool is_for_us = !pid || (base::parse_u64(pid, of) && of == static_cast<uint64_t>(::getpid()));
    if (interval && is_for_us && base::parse_u64(interval, us)) watchdog_ms_ = static_cast<int64_t>(us / 1000);
  }
  for (const char* const name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
}

void Service::send(std::string_view text) {
  if (!fd_) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  (void)::sendto(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to),
                 static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size()));
}

void Service::ready(std::string_view status) { send("READY=1\nSTATUS=" + std::string(status)); }

void Service::reloading(int64_t monotonic_us) { send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(monotonic_us)); }

void Service::stopping() { send("STOPPING=1"); }

void Service::alive(uint64_t progress, int64_t now_ms) {
  if (watchdog_ms_ <= 0 || now_ms < next_ms_ || progress == progress_) return;
  progress_ = progress;
  next_ms_ = now_ms + watchdog_ms_ / 2 - 1000;  // called once a second
  send("WATCHDOG=1");
}

}  // namespace aurochs::daemon
