// SPDX-License-Identifier: Apache-2.0
#include "net/socket.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/fd.h"
#include "net/sock_diag.h"
#include "support/diag_bytes.h"

using namespace aurochs;
using namespace aurochs::net;

namespace {

std::string text_of(const Address& a) {
  char out[Address::kTextBytes];
  return {out, a.text(out)};
}

base::UniqueFd listener(sockaddr_in& at) {
  base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  at = {};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(::bind(fd.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
  REQUIRE(::listen(fd.get(), 5) == 0);
  REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
  return fd;
}

}  // namespace

TEST_SUITE("net") {
  TEST_CASE("a message of inet_diag") {
    DiagSocket d;
    d.local = "10.0.0.5";
    d.remote = "10.0.0.9";
    d.local_port = 40000;
    d.remote_port = 443;
    d.uid = 33;
    d.inode = 12345;
    d.cookie = 0x100000002;
    Socket s;
    REQUIRE(parse_inet_diag(d.bytes() + tcp_info_bytes(1000, 2000), 6, s));
    CHECK(text_of(s.local) == "10.0.0.5");
    CHECK(text_of(s.remote) == "10.0.0.9");
    CHECK(s.local_port == 40000);
    CHECK(s.remote_port == 443);
    CHECK(s.state == kEstablished);
    CHECK(s.uid == 33);
    CHECK(s.inode == 12345);
    CHECK(s.cookie == 0x100000002);
    CHECK(s.protocol == 6);
    CHECK(s.has_bytes);
    CHECK(s.sent == 1000);
    CHECK(s.received == 2000);
  }
  TEST_CASE("inet_diag: IPv6, a protocol of its own, tcp_info of an old kernel, cut messages") {
    DiagSocket d;
    d.family = AF_INET6;
    d.local = "2001:db8::5";
    d.remote = "::ffff:10.0.0.9";
    Socket s;
    REQUIRE(parse_inet_diag(d.bytes() + attribute(5, std::string(1, 17)) + attribute(INET_DIAG_INFO, std::string(104, 'x')), 6, s));
    CHECK(text_of(s.local) == "2001:db8::5");
    CHECK(text_of(s.remote) == "10.0.0.9");
    CHECK(s.protocol == 17);
    CHECK_FALSE(s.has_bytes);
    const std::string whole = d.bytes() + tcp_info_bytes(1, 2);
    for (size_t n = 0; n < whole.size(); ++n) CHECK(parse_inet_diag(whole.substr(0, n), 6, s) == (n >= sizeof(inet_diag_msg)));
    d.family = AF_UNIX;
    CHECK_FALSE(parse_inet_diag(d.bytes(), 6, s));
  }
  TEST_CASE("a message of unix_diag") {
    UnixSocket s;
    const std::string abstract = unix_bytes(77, 10, std::string_view("\0/tmp/x", 7)), path = unix_bytes(78, 1, "/run/a.sock");
    REQUIRE(parse_unix_diag(abstract, s));
    CHECK(s.inode == 77);
    CHECK(s.state == kListen);
    CHECK(s.is_abstract);
    CHECK(s.name == "/tmp/x");
    REQUIRE(parse_unix_diag(path, s));
    CHECK_FALSE(s.is_abstract);
    CHECK(s.name == "/run/a.sock");
    for (size_t n = 0; n < path.size(); ++n) CHECK(parse_unix_diag(path.substr(0, n), s) == (n >= sizeof(unix_diag_msg)));
  }
  TEST_CASE("lines of /proc/net") {
    Socket s;
    CHECK_FALSE(parse_proc_net("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode", false, 6, s));
    REQUIRE(parse_proc_net("   3: 0100007F:1F90 0900000A:01BB 01 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 100 0 0 10 0", false, 6, s));
    CHECK(s.local_port == 8080);
    CHECK(s.remote_port == 443);
    CHECK(s.uid == 1000);
    CHECK(s.inode == 4242);
    if (htonl(1) != 1) CHECK(text_of(s.remote) == "10.0.0.9");
    REQUIRE(parse_proc_net("   0: 00000000000000000000000001000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 7", true, 6, s));
    if (htonl(1) != 1) CHECK(text_of(s.local) == "::1");
    CHECK(s.state == kListen);
    CHECK_FALSE(parse_proc_net("   0: 0100007F:1F90 0900000A", false, 6, s));
    CHECK_FALSE(parse_proc_net("   0: 0100007F:1FFFF90 0900000A:01BB 01 0:0 0:0 0 0 0 1", false, 6, s));
    CHECK_FALSE(parse_proc_net("", false, 6, s));
  }
  TEST_CASE("a datagram of messages is walked to its end, foreign answers are passed over") {
    const std::string one = netlink_message(20, 5, "aaaa"), other = netlink_message(20, 4, "bbbb"), done = netlink_message(3, 5, "\0\0\0\0");
    std::vector<std::string> seen;
    const auto visit = [&](std::string_view payload) { return seen.emplace_back(payload), true; };
    CHECK(walk_messages(one + other + one, 5, visit) == Walk::more);
    CHECK(seen.size() == 2);
    CHECK(walk_messages(one + done + one, 5, visit) == Walk::done);
    CHECK(seen.size() == 3);
    CHECK(walk_messages(netlink_message(2, 5, "e"), 5, visit) == Walk::failed);
    CHECK(walk_messages(one + one, 5, [](std::string_view) { return false; }) == Walk::stopped);
    for (size_t n = 0; n < one.size(); ++n) CHECK(walk_messages(one.substr(0, n), 5, visit) == Walk::more);
    CHECK(seen.size() == 3);
    std::string lies = one;
    lies[0] = 100;  // nlmsg_len beyond the end
    CHECK(walk_messages(lies, 5, visit) == Walk::more);
    lies[0] = 3;
    CHECK(walk_messages(lies, 5, visit) == Walk::more);
    CHECK(seen.size() == 3);
  }
  TEST_CASE("the kernel of this host: listening, connected, by peer, stopped early") {
    SockDiag diag;
    if (auto opened = diag.open(); !opened) {
      MESSAGE("SKIP: " << opened.error().message);
      return;
    }
    sockaddr_in at;
    const base::UniqueFd server = listener(at);
    const base::UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    const uint16_t port = ntohs(at.sin_port);
    const Address loopback = v4_address(&at.sin_addr);
    SockDiag::Query query;
    query.family = AF_INET;
    query.protocol = IPPROTO_TCP;
    query.states = 1u << kListen;
    size_t listening = 0, rows = 0;
    if (!diag.inet(query, [&](const Socket& s) { return listening += s.local_port == port && s.local == loopback, true; })) {
      MESSAGE("SKIP: this kernel has no tcp_diag");
      return;
    }
    CHECK(listening == 1);
    query.states = ~(1u << kListen);
    query.remote = &loopback;
    query.remote_port = port;
    query.wants_bytes = true;
    Socket found;
    REQUIRE(diag.inet(query, [&](const Socket& s) { return ++rows, found = s, true; }));
    CHECK(rows == 1);
    CHECK(found.state == kEstablished);
    query.remote = nullptr;
    REQUIRE(diag.inet(query, [&](const Socket&) { return false; }));
    rows = 0;
    REQUIRE(diag.inet(query, [&](const Socket&) { return ++rows, true; }));
    CHECK(rows >= 2);
    UnixSocket u;
    CHECK_FALSE(diag.unix_by_inode(0, u));
    CHECK_FALSE(diag.unix_by_inode(4294967295u, u));
  }
}
