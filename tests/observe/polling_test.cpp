// SPDX-License-Identifier: Apache-2.0
// Sources that work in one load profile only: ground, news, silence outside of it.
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/fd.h"
#include "enrich/temp_tree.h"
#include "observe/critical_files.h"
#include "observe/process_poll.h"
#include "observe/seen.h"
#include "observe/socket_inventory.h"

using namespace aurochs;
using observe::Polling;

namespace {

template <class Source>
class Host {
 public:
  void open(const std::string& root = {}) {
    options.root = root;
    options.clock = &clock;
    options.polling = &polling;
    options.poll_s = 1;
    REQUIRE(source.open(options));
  }
  Seen look(int64_t ms = 1000, int times = 1) {
    Seen seen;
    for (int i = 0; i < times; ++i) {
      (void)source.poll(clock.steady_ms, seen.sink());
      clock.pass(ms);
    }
    return seen;
  }
  StillClock clock;
  std::atomic<Polling> polling{Polling::none};
  observe::Options options;
  Source source;
};

void process(TempTree& tree, int pid, unsigned long start, const char* exe) {
  const std::string dir = "/proc/" + std::to_string(pid);
  tree.file(dir + "/stat", std::to_string(pid) + " (x) S 1 2 3 0 -1 4194304 10 0 0 0 1 0 0 0 20 0 1 0 " + std::to_string(start) + " 4096000 250 18446744073709551615 1\n");
  (void)::unlink(tree.path(dir + "/exe").c_str());
  tree.link(dir + "/exe", exe);
}

}  // namespace

TEST_CASE("ProcessPoll: what is new, and what runs another image; old ones are the ground") {
  TempTree tree;
  process(tree, 10, 5, "/bin/sh");
  process(tree, 11, 1ull << 40, "/bin/sh");  // younger than a look
  process(tree, 12, 5, "/nowhere");          // a kernel thread has no image either
  Host<observe::ProcessPoll> host;
  host.open(tree.root());
  CHECK(host.look().all.empty());
  host.polling = Polling::processes;
  auto e = host.look().only();
  CHECK(e.type == "ProcessInfoNix");
  CHECK(e["proc_id"] == "11");
  CHECK(host.look().all.empty());
  process(tree, 13, 6, "/bin/sh");
  CHECK(host.look().only()["proc_id"] == "13");
  process(tree, 10, 5, "/bin/ls");
  CHECK(host.look().only()["proc_id"] == "10");
  process(tree, 10, 99, "/bin/ls");  // its number was given again
  CHECK(host.look().only()["proc_id"] == "10");
  host.polling = Polling::files;
  process(tree, 14, 6, "/bin/sh");
  CHECK(host.look(1000, 3).all.empty());
}

TEST_CASE("FileInfoNix (CriticalFiles): the first look is the ground, then hourly what is new, changed, gone") {
  TempTree tree;
  tree.file("/etc/a", "1");
  tree.file("/etc/b", "1");
  std::vector<std::string> paths = {"/etc/a", "/etc/b", "/etc/missing"};
  Host<observe::CriticalFiles> host;
  host.options.critical_files = [&] { return paths; };
  host.open(tree.root());
  host.polling = Polling::files;
  CHECK(host.look(60000, 70).all.empty());
  tree.file("/etc/a", "22");
  paths.push_back("/etc/c");
  tree.file("/etc/c", "3");
  (void)::unlink(tree.path("/etc/b").c_str());
  Seen seen = host.look(60000, 70);
  REQUIRE(seen.all.size() == 3);
  for (const auto& e : seen.all) CHECK(e.type == "FileInfoNix");
  CHECK(seen.all[0]["inventory_op_type"] == "Changed");
  CHECK(seen.all[0]["file_path"] == "/etc/a");
  CHECK(seen.all[0]["file_size"] == "2");
  CHECK(seen.all[1]["inventory_op_type"] == "Added");
  CHECK(seen.all[2]["inventory_op_type"] == "Removed");
  CHECK(seen.all[2]["file_exists"] == "0");
  CHECK(host.look(60000, 70).all.empty());
  host.polling = Polling::none;
  tree.file("/etc/a", "333");
  CHECK(host.look(60000, 70).all.empty());
}

TEST_CASE("CriticalFiles: slices, and a bound that is told as a loss") {
  TempTree tree;
  tree.file("/x", "");
  Host<observe::CriticalFiles> host;
  std::vector<std::string> paths(250, "/x");
  host.options.critical_files = [&] { return paths; };
  host.open(tree.root());
  host.polling = Polling::files;
  Seen seen;
  CHECK(host.source.poll(0, seen.sink()) == 100);
  CHECK(host.source.poll(100, seen.sink()) == 200);
  CHECK(host.source.poll(200, seen.sink()) == 1200);
  CHECK(host.source.take_losses() == 0);
}

TEST_CASE("SocketInventory: ports and connections at first, then what came and went") {
  const base::UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in at{};
  at.sin_family = AF_INET;
  at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof at;
  REQUIRE(::bind(server.get(), reinterpret_cast<sockaddr*>(&at), size) == 0);
  REQUIRE(::listen(server.get(), 1) == 0);
  REQUIRE(::getsockname(server.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
  const std::string port = std::to_string(ntohs(at.sin_port));
  Host<observe::SocketInventory> host;
  host.options.root.clear();
  host.open();
  CHECK(host.look().all.empty());
  host.polling = Polling::network;
  const auto ours = [&](const Seen& seen, const char* type, const char* field) {
    std::string out;
    for (const auto& e : seen.all)
      if (e.type == type && e[field] == port) out += e["inventory_op_type"] + ' ';
    return out;
  };
  const Seen first = host.look(100, 60);
  if (first.all.empty()) {
    MESSAGE("SKIP: no sock_diag here");
    return;
  }
  CHECK(ours(first, "NetworkPortOpenInfoNix", "net_src_port") == "Snapshot ");
  base::UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(client.get(), reinterpret_cast<sockaddr*>(&at), size) == 0);
  base::UniqueFd taken(::accept4(server.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const Seen second = host.look(100, 60);
  CHECK(ours(second, "NetworkConnectionInfoNix", "net_dst_port") == "Added Added ");
  CHECK(ours(second, "NetworkPortOpenInfoNix", "net_src_port").empty());
  client.reset();
  taken.reset();
  CHECK(ours(host.look(100, 60), "NetworkConnectionInfoNix", "net_dst_port") == "Removed Removed ");
  host.polling = Polling::none;
  CHECK(host.look(1000, 5).all.empty());
}
