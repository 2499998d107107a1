// SPDX-License-Identifier: Apache-2.0
#include "base/line_tail.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace aurochs;
using base::LineCutter;
using base::LineTail;
using Lines = std::vector<std::string>;

namespace {

struct Log {
  Log() {
    char name[] = "/tmp/aurochs-tail-XXXXXX";
    REQUIRE(::mkdtemp(name));
    directory = name;
    path = directory + "/audit.log";
  }
  ~Log() {
    for (int n = 0; n < 12; ++n) ::unlink(rotated(n).c_str());
    ::rmdir(directory.c_str());
  }
  std::string rotated(int n) const { return n ? path + '.' + std::to_string(n) : path; }
  void write(std::string_view text) const {
    const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600));
    REQUIRE(base::write_all(fd.get(), text));
  }
  /// As auditd does, `keep` files in all.
  void rotate(int keep) const {
    ::unlink(rotated(keep - 1).c_str());
    for (int n = keep - 2; n >= 0; --n) ::rename(rotated(n).c_str(), rotated(n + 1).c_str());
    write("");
  }
  std::string directory, path;
};

struct Reader {
  explicit Reader(const Log& log, size_t read_bytes = 64) : tail(16, read_bytes) { tail.set_path(log.path); }
  Lines read() {
    Lines out;
    for (int still = 0; still < 2;) still = tail.poll([&](std::string_view line) { out.emplace_back(line); }) ? 0 : still + 1;
    return out;
  }
  LineTail tail;
};

Lines numbers(int from, int to) {
  Lines out;
  for (; from < to; ++from) out.push_back(std::to_string(from));
  return out;
}

}  // namespace

TEST_SUITE("base") {
  TEST_CASE("line cutter: pieces of any size give the same lines; what is too long is passed over and counted") {
    const std::string text = "a\n\n0123456789abcdef\n0123456789abcdefX\nlast\nno end";
    for (const size_t step : {1u, 3u, 7u, 100u}) {
      LineCutter cutter(16);
      Lines out;
      for (size_t at = 0; at < text.size(); at += step)
        cutter.add(std::string_view(text).substr(at, step), [&](std::string_view line) { out.emplace_back(line); });
      CHECK(out == Lines{"a", "", "0123456789abcdef", "last"});
      CHECK(cutter.over_long() == 1);
      CHECK(cutter.begun() == 6);
    }
  }
  TEST_CASE("line tail: from the end, not with half a line, then what is appended") {
    const Log log;
    log.write("old\nhal");
    Reader r(log);
    CHECK(r.read().empty());
    log.write("f\nnew\nbeg");
    CHECK(r.read() == Lines{"new"});
    log.write("un\n");
    CHECK(r.read() == Lines{"begun"});
    CHECK(r.tail.take_missed() == 0);
  }
  TEST_CASE("line tail: several rotations between two looks lose nothing and keep the order") {
    const Log log;
    log.write("");
    Reader r(log);
    CHECK(r.read().empty());
    int n = 0, told = 0;
    for (int round = 0; round < 6; ++round) {
      for (int i = 0; i < 20; ++i) log.write(std::to_string(n++) + '\n');
      for (int k = 0; k < round % 4; ++k) {
        log.rotate(6);
        log.write(std::to_string(n++) + '\n');
      }
      CHECK(r.read() == numbers(told, n));
      told = n;
    }
    CHECK(r.tail.take_missed() == 0);
  }
  TEST_CASE("line tail: more rotations than files are kept is said, what is left is read") {
    const Log log;
    log.write("0\n");
    Reader r(log);
    CHECK(r.read().empty());
    log.write("1\n");
    for (int n = 2; n < 6; ++n) {
      log.rotate(3);
      log.write(std::to_string(n) + '\n');
    }
    CHECK(r.read() == Lines{"1", "3", "4", "5"});  // its own descriptor still has the first
    CHECK(r.tail.take_missed() == 1);
    CHECK(r.tail.take_missed() == 0);
  }
  TEST_CASE("line tail: a truncated file is read from its begin, bytes that were known are missed") {
    const Log log;
    log.write("");
    Reader r(log);
    CHECK(r.read().empty());
    log.write("1\n2\n");
    CHECK(r.read() == Lines{"1", "2"});
    REQUIRE(::truncate(log.path.c_str(), 0) == 0);
    log.write("3\n");
    CHECK(r.read() == Lines{"3"});
    CHECK(r.tail.take_missed() == 0);
  }
  TEST_CASE("line tail: a file that comes later is read from its begin") {
    const Log log;
    Reader r(log);
    CHECK(r.read().empty());
    CHECK(r.tail.error() == ENOENT);
    log.write("1\n");
    CHECK(r.read() == Lines{"1"});
    CHECK(r.tail.error() == 0);
    ::unlink(log.path.c_str());
    CHECK(r.read().empty());
    log.write("2\n");
    CHECK(r.read() == Lines{"2"});
  }
  TEST_CASE("line tail: goes on where it stopped, over rotations meanwhile") {
    const Log log;
    log.write("0\n");
    base::TailPosition stopped;
    {
      Reader r(log);
      CHECK(r.read().empty());
      log.write("1\n2\n3 beg");
      CHECK(r.read() == Lines{"1", "2"});
      stopped = r.tail.position();
    }
    log.write("un\n");
    log.rotate(5);
    log.write("4\n");
    log.rotate(5);
    log.write("5\n");
    Reader again(log);
    again.tail.resume(stopped);
    CHECK(again.read() == Lines{"3 begun", "4", "5"});
    CHECK(again.tail.take_missed() == 0);
    // Too late: the file is gone.
    for (int n = 6; n < 12; ++n) {
      log.rotate(3);
      log.write(std::to_string(n) + '\n');
    }
    Reader late(log);
    late.tail.resume(stopped);
    CHECK(late.read() == Lines{"9", "10", "11"});
    CHECK(late.tail.take_missed() == 1);
  }
  TEST_CASE("line tail: a position in a file that is another one now") {
    const Log log;
    log.write("1\n2\n3\n");
    Reader first(log);
    CHECK(first.read().empty());
    base::TailPosition stopped = first.tail.position();
    REQUIRE(::truncate(log.path.c_str(), 0) == 0);
    log.write("4\n");
    Reader again(log);
    again.tail.resume(stopped);
    CHECK(again.read() == Lines{"4"});
    CHECK(again.tail.take_missed() == 1);
  }
}
