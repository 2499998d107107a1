// SPDX-License-Identifier: Apache-2.0
#include "enrich/worker.h"

#include <doctest/doctest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/sysmacros.h>

#include <map>

#include "audit/frame.h"
#include "base/limits.h"
#include "base/text.h"
#include "enrich/temp_tree.h"

using namespace aurochs;
using namespace aurochs::enrich;
using audit::Tag;

namespace {
std::string key_of(const std::string& path) {
  struct stat s;
  REQUIRE(::stat(path.c_str(), &s) == 0);
  return std::to_string(major(s.st_dev)) + ':' + std::to_string(minor(s.st_dev)) + ':' + std::to_string(s.st_ino) + ':' +
         std::to_string(int64_t{s.st_ctim.tv_sec} * 1000 + s.st_ctim.tv_nsec / 1000000) + ':' + std::to_string(s.st_size);
}

struct Bench {
  TempTree tree;
  base::UniqueFd wake{::eventfd(0, EFD_NONBLOCK)};
  Worker worker;
  Bench() : worker(options()) {}
  Worker::Options options() {
    Worker::Options o;
    o.root = tree.root();
    o.wake_fd = wake.get();
    o.packages_every_ms = 20;
    return o;
  }
  /// Next fact's sections; empty after five seconds without one.
  std::map<Tag, std::string> fact() {
    std::map<Tag, std::string> out;
    audit::Frame frame;
    for (int tries = 0; tries < 100; ++tries) {
      const std::string_view bytes = worker.facts().front();
      if (!bytes.data()) {
        if (!worker.facts().prepare_sleep()) continue;
        pollfd p = {wake.get(), POLLIN, 0};
        ::poll(&p, 1, 50);
        uint64_t count;
        (void)!::read(wake.get(), &count, sizeof count);
        worker.facts().awake();
        continue;
      }
      REQUIRE(audit::decode_frame(bytes, frame));
      CHECK(frame.kind == audit::FrameKind::fact);
      CHECK(frame.received_ms > 0);
      audit::SectionReader reader(frame.payload);
      Tag tag;
      std::string_view value;
      while (reader.next(tag, value)) out[tag] = std::string(value);
      worker.facts().release();
      break;
    }
    return out;
  }
};
}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("The worker hashes the very file that was meant, and says so when it is another one") {
    Bench b;
    REQUIRE(b.worker.start());
    b.tree.file("/with blank", "abc");
    const std::string path = b.tree.path("/with blank"), key = key_of(path);
    REQUIRE(b.worker.hash(0, key + ' ' + path));
    auto fact = b.fact();
    CHECK(fact[Tag::key] == key);
    CHECK(fact[Tag::size] == "3");
    CHECK(base::to_hex(fact[Tag::sha1]) == "A9993E364706816ABA3E25717850C26C9CD0D89D");
    CHECK(fact[Tag::sha256].size() == 32);
    b.tree.file("/with blank", "abcd");
    for (const std::string& job : {key + ' ' + path, std::string("1:2:3:4:5 /none"), std::string("nonsense"), std::string("0:0:0:0:0 /dev/zero")}) {
      REQUIRE(b.worker.hash(0, job));
      fact = b.fact();
      CHECK(fact[Tag::key] == job.substr(0, job.find(' ')));
      CHECK(fact.size() == 1);
    }
  }
  TEST_CASE("The worker takes the image from /proc/PID/exe, whatever the path says") {
    Bench b;
    REQUIRE(b.worker.start());
    const std::string key = key_of("/proc/self/exe");
    REQUIRE(b.worker.hash(::getpid(), key + " /deleted"));
    auto fact = b.fact();
    CHECK(fact[Tag::key] == key);
    CHECK(fact[Tag::sha256].size() == 32);
  }
  TEST_CASE("A file that is too large is not read") {
    Bench b;
    REQUIRE(b.worker.start());
    b.tree.file("/large", "");
    const std::string path = b.tree.path("/large");
    REQUIRE(::truncate(path.c_str(), static_cast<off_t>(limits::kHashFileBytes) + 1) == 0);
    REQUIRE(b.worker.hash(0, key_of(path) + ' ' + path));
    auto fact = b.fact();
    CHECK(fact[Tag::size] == std::to_string(limits::kHashFileBytes + 1));
    CHECK(fact.count(Tag::sha256) == 0);
  }
  TEST_CASE("The worker asks the name service, and says when there is no name") {
    Bench b;
    REQUIRE(b.worker.start());
    REQUIRE(b.worker.look_up(NameKind::user, 0));
    auto fact = b.fact();
    CHECK(fact[Tag::key] == "u:0");
    CHECK(fact[Tag::name] == "root");
    REQUIRE(b.worker.look_up(NameKind::group, 3999999999u));
    fact = b.fact();
    CHECK(fact[Tag::key] == "g:3999999999");
    CHECK(fact.count(Tag::name) == 0);
  }
  TEST_CASE("A full queue refuses, and takes again when it is worked off") {
    Bench b;
    size_t taken = 0;
    while (taken < 2 * limits::kJobs && b.worker.look_up(NameKind::user, 0)) ++taken;
    CHECK(taken == limits::kJobs);
    REQUIRE(b.worker.start());
    for (size_t i = 0; i < taken; ++i) REQUIRE(b.fact()[Tag::key] == "u:0");
    CHECK(b.worker.look_up(NameKind::user, 0));
    CHECK(b.fact()[Tag::key] == "u:0");
  }
  TEST_CASE("The worker stops at once though nobody takes its facts") {
    Bench b;
    REQUIRE(b.worker.start());
    for (int i = 0; i < 3000; ++i) (void)b.worker.look_up(NameKind::user, 0);
    CHECK(b.worker.stop());
    CHECK(b.worker.stop());
  }
  TEST_CASE("The package index appears, and follows its database") {
    Bench b;
    REQUIRE(b.worker.start());
    const auto owner_of = [&](const char* path) {
      PackageIndex::Owner owner;
      const auto index = b.worker.packages();
      return index && index->find(path, owner) ? std::string(owner.name) : std::string("-");
    };
    const auto becomes = [&](const char* path, const char* name) {
      for (int i = 0; i < 500 && owner_of(path) != name; ++i) ::poll(nullptr, 0, 10);
      return owner_of(path) == name;
    };
    for (int i = 0; i < 500 && !b.worker.packages_error(); ++i) ::poll(nullptr, 0, 10);
    CHECK(b.worker.packages_error().get());
    CHECK(!b.worker.packages().get());
    b.tree.file("/var/lib/dpkg/info/a.list", "/x\n");
    b.tree.file("/var/lib/dpkg/status", "Package: a\n");
    CHECK(becomes("/x", "a"));
    CHECK(!b.worker.packages_error().get());
    b.tree.file("/var/lib/dpkg/info/b.list", "/y\n");
    b.tree.file("/var/lib/dpkg/status", "Package: a\n\nPackage: b\n");
    CHECK(becomes("/y", "b"));
  }
}
