// SPDX-License-Identifier: Apache-2.0
#include "enrich/linux_proc_reader.h"

#include <doctest/doctest.h>
#include <poll.h>

#include "audit/frame.h"
#include "base/text.h"
#include "enrich/temp_tree.h"

using namespace aurochs;
using namespace aurochs::enrich;
using state::Ask;

namespace {
bool fake_process(int pid, std::string& sections) {
  sections = "process " + std::to_string(pid);
  return pid != 404;
}
}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("LinuxProcReader answers without a worker what needs none") {
    TempTree tree;
    tree.file("/passwd", "somebody:x:1000:1000::/:/bin/sh\n");
    tree.file("/group", "some:x:1000:\n");
    tree.file("/f", "#!/bin/sh\n");
    base::SystemClock clock;
    LinuxProcReader reader(fake_process, nullptr, clock, Users(tree.path("/passwd"), tree.path("/group")));
    std::string answer;
    CHECK(reader.ask(Ask::process, 7, {}, answer));
    CHECK(answer == "process 7");
    CHECK(reader.ask(Ask::user, 1000, {}, answer));
    CHECK(answer == "somebody");
    CHECK(reader.ask(Ask::group, 1000, {}, answer));
    CHECK(answer == "some");
    for (const int64_t id : {int64_t{1}, int64_t{-1}, int64_t{UINT32_MAX}, int64_t{1} << 40}) {
      CHECK(!reader.ask(Ask::user, id, {}, answer));
      CHECK(answer.empty());
    }
    CHECK(reader.ask(Ask::names, 0, {}, answer));
    CHECK(!answer.empty());
    CHECK(reader.ask(Ask::start, ::getpid(), {}, answer));
    CHECK(base::starts_with(answer, std::to_string(::getpid()) + " ("));
    CHECK(reader.ask(Ask::file, 0, tree.path("/f"), answer));
    CHECK(reader.ask(Ask::file, ::getpid(), tree.path("/f"), answer));
    CHECK(reader.ask(Ask::content, 0, tree.path("/f"), answer));
    CHECK(reader.ask(Ask::script, 0, tree.path("/f"), answer));
    CHECK(answer == "#!/bin/sh\n");
    reader.set_backlog(17);
    CHECK(reader.ask(Ask::self, 0, {}, answer));
    uint64_t cpu_ms = 0, rss_bytes = 0;
    std::string_view rest = answer;
    CHECK(base::parse_u64(base::next_piece(rest, ' '), cpu_ms));
    CHECK(base::parse_u64(base::next_piece(rest, ' '), rss_bytes));
    CHECK(rest == "17");
    CHECK(rss_bytes > 1u << 20);
    CHECK(!reader.ask(Ask::hash, 0, "1:2:3:4:5 /f", answer));
    CHECK(!reader.ask(static_cast<Ask>(99), 0, {}, answer));
    CHECK(!reader.ask(Ask::start, 1 << 30, {}, answer));
    CHECK(answer.empty());
  }
  TEST_CASE("LinuxProcReader has unknown names looked up once, and learns them from facts") {
    TempTree tree;
    base::SystemClock clock;
    Worker::Options options;
    options.root = tree.root();
    Worker worker(options);
    LinuxProcReader reader(fake_process, &worker, clock, Users(tree.path("/none"), tree.path("/none")));
    std::string answer;
    CHECK(!reader.ask(Ask::user, 0, {}, answer));
    CHECK(!reader.ask(Ask::user, 0, {}, answer));
    CHECK(reader.ask(Ask::hash, 0, "1:2:3:4:5 /f", answer));
    CHECK(answer.empty());
    REQUIRE(worker.start());
    int facts = 0;
    for (int i = 0; i < 500 && facts < 2; ++i) {
      audit::Frame frame;
      const std::string_view bytes = worker.facts().front();
      if (bytes.data()) {
        REQUIRE(audit::decode_frame(bytes, frame));
        reader.learn(frame.payload);
        worker.facts().release();
        ++facts;
      } else {
        ::poll(nullptr, 0, 10);
      }
    }
    CHECK(facts == 2);
    CHECK(reader.ask(Ask::user, 0, {}, answer));
    CHECK(answer == "root");
    reader.learn("damaged");
  }
}
