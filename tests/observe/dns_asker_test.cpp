// SPDX-License-Identifier: Apache-2.0
#include "observe/dns_asker.h"

#include <doctest/doctest.h>

#include "enrich/temp_tree.h"
#include "observe/dns_bytes.h"

using namespace aurochs::observe;

namespace {

const std::string kHead = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops\n";
std::string row(const std::string& local, const std::string& remote, const std::string& inode) {
  return "  123: " + local + " " + remote + " 07 00000000:00000000 00:00000000 00000000   101        0 " + inode + " 2 0000000000000000 0\n";
}
aurochs::net::Address at(const char* text) {
  const std::string bytes = dns::address(text);
  return bytes.size() == 4 ? aurochs::net::v4_address(bytes.data()) : aurochs::net::v6_address(bytes.data());
}
const Flow kFlow{false, false, at("127.0.0.1"), at("127.0.0.53"), 40000, 53};  // 9C40, 0035

uint64_t found(const std::string& table, const Flow& flow = kFlow) {
  int score = 0;
  uint64_t inode = 0;
  find_socket(table, flow.is_ipv6, flow, score, inode);
  return inode;
}

}  // namespace

TEST_CASE("owner of a socket: connected before bound before any address; two that fit alike are nobody's") {
  const std::string any = row("00000000:9C40", "00000000:0000", "11"), bound = row("0100007F:9C40", "00000000:0000", "12"),
                    connected = row("0100007F:9C40", "3500007F:0035", "13");
  CHECK(found(kHead + any) == 11);
  CHECK(found(kHead + bound + any) == 12);
  CHECK(found(kHead + any + connected + bound) == 13);
  CHECK(found(kHead + any + row("00000000:9C40", "00000000:0000", "14")) == 0);
  CHECK(found(kHead + any + row("00000000:9C40", "00000000:0000", "14") + bound) == 12);
  CHECK(found(kHead + row("0200007F:9C40", "00000000:0000", "15")) == 0);
  CHECK(found(kHead + row("0100007F:9C40", "0800080A:0035", "15")) == 0);  // connected elsewhere
  CHECK(found(kHead + row("0100007F:9C41", "3500007F:0035", "15")) == 0);
  CHECK(found(kHead + row("0100007F:9C40", "3500007F:0035", "0")) == 0);
  CHECK(found("") == 0);
  CHECK(found("1: 0100007F:9C40 3500007F:0035 07") == 0);
}

TEST_CASE("owner of a socket: IPv6 and sockets for both families") {
  const Flow six{true, false, at("::1"), at("::1"), 40000, 53};
  CHECK(found(row("00000000000000000000000001000000:9C40", "00000000000000000000000001000000:0035", "21"), six) == 21);
  CHECK(found(row("00000000000000000000000000000000:9C40", "00000000000000000000000000000000:0000", "22"), six) == 22);
}

TEST_CASE("owner of a socket: the process, through /proc") {
  TempTree tree;
  tree.file("/proc/net/udp", kHead + row("0100007F:9C40", "3500007F:0035", "13"));
  tree.file("/proc/net/udp6", kHead + row("0000000000000000FFFF00000100007F:9C41", "0000000000000000FFFF00003500007F:0035", "14"));
  tree.file("/proc/self-is-no-number/fd/x", "");
  tree.dir("/proc/70/fd");
  tree.dir("/proc/71/fd");
  tree.link("/proc/70/fd/0", "/dev/null");
  tree.link("/proc/71/fd/4", "socket:[13]");
  tree.link("/proc/71/fd/5", "socket:[131]");
  DnsAsker asker(tree.root());
  CHECK(asker.find(kFlow, 1000) == 71);
  CHECK(asker.find(kFlow, 1000) == 71);
  CHECK(::unlink(tree.path("/proc/71/fd/4").c_str()) == 0);
  tree.link("/proc/70/fd/9", "socket:[13]");
  CHECK(asker.find(kFlow, 1000) == 70);  // a remembered socket is looked at again
  Flow other = kFlow;
  other.local_port = 40001;
  CHECK(asker.find(other, 1000) == 0);
  tree.link("/proc/71/fd/8", "socket:[14]");
  CHECK(asker.find(other, 1000) == 71);  // ::ffff:127.0.0.1 in udp6
}
