// SPDX-License-Identifier: Apache-2.0
#include "observe/sockets.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/limits.h"
#include "observe/socket_owners.h"
#include "support/diag_bytes.h"

using namespace aurochs;
using namespace aurochs::observe;
using event::EventType;
using F = event::FieldId;

namespace {

class Clock final : public base::Clock {
 public:
  int64_t unix_ms() override { return 1700000000000; }
  int64_t monotonic_ms() override { return 0; }
};

struct Told {
  EventType type;
  std::map<F, std::string> texts;
  std::map<F, uint64_t> numbers;
};

/// A source on this host's kernel.
class Looking {
 public:
  std::vector<Told> told;

  explicit Looking(int64_t long_s = 3600, bool closes = false) {
    Options options;
    options.clock = &clock_;
    options.network_long_s = long_s;
    options.network_close = closes;
    if (auto opened = source_.open(options); !opened) {
      MESSAGE("SKIP: " << opened.error().message);
      return;
    }
    is_open = true;
    look(0);
  }
  void look(int64_t now_ms) { source_.poll(now_ms, sink()); }
  void take() { source_.take(sink()); }
  const Told* find(EventType type, F field, uint64_t number) const {
    for (const Told& t : told)
      if (t.type == type && t.numbers.count(field) && t.numbers.at(field) == number) return &t;
    return nullptr;
  }
  bool is_open = false;

 private:
  Sink sink() {
    return [this](const event::Event& e) {
      Told t;
      t.type = e.type();
      e.each([&](F f) {
        if (event::field_row(f).type == event::Type::text)
          t.texts[f] = std::string(e.text(f));
        else
          t.numbers[f] = e.number(f);
      });
      told.push_back(std::move(t));
    };
  }
  Clock clock_;
  Sockets source_;
};

base::UniqueFd listener(sockaddr_in& at, int type = SOCK_STREAM, uint16_t port = 0) {
  base::UniqueFd fd(::socket(AF_INET, type | SOCK_CLOEXEC, 0));
  at = {};
  at.sin_family = AF_INET;
  at.sin_port = htons(port);
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  if (type == SOCK_STREAM) REQUIRE(::listen(fd.get(), 5) == 0);
  REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
  return fd;
}

Port port(uint8_t protocol, const char* address, uint16_t number, uint64_t inode) {
  Port p;
  p.protocol = protocol;
  REQUIRE(net::parse_address(address, p.local));
  p.port = number;
  p.inode = inode;
  return p;
}

}  // namespace

TEST_SUITE("observe") {
  TEST_CASE("sockets: differences of two looks") {
    const auto same = [](const Port& a, const Port& b) { return a.is_same(b); };
    const auto added = [&](std::vector<Port> before, std::vector<Port> now) {
      std::sort(before.begin(), before.end());
      std::sort(now.begin(), now.end());
      std::string out;
      each_new(before, now, same, [&](const Port& p) { out += std::to_string(p.port) + " "; });
      return out;
    };
    const Port a = port(6, "0.0.0.0", 22, 5), b = port(6, "127.0.0.1", 80, 6), c = port(17, "::", 53, 7);
    CHECK(added({}, {}) == "");
    CHECK(added({}, {c, a, b}) == "22 80 53 ");
    CHECK(added({a, b, c}, {a, c}) == "");
    CHECK(added({a, c}, {a, b, c}) == "80 ");
    CHECK(added({a}, {port(6, "0.0.0.0", 22, 1)}) == "");  // another socket, the same port
    CHECK(added({a}, {port(6, "0.0.0.0", 22, 900)}) == "");
    CHECK(added({a}, {port(17, "0.0.0.0", 22, 5), port(6, "::", 22, 5)}) == "22 22 ");
  }
  TEST_CASE("sockets: the range of clients' ports, names as they are shown") {
    uint16_t low = 0, high = 0;
    parse_port_range("1024\t65000\n", low, high);
    CHECK(low == 1024);
    CHECK(high == 65000);
    for (const char* wrong : {"", "5", "x y", "9 5", "1 70000", "-1 5"}) {
      parse_port_range(wrong, low, high);
      CHECK(low == 32768);
      CHECK(high == 60999);
    }
    CHECK(shown_name("/tmp/.X11-unix/X0") == "@/tmp/.X11-unix/X0");
    CHECK(shown_name(std::string_view("a\0b\0\0", 5)) == "@a@b");
    CHECK(shown_name("") == "@");
  }
  TEST_CASE("NetworkConnectionLongNix: once, when it is old enough, as long as it is seen") {
    Connections c;
    const auto look = [&](int64_t now_ms, std::vector<uint64_t> cookies) {
      c.begin();
      std::vector<int64_t> lasted;
      for (const uint64_t cookie : cookies) lasted.push_back(c.see(cookie, now_ms, 1000));
      c.end();
      return lasted;
    };
    CHECK(look(0, {1, 2}) == std::vector<int64_t>{0, 0});
    CHECK(look(999, {1}) == std::vector<int64_t>{0});
    CHECK(c.size() == 1);
    CHECK(look(1500, {1, 2}) == std::vector<int64_t>{1500, 0});
    CHECK(look(3000, {1, 2}) == std::vector<int64_t>{0, 1500});
    CHECK(look(9000, {}).empty());
    CHECK(c.size() == 0);
    c.begin();
    for (uint64_t i = 0; i < limits::kConnections + 10; ++i) c.see(i, 0, 1000);
    CHECK(c.size() == limits::kConnections);
    CHECK(c.see(limits::kConnections + 5, 5000, 1000) == 0);
  }
  TEST_CASE("NetworkPortOpenedNix, NetworkPortClosedNix: TCP and UDP of this host, with the holder") {
    Looking looking;
    if (!looking.is_open) return;
    CHECK(looking.told.empty());  // the ground
    sockaddr_in tcp, udp;
    base::UniqueFd server = listener(tcp), datagrams = listener(udp, SOCK_DGRAM, 1900), client = listener(udp, SOCK_DGRAM);
    looking.look(10000);
    const Told* opened = looking.find(EventType::network_port_opened, F::net_src_port, ntohs(tcp.sin_port));
    if (!opened) {
      MESSAGE("SKIP: this kernel has no tcp_diag");
      return;
    }
    CHECK(opened->texts.at(F::net_proto) == "TCP");
    CHECK(opened->texts.at(F::net_src_ipv4) == "127.0.0.1");
    CHECK(opened->numbers.at(F::proc_id) == static_cast<uint64_t>(::getpid()));
    CHECK(opened->numbers.count(F::net_inode));
    CHECK(looking.find(EventType::network_port_opened, F::net_src_port, 1900));
    CHECK_FALSE(looking.find(EventType::network_port_opened, F::net_src_port, ntohs(udp.sin_port)));
    looking.told.clear();
    looking.look(20000);
    CHECK_FALSE(looking.find(EventType::network_port_opened, F::net_src_port, ntohs(tcp.sin_port)));
    server.reset();
    looking.look(30000);
    const Told* closed = looking.find(EventType::network_port_closed, F::net_src_port, ntohs(tcp.sin_port));
    REQUIRE(closed);
    CHECK(closed->numbers.at(F::proc_id) == static_cast<uint64_t>(::getpid()));
  }
  TEST_CASE("NetworkConnectionLongNix, NetworkConnectionCloseNix: of this host") {
    Looking looking(1, true);
    if (!looking.is_open) return;
    sockaddr_in at;
    const base::UniqueFd server = listener(at);
    base::UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::write(client.get(), "12345", 5) == 5);
    base::UniqueFd accepted(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
    looking.look(10000);
    looking.look(20000);
    const Told* outbound = looking.find(EventType::network_connection_long, F::net_dst_port, ntohs(at.sin_port));
    if (!outbound) {
      MESSAGE("SKIP: this kernel has no tcp_diag");
      return;
    }
    CHECK(outbound->numbers.at(F::net_duration) == 10);
    CHECK(outbound->texts.at(F::net_state) == "ESTABLISHED");
    CHECK(outbound->texts.at(F::net_community_id).size() == 30);
    if (outbound->numbers.count(F::net_rx_bytes)) CHECK(outbound->numbers.at(F::net_rx_bytes) + outbound->numbers.at(F::net_tx_bytes) >= 5);
    accepted.reset();
    client.reset();
    for (int i = 0; i < 100 && !looking.find(EventType::network_connection_close, F::net_dst_port, ntohs(at.sin_port)); ++i) {
      ::usleep(10000);
      looking.take();
    }
    CHECK(looking.find(EventType::network_connection_close, F::net_dst_port, ntohs(at.sin_port)));
  }
  TEST_CASE("AbstractSocketListenNix: of this host") {
    Looking looking;
    if (!looking.is_open) return;
    const base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    const std::string name = "aurochs-test-" + std::to_string(::getpid());
    name.copy(at.sun_path + 1, name.size());
    REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&at), static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size())) == 0);
    REQUIRE(::listen(fd.get(), 1) == 0);
    looking.look(10000);
    const Told* told = looking.find(EventType::abstract_socket_listen, F::proc_id, static_cast<uint64_t>(::getpid()));
    if (!told) {
      MESSAGE("SKIP: this kernel has no unix_diag");
      return;
    }
    CHECK(told->texts.at(F::net_path) == "@" + name);
  }
  TEST_CASE("sockets: nobody, and processes that are gone") {
    SocketOwners owners;
    owners.want(0);
    owners.want(1);
    owners.want(1);
    owners.find("/proc");
    CHECK(owners.pid_of(1) == 0);
    CHECK(owners.pid_of(2) == 0);
    CHECK(start_ticks_of("/proc", ::getpid()) > 0);
    CHECK(start_ticks_of("/proc", 0) == 0);
    CHECK(start_ticks_of("/nonexistent", 1) == 0);
  }
}
