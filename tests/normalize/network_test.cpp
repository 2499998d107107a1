// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

namespace {

const std::string kIds = " ppid=10 pid=2000 auid=1000 uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts2 ses=4 comm=\"probe\" exe=\"/usr/bin/probe\" key=";

/// SYSCALL of x86_64.
std::string call(int number, const std::string& result, const std::string& arguments, const std::string& key = "(null)") {
  return "SYSCALL arch=c000003e syscall=" + std::to_string(number) + " " + result + " " + arguments + " items=0" + kIds + key;
}
const std::string kYes = "success=yes exit=0";
std::string saddr(const std::string& hex) { return "SOCKADDR saddr=" + hex; }
std::string unix_saddr(const std::string& path) {
  std::string hex = "0100";
  for (const char c : path) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    hex += kDigits[static_cast<unsigned char>(c) >> 4];
    hex += kDigits[c & 15];
  }
  return saddr(hex + "00");
}

const std::string kFour = "020001BB0A0000090000000000000000";                                // 10.0.0.9:443
const std::string kSix = "0A0001BB0000000020010DB800000000000000000000000900000000";        // [2001:db8::9]:443
const std::string kMapped = "0A0001BB0000000000000000000000000000FFFF0A00000900000000";     // [::ffff:10.0.0.9]:443

EventType type_of(Lines lines) {
  Normalized n(std::move(lines));
  return n.result.has_event ? n.type() : EventType::count_;
}

}  // namespace

TEST_SUITE("normalize") {
  TEST_CASE("NetworkConnectNix: IPv4, IPv6, IPv4 in IPv6") {
    Normalized four({call(42, kYes, "a0=5 a1=7ffc a2=10 a3=0"), saddr(kFour)});
    REQUIRE(four.type() == EventType::network_connect);
    CHECK(four.text(F::net_dst_ipv4) == "10.0.0.9");
    CHECK(four.number(F::net_dst_port) == 443);
    CHECK(four.number(F::net_is_ipv6) == 0);
    CHECK(four.text(F::net_family) == "inet");
    CHECK(four.text(F::net_conn_direction) == "Outbound");
    CHECK(four.number(F::net_fd) == 5);
    CHECK(four.has(F::net_op_status));
    CHECK(four.number(F::proc_id) == 2000);
    Normalized six({call(42, kYes, "a0=5 a1=7ffc a2=1c a3=0"), saddr(kSix)});
    CHECK(six.text(F::net_dst_ipv6) == "2001:db8::9");
    CHECK_FALSE(six.has(F::net_dst_ipv4));
    CHECK(six.number(F::net_is_ipv6) == 1);
    Normalized mapped({call(42, kYes, "a0=5 a1=7ffc a2=1c a3=0"), saddr(kMapped)});
    CHECK(mapped.text(F::net_dst_ipv4) == "10.0.0.9");
    CHECK(mapped.text(F::net_family) == "inet6");
    CHECK(mapped.number(F::net_is_ipv6) == 0);
  }
  TEST_CASE("NetworkConnectNix, NetworkConnectFailNix: the result of connect decides") {
    struct Row {
      int code;
      EventType wanted;
    };
    constexpr EventType kNone = EventType::count_;
    for (const Row& r : {Row{-115, EventType::network_connect}, {-4, EventType::network_connect}, {-111, EventType::network_connect_fail},
                         {-110, EventType::network_connect_fail}, {-113, EventType::network_connect_fail}, {-101, EventType::network_connect_fail},
                         {-13, EventType::network_connect_fail}, {-114, kNone}, {-106, kNone}, {-9, kNone}, {-22, kNone}, {-97, kNone}}) {
      CAPTURE(r.code);
      Normalized n({call(42, "success=no exit=" + std::to_string(r.code), "a0=5 a1=7ffc a2=10 a3=0"), saddr(kFour)});
      CHECK((n.result.has_event ? n.type() : kNone) == r.wanted);
      if (n.result.has_event) {
        CHECK(n.integer(F::net_op_status) == r.code);
        CHECK(n.number(F::op_status) == (r.wanted == EventType::network_connect));
      }
    }
  }
  TEST_CASE("connect: port 0, no address, other families, short addresses are no events") {
    const std::string c = call(42, kYes, "a0=5 a1=7ffc a2=10 a3=0");
    for (const std::string& hex : {std::string("020000000A0000090000000000000000"), std::string("00000000000000000000"), std::string("020001BB"),
                                   std::string("10000000000000000000000"), std::string("zz"), std::string(""), std::string("0A0001BB00000000")}) {
      CAPTURE(hex);
      CHECK(type_of({c, saddr(hex)}) == EventType::count_);
    }
    CHECK(type_of({c}) == EventType::count_);
    CHECK(type_of({saddr(kFour)}) == EventType::count_);
  }
  TEST_CASE("NetworkMetadataAccessNix, DnsOverTlsNix: by address and port") {
    const std::string c = call(42, "success=no exit=-115", "a0=5 a1=7ffc a2=10 a3=0");
    CHECK(type_of({c, saddr("02000050A9FEA9FE0000000000000000")}) == EventType::network_metadata_access);
    CHECK(type_of({c, saddr("0A00005000000000FD000EC200000000000000000000025400000000")}) == EventType::network_metadata_access);
    CHECK(type_of({c, saddr("020003550A0000090000000000000000")}) == EventType::dns_over_tls);
    CHECK(type_of({c, saddr("020001BB010101010000000000000000")}) == EventType::dns_over_tls);
    CHECK(type_of({c, saddr("02000050010101010000000000000000")}) == EventType::network_connect);
  }
  TEST_CASE("NetworkAcceptNix: with and without an address; other families are dropped") {
    Normalized n({call(288, "success=yes exit=9", "a0=3 a1=7ffc a2=7ffd a3=80000"), saddr("0200C3510A0000070000000000000000")});
    REQUIRE(n.type() == EventType::network_accept);
    CHECK(n.text(F::net_src_ipv4) == "10.0.0.7");
    CHECK(n.number(F::net_src_port) == 50001);
    CHECK(n.number(F::net_fd) == 9);
    CHECK(n.text(F::net_conn_direction) == "Inbound");
    CHECK(type_of({call(43, "success=yes exit=9", "a0=3 a1=0 a2=0 a3=0")}) == EventType::network_accept);
    CHECK(type_of({call(43, "success=yes exit=9", "a0=3 a1=7ffc a2=7ffd a3=0"), saddr("0100")}) == EventType::count_);
    CHECK(type_of({call(43, "success=no exit=-11", "a0=3 a1=0 a2=0 a3=0")}) == EventType::count_);
  }
  TEST_CASE("NetworkBindNix, UnixSocketCreateNix, NetworkListenNix") {
    Normalized n({call(49, kYes, "a0=3 a1=7ffc a2=10 a3=0"), saddr("02001F90000000000000000000000000")});
    REQUIRE(n.type() == EventType::network_bind);
    CHECK(n.text(F::net_src_ipv4) == "0.0.0.0");
    CHECK(n.number(F::net_src_port) == 8080);
    CHECK(type_of({call(49, kYes, "a0=3 a1=7ffc a2=10 a3=0"), saddr("02000000000000000000000000000000")}) == EventType::count_);
    CHECK(type_of({call(49, "success=no exit=-98", "a0=3 a1=7ffc a2=10 a3=0"), saddr("02001F90000000000000000000000000")}) == EventType::count_);
    Normalized u({call(49, kYes, "a0=3 a1=7ffc a2=14 a3=0"), unix_saddr("run/my.sock"), "CWD cwd=\"/srv\""});
    REQUIRE(u.type() == EventType::unix_socket_create);
    CHECK(u.text(F::net_path) == "/srv/run/my.sock");
    CHECK(type_of({call(49, kYes, "a0=3 a1=7ffc a2=14 a3=0"), saddr("0100002F746D70")}) == EventType::count_);
    CHECK(type_of({call(49, kYes, "a0=3 a1=7ffc a2=2 a3=0"), saddr("0100")}) == EventType::count_);
    CHECK(type_of({call(50, kYes, "a0=3 a1=80 a2=0 a3=0")}) == EventType::network_listen);
    CHECK(type_of({call(50, "success=no exit=-98", "a0=3 a1=80 a2=0 a3=0")}) == EventType::count_);
  }
  TEST_CASE("NetworkRawSocketNix and the other kinds of sockets: by family and type, flags above the type do not count") {
    struct Row {
      const char* arguments;
      EventType wanted;
      const char *family, *proto;
    };
    constexpr EventType kNone = EventType::count_;
    for (const Row& r : {Row{"a0=2 a1=80003 a2=1 a3=0", EventType::network_raw_socket, "inet", "ICMP"}, {"a0=a a1=3 a2=ff a3=0", EventType::network_raw_socket, "inet6", "RAW"},
                         {"a0=11 a1=3 a2=300 a3=0", EventType::network_packet_socket, "packet", "RAW"}, {"a0=2 a1=a a2=300 a3=0", EventType::network_packet_socket, "inet", "PACKET"},
                         {"a0=26 a1=80005 a2=0 a3=0", EventType::network_alg_socket, "alg", "SEQPACKET"}, {"a0=28 a1=1 a2=0 a3=0", EventType::network_vsock_socket, "vsock", "STREAM"},
                         {"a0=1e a1=5 a2=0 a3=0", EventType::network_unusual_socket, "tipc", "SEQPACKET"}, {"a0=ff a1=1 a2=0 a3=0", EventType::network_unusual_socket, "", "STREAM"},
                         {"a0=2 a1=1 a2=0 a3=0", kNone, "", ""}, {"a0=10 a1=3 a2=0 a3=0", kNone, "", ""}, {"a0=1 a1=3 a2=0 a3=0", kNone, "", ""}, {"a0=a a1=80802 a2=0 a3=0", kNone, "", ""}}) {
      CAPTURE(r.arguments);
      Normalized n({call(41, "success=yes exit=7", r.arguments)});
      REQUIRE((n.result.has_event ? n.type() : kNone) == r.wanted);
      if (r.wanted == kNone) continue;
      CHECK(n.text(F::net_family) == r.family);
      CHECK(n.text(F::net_proto) == r.proto);
      CHECK(n.number(F::net_fd) == 7);
    }
    Normalized refused({call(41, "success=no exit=-97", "a0=26 a1=5 a2=0 a3=0")});
    CHECK(refused.number(F::op_status) == 0);
    CHECK_FALSE(refused.has(F::net_fd));
  }
  TEST_CASE("NetworkSocketFilterNix, NetworkUdpSendNix") {
    Normalized f({call(54, kYes, "a0=4 a1=1 a2=1a a3=7ffc")});
    REQUIRE(f.type() == EventType::network_socket_filter);
    CHECK(f.text(F::op_name) == "SO_ATTACH_FILTER");
    CHECK(type_of({call(54, kYes, "a0=4 a1=1 a2=32 a3=7ffc")}) == EventType::network_socket_filter);
    CHECK(type_of({call(54, kYes, "a0=4 a1=6 a2=1a a3=7ffc")}) == EventType::count_);
    CHECK(type_of({call(54, kYes, "a0=4 a1=1 a2=2 a3=7ffc")}) == EventType::count_);
    Normalized s({call(44, "success=yes exit=64", "a0=4 a1=7ffc a2=40 a3=0"), saddr(kFour)});
    REQUIRE(s.type() == EventType::network_udp_send);
    CHECK(s.number(F::net_tx_bytes) == 64);
    CHECK(type_of({call(46, "success=yes exit=64", "a0=4 a1=7ffc a2=0 a3=0")}) == EventType::count_);
  }
  TEST_CASE("ContainerSocketAccessNix: by name, by /var/run, by the key of our rule; engines themselves are not told") {
    const auto connect = [](const std::string& key) { return call(42, kYes, "a0=5 a1=7ffc a2=17 a3=0", key); };
    Normalized n({connect("(null)"), unix_saddr("/var/run/docker.sock")});
    REQUIRE(n.type() == EventType::container_socket_access);
    CHECK(n.text(F::net_path) == "/var/run/docker.sock");
    CHECK(n.text(F::net_family) == "local");
    CHECK(type_of({connect("(null)"), unix_saddr("/run/containerd/containerd.sock")}) == EventType::container_socket_access);
    CHECK(type_of({connect("\"aurochs-container-socket\""), unix_saddr("/inside/engine")}) == EventType::container_socket_access);
    CHECK(type_of({connect("(null)"), unix_saddr("/inside/engine")}) == EventType::count_);
    std::string engine = connect("(null)");
    engine.replace(engine.find("/usr/bin/probe"), 14, "/usr/bin/dockerd");
    CHECK(type_of({engine, unix_saddr("/run/containerd/containerd.sock")}) == EventType::count_);
    engine.replace(engine.find("/usr/bin/dockerd"), 16, "/tmp/bin/dockerd");
    CHECK(type_of({engine, unix_saddr("/run/containerd/containerd.sock")}) == EventType::container_socket_access);
    CHECK(type_of({call(42, "success=no exit=-13", "a0=5 a1=7ffc a2=17 a3=0"), unix_saddr("/run/docker.sock")}) == EventType::container_socket_access);
    CHECK(type_of({call(42, "success=no exit=-2", "a0=5 a1=7ffc a2=17 a3=0"), unix_saddr("/run/docker.sock")}) == EventType::count_);
  }
  TEST_CASE("UnixSocketConnectNix, SshAgentSocketAccessNix") {
    const std::string c = call(42, kYes, "a0=5 a1=7ffc a2=17 a3=0"), ours = call(42, kYes, "a0=5 a1=7ffc a2=17 a3=0", "\"aurochs-unix-socket\"");
    const auto path = [](int owner) { return "PATH item=0 name=\"x\" inode=9 dev=00:1f mode=0140600 ouid=" + std::to_string(owner) + " ogid=0 rdev=00:00 nametype=NORMAL"; };
    CHECK(type_of({c, unix_saddr("/run/snapd.socket"), path(0)}) == EventType::unix_socket_connect);
    CHECK(type_of({ours, unix_saddr("/tmp/any.sock"), path(7)}) == EventType::unix_socket_connect);
    CHECK(type_of({c, unix_saddr("/dev/log"), path(0)}) == EventType::count_);
    for (const char* agent : {"/tmp/ssh-AbCd12/agent.77", "/run/user/7/keyring/ssh", "/run/user/7/gnupg/S.gpg-agent.ssh"}) {
      CHECK(type_of({ours, unix_saddr(agent), path(7)}) == EventType::ssh_agent_socket_access);
      CHECK(type_of({ours, unix_saddr(agent), path(1000)}) == EventType::count_);
      CHECK(type_of({ours, unix_saddr(agent)}) == EventType::count_);
    }
    // kernel 2.6.32 writes no nametype=
    CHECK(type_of({c, unix_saddr("/tmp/ssh-AbCd12/agent.77"), "PATH item=0 name=\"x\" inode=9 dev=00:1f mode=0140600 ouid=7 ogid=0 rdev=00:00"}) == EventType::ssh_agent_socket_access);
  }
  TEST_CASE("socketcall of i386 gives the same events") {
    const auto socketcall = [](const std::string& which, const std::string& result) {
      return "SYSCALL arch=40000003 syscall=102 " + result + " a0=" + which + " a1=ffbf1000 a2=0 a3=0 items=0" + kIds + "(null)";
    };
    Normalized n({socketcall("3", kYes), "SOCKETCALL nargs=3 a0=5 a1=ffbf1010 a2=10", saddr(kFour)});
    REQUIRE(n.type() == EventType::network_connect);
    CHECK(n.number(F::net_fd) == 5);
    CHECK(n.text(F::op_func_name) == "connect");
    CHECK(n.text(F::op_syscall) == "socketcall");
    CHECK(type_of({socketcall("1", "success=yes exit=4"), "SOCKETCALL nargs=3 a0=11 a1=3 a2=300"}) == EventType::network_packet_socket);
    CHECK(type_of({socketcall("2", kYes), "SOCKETCALL nargs=3 a0=3 a1=ffbf1010 a2=10", saddr("02001F90000000000000000000000000")}) == EventType::network_bind);
    CHECK(type_of({socketcall("4", kYes), "SOCKETCALL nargs=2 a0=3 a1=80"}) == EventType::network_listen);
    CHECK(type_of({socketcall("5", "success=yes exit=9"), "SOCKETCALL nargs=3 a0=3 a1=0 a2=0"}) == EventType::network_accept);
    CHECK(type_of({socketcall("12", "success=yes exit=9"), "SOCKETCALL nargs=4 a0=3 a1=0 a2=0 a3=80000"}) == EventType::network_accept);
    CHECK(type_of({socketcall("e", kYes), "SOCKETCALL nargs=5 a0=4 a1=1 a2=1a a3=ffbf1010"}) == EventType::network_socket_filter);
    CHECK(type_of({socketcall("b", "success=yes exit=64"), "SOCKETCALL nargs=6 a0=4 a1=1 a2=40 a3=0", saddr(kFour)}) == EventType::network_udp_send);
    CHECK(type_of({socketcall("9", "success=yes exit=64"), "SOCKETCALL nargs=4 a0=4 a1=1 a2=40 a3=0", saddr(kFour)}) == EventType::count_);
    CHECK(type_of({socketcall("4", kYes)}) == EventType::count_);
    CHECK(type_of({socketcall("4", kYes), "SOCKETCALL nargs=2"}) == EventType::count_);
  }
}
