// SPDX-License-Identifier: Apache-2.0
#include "enrich/network_events.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "enrich/host_sockets.h"
#include "enrich/recent.h"
#include "temp_tree.h"

using namespace aurochs;
using namespace aurochs::enrich;
using event::EventType;
using F = event::FieldId;

namespace {

/// Answers what it was given.
class Host final : public state::ProcReader {
 public:
  state::SocketFacts socket;
  bool has_socket = false;
  std::string servers, hosts;
  std::vector<std::string> questions;

  bool ask(state::Ask what, int64_t, std::string_view path, std::string& answer) override {
    answer.clear();
    if (what == state::Ask::socket) {
      questions.emplace_back(path);
      answer.assign(reinterpret_cast<const char*>(&socket), sizeof socket);
      return has_socket;
    }
    if (what == state::Ask::dns_servers) answer = servers;
    if (what == state::Ask::hosts) answer = hosts;
    return !answer.empty();
  }
  void has(uint32_t family, uint32_t protocol, const char* local, uint16_t local_port, const char* remote = "0.0.0.0", uint16_t remote_port = 0) {
    has_socket = true;
    socket.inode = 99;
    socket.family = family;
    socket.protocol = protocol;
    socket.state = 1;
    net::Address a;
    REQUIRE(net::parse_address(local, a));
    std::copy(a.bytes.begin(), a.bytes.end(), socket.local);
    REQUIRE(net::parse_address(remote, a));
    std::copy(a.bytes.begin(), a.bytes.end(), socket.remote);
    socket.local_port = local_port;
    socket.remote_port = remote_port;
  }
};

struct Act {
  std::unique_ptr<event::Event> e = std::make_unique<event::Event>();

  explicit Act(EventType type, int64_t at_ms = 1000000) {
    e->clear(type);
    e->set_time(F::event_utc_time, at_ms);
    e->set_number(F::proc_id, 500);
    e->set_number(F::net_fd, 5);
  }
  Act& to(const char* address, uint64_t port, int64_t status = 0) {
    e->set_copy(std::string_view(address).find(':') == std::string_view::npos ? F::net_dst_ipv4 : F::net_dst_ipv6, address);
    e->set_number(F::net_dst_port, port);
    e->set_text(F::net_conn_direction, "Outbound");
    e->set_integer(F::net_op_status, status);
    return *this;
  }
  std::string text(F f) const { return std::string(e->text(f)); }
};

Act dns(const char* name, const char* addresses) {
  Act a(EventType::dns_response);
  a.e->set_copy(F::dns_rname, name);
  a.e->set_copy(F::dns_raddr, addresses);
  return a;
}

}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("connect: the host tells protocol and own end; the flow gets its ids") {
    Host host;
    host.has(AF_INET, IPPROTO_TCP, "1.2.3.4", 1122, "5.6.7.8", 3344);
    NetworkEvents network(host);
    Act a(EventType::network_connect);
    REQUIRE(network.take(*a.to("5.6.7.8", 3344).e));
    REQUIRE(host.questions.size() == 1);
    CHECK(host.questions[0] == "5 tu 5.6.7.8 3344");
    CHECK(a.text(F::net_proto) == "TCP");
    CHECK(a.text(F::net_src_ipv4) == "1.2.3.4");
    CHECK(a.e->number(F::net_src_port) == 1122);
    CHECK(a.text(F::net_state) == "ESTABLISHED");
    CHECK(a.e->number(F::net_inode) == 99);
    CHECK(a.text(F::net_community_id) == "1:wCb3OG7yAFWelaUydu0D+125CLM=");
    CHECK(a.text(F::net_conn_community_id).size() == 40);
    Act progress(EventType::network_connect);
    REQUIRE(network.take(*progress.to("5.6.7.8", 3344, -115).e));
    CHECK(host.questions[1] == "5 t 5.6.7.8 3344");
  }
  TEST_CASE("connect: a socket that is gone, a UDP route that is not there") {
    Host host;
    NetworkEvents network(host);
    Act refused(EventType::network_connect_fail);
    REQUIRE(network.take(*refused.to("5.6.7.8", 1, -111).e));
    CHECK(refused.text(F::net_proto) == "TCP");
    CHECK_FALSE(refused.e->has(F::net_community_id));
    Act unknown(EventType::network_connect_fail);
    REQUIRE(network.take(*unknown.to("5.6.7.8", 1, -101).e));
    CHECK_FALSE(unknown.e->has(F::net_proto));
    host.has_socket = true;  // the descriptor is another socket by now
    host.socket.inode = 98;
    Act reused(EventType::network_connect);
    REQUIRE(network.take(*reused.to("5.6.7.8", 1).e));
    CHECK_FALSE(reused.e->has(F::net_inode));
    host.has(AF_INET, IPPROTO_UDP, "0.0.0.0", 0);
    Act probe(EventType::network_connect_fail);
    CHECK_FALSE(network.take(*probe.to("5.6.7.8", 443, -101).e));
  }
  TEST_CASE("accept: without an address only what the host knows as a network's") {
    Host host;
    NetworkEvents network(host);
    const auto accepted = [] {
      Act a(EventType::network_accept);
      a.e->set_text(F::net_conn_direction, "Inbound");
      return a;
    };
    Act unknown = accepted();
    CHECK_FALSE(network.take(*unknown.e));
    host.has(AF_UNIX, 0, "0.0.0.0", 0);
    Act local = accepted();
    CHECK_FALSE(network.take(*local.e));
    host.has(AF_INET6, IPPROTO_TCP, "10.0.0.1", 22, "10.0.0.7", 50001);
    Act inbound = accepted();
    REQUIRE(network.take(*inbound.e));
    CHECK(inbound.text(F::net_src_ipv4) == "10.0.0.7");
    CHECK(inbound.e->number(F::net_src_port) == 50001);
    CHECK(inbound.text(F::net_dst_ipv4) == "10.0.0.1");
    CHECK(inbound.e->number(F::net_dst_port) == 22);
    CHECK(inbound.text(F::net_community_id).size() == 30);
    CHECK(inbound.text(F::net_family) == "inet6");
  }
  TEST_CASE("listen, bind, filter: unix and netlink sockets are nothing to tell") {
    Host host;
    NetworkEvents network(host);
    CHECK(network.take(*Act(EventType::network_listen).e));
    host.has(AF_INET, IPPROTO_TCP, "0.0.0.0", 8080);
    Act listens(EventType::network_listen);
    REQUIRE(network.take(*listens.e));
    CHECK(listens.e->number(F::net_src_port) == 8080);
    CHECK_FALSE(listens.e->has(F::net_src_ipv4));
    host.has(AF_UNIX, 0, "0.0.0.0", 0);
    CHECK_FALSE(network.take(*Act(EventType::network_listen).e));
    host.has(AF_NETLINK, 0, "0.0.0.0", 0);
    CHECK_FALSE(network.take(*Act(EventType::network_socket_filter).e));
    host.has(AF_PACKET, 0, "0.0.0.0", 0);
    Act packet(EventType::network_socket_filter);
    REQUIRE(network.take(*packet.e));
    CHECK(packet.text(F::net_family) == "packet");
    host.has(AF_INET, IPPROTO_UDP, "0.0.0.0", 5353);
    Act bound(EventType::network_bind);
    bound.e->set_number(F::net_src_port, 5353);
    REQUIRE(network.take(*bound.e));
    CHECK(bound.text(F::net_proto) == "UDP");
    Act other(EventType::network_bind);
    other.e->set_number(F::net_src_port, 80);
    REQUIRE(network.take(*other.e));
    CHECK_FALSE(other.e->has(F::net_proto));
  }
  TEST_CASE("names: the one that was asked for; /etc/hosts; none for an address nobody asked for") {
    Host host;
    host.hosts = "# own\n127.0.0.1\tlocalhost\n10.0.0.20  db.local db # the database\n0.0.0.0 ads.example\nnonsense here\n";
    NetworkEvents network(host);
    const auto name = [&](const char* address) {
      Act a(EventType::network_connect);
      REQUIRE(network.take(*a.to(address, 443).e));
      return a.text(F::net_dst_hostname);
    };
    CHECK(name("10.0.0.20") == "db.local");
    CHECK(name("10.0.0.30") == "");
    CHECK(network.take(*dns("www.example.org.", "10.0.0.30|2001:db8::30|junk|").e));
    CHECK(name("10.0.0.30") == "www.example.org");
    CHECK(name("2001:db8::30") == "www.example.org");
    CHECK(network.take(*dns("later.example.org", "10.0.0.30").e));
    CHECK(name("10.0.0.30") == "later.example.org");
    CHECK(network.take(*dns(std::string(300, 'x').c_str(), "10.0.0.30").e));
    CHECK(name("10.0.0.30") == "later.example.org");
  }
  TEST_CASE("names: the oldest go first") {
    Host host;
    NetworkEvents network(host);
    for (size_t i = 0; i <= limits::kDnsNames; ++i)
      network.take(*dns(("n" + std::to_string(i)).c_str(), ("10." + std::to_string(i >> 16) + "." + std::to_string(i >> 8 & 255) + "." + std::to_string(i & 255)).c_str()).e);
    Act first(EventType::network_connect), second(EventType::network_connect);
    network.take(*first.to("10.0.0.0", 443).e);
    network.take(*second.to("10.0.0.1", 443).e);
    CHECK(first.text(F::net_dst_hostname) == "");
    CHECK(second.text(F::net_dst_hostname) == "n1");
  }
  TEST_CASE("DnsForeignServerNix: a server that the host does not use, once an hour and process") {
    Host host;
    NetworkEvents network(host);
    const auto type = [&](const char* address, int64_t at_ms = 1000000) {
      Act a(EventType::network_connect, at_ms);
      REQUIRE(network.take(*a.to(address, 53).e));
      return a.e->type();
    };
    CHECK(type("9.9.9.9") == EventType::network_connect);  // what the host uses is not known
    host.servers = "10.0.0.2 2001:db8::2";
    Act a(EventType::network_connect);
    REQUIRE(network.take(*a.to("9.9.9.9", 53).e));
    CHECK(a.e->type() == EventType::dns_foreign_server);
    CHECK(a.text(F::dns_server) == "9.9.9.9:53");
    CHECK(host.questions.back().substr(0, 4) == "5 ut");
    CHECK(type("9.9.9.9") == EventType::network_connect);
    CHECK(type("9.9.9.9", 1000000 + 3600 * 1000) == EventType::dns_foreign_server);
    CHECK(type("10.0.0.2") == EventType::network_connect);
    CHECK(type("2001:db8::2") == EventType::network_connect);
    CHECK(type("2001:db8::3") == EventType::dns_foreign_server);
    CHECK(type("127.0.0.53") == EventType::network_connect);
    Act sent(EventType::network_udp_send);
    REQUIRE(network.take(*sent.to("8.8.8.8", 53).e));
    CHECK(sent.e->type() == EventType::dns_foreign_server);
  }
  TEST_CASE("NetworkScanOutboundNix: many ports of one address, one port of many addresses; once a window") {
    Host host;
    NetworkEvents network(host);
    size_t scans = 0;
    const auto connect = [&](const std::string& address, uint64_t port, int64_t at_ms) {
      Act a(EventType::network_connect_fail, at_ms);
      network.take(*a.to(address.c_str(), port, -111).e);
      scans += a.e->type() == EventType::network_scan_outbound;
      return a.e->number(F::event_count);
    };
    for (uint64_t port = 1; port < ScanWatch::kPorts; ++port) CHECK(connect("10.0.0.1", port, 1000) == 0);
    CHECK(connect("10.0.0.1", 1, 1000) == 0);  // again, not another
    CHECK(connect("10.0.0.1", 1000, 1000) == ScanWatch::kPorts);
    for (uint64_t port = 2000; port < 2100; ++port) connect("10.0.0.1", port, 2000);
    CHECK(scans == 1);
    for (int i = 0; i < 200; ++i) connect("10.0.1." + std::to_string(i), 22, 100000);
    CHECK(scans == 2);
    for (int i = 0; i < 200; ++i) connect("10.0.2." + std::to_string(i), 22, 200000 + i * ScanWatch::kWindowMs);
    CHECK(scans == 2);
  }
  TEST_CASE("Recent: keeps what was used last") {
    struct Same {
      size_t operator()(int) const { return 7; }  // all in one chain
    };
    Recent<int, int, Same> recent(3);
    bool is_new = false;
    for (int i = 1; i <= 3; ++i) recent.put(i, is_new) = i * 10;
    CHECK(is_new);
    REQUIRE(recent.find(1));
    recent.put(4, is_new) = 40;  // 2 is the oldest
    CHECK_FALSE(recent.find(2));
    for (const int i : {1, 3, 4}) {
      REQUIRE(recent.find(i));
      CHECK(*recent.find(i) == i * 10);
    }
    CHECK(recent.put(3, is_new) == 30);
    CHECK_FALSE(is_new);
    for (int i = 100; i < 200; ++i) recent.put(i, is_new) = i;
    CHECK_FALSE(recent.find(4));
    CHECK(*recent.find(199) == 199);
  }
  TEST_CASE("sockets of this host behind a descriptor") {
    HostSockets sockets;
    state::SocketFacts facts;
    std::string answer;
    const auto find = [&](int fd, const std::string& rest) {
      if (!sockets.find(::getpid(), std::to_string(fd) + rest, answer)) return false;
      REQUIRE(answer.size() == sizeof facts);
      std::memcpy(&facts, answer.data(), sizeof facts);
      return true;
    };
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    const base::UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(server.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(server.get(), 5) == 0);
    REQUIRE(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    const std::string peer = " 127.0.0.1 " + std::to_string(ntohs(at.sin_port));
    REQUIRE(find(client.get(), " tu" + peer));
    CHECK(facts.family == AF_INET);
    CHECK(facts.protocol == IPPROTO_TCP);
    CHECK(facts.remote_port == ntohs(at.sin_port));
    CHECK(facts.local_port != 0);
    REQUIRE(find(client.get(), " t"));
    CHECK(facts.local_port != 0);
    REQUIRE(find(client.get(), " tu 127.0.0.1 1"));  // talks to somebody else
    CHECK(facts.family == 0);
    CHECK(facts.inode != 0);
    REQUIRE(find(server.get(), " l"));
    CHECK(facts.local_port == ntohs(at.sin_port));
    const base::UniqueFd udp(::socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (udp && ::connect(udp.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0) {  // an IPv4 address: mapped
      REQUIRE(find(udp.get(), " tu" + peer));
      CHECK(facts.protocol == IPPROTO_UDP);
    }
    const base::UniqueFd local(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(find(local.get(), " tulo"));
    CHECK(facts.family == AF_UNIX);
    const base::UniqueFd netlink(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0));
    sockaddr_nl any{};
    any.nl_family = AF_NETLINK;  // the kernel lists bound ones only
    REQUIRE(::bind(netlink.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) == 0);
    REQUIRE(find(netlink.get(), " o"));
    CHECK(facts.family == AF_NETLINK);
    const base::UniqueFd file(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    for (const char* wrong : {"", "x", "-1 t", "99999 t"}) CHECK_FALSE(sockets.find(::getpid(), wrong, answer));
    CHECK_FALSE(find(file.get(), " t"));
    CHECK_FALSE(sockets.find(0, "1 t", answer));
  }
  TEST_CASE("files of names: read anew when they change") {
    TempTree tree;
    HostSockets sockets(tree.root());
    std::string answer;
    CHECK_FALSE(sockets.dns_servers(answer));
    CHECK_FALSE(sockets.hosts(answer));
    tree.file("/etc/resolv.conf", "# nameserver 1.1.1.1\nsearch local\nnameserver 10.0.0.2\nnameserver\tfe80::1%eth0\nnameserver junk\n");
    REQUIRE(sockets.dns_servers(answer));
    CHECK(answer == "10.0.0.2 fe80::1");
    tree.file("/run/systemd/resolve/resolv.conf", "nameserver 10.0.0.3\n");
    REQUIRE(sockets.dns_servers(answer));
    CHECK(answer == "10.0.0.2 fe80::1 10.0.0.3");
    tree.file("/etc/hosts", std::string(limits::kHostsBytes + 100, '#'));
    REQUIRE(sockets.hosts(answer));
    CHECK(answer.size() == limits::kHostsBytes);
  }
}
