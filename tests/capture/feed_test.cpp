// SPDX-License-Identifier: Apache-2.0
#include "capture/feed.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <vector>

using namespace aurochs;
using audit::Frame;
using audit::FrameKind;
using audit::GapCause;
using capture::Feed;
using capture::Stream;
using Lines = std::vector<std::string>;

namespace {

struct Directory {
  Directory() {
    char name[] = "/tmp/aurochs-feed-XXXXXX";
    REQUIRE(::mkdtemp(name));
    path = name;
  }
  ~Directory() {
    for (const char* file : {"/sock", "/audit.log", "/audit.log.1", "/audit.log.2", "/run/sock"}) ::unlink((path + file).c_str());
    ::rmdir((path + "/run").c_str());
    ::rmdir(path.c_str());
  }
  std::string path;
};

/// A stream that has that feed alone, run for as long as something comes.
struct Line {
  explicit Line(std::unique_ptr<Feed> feed) { take_over(std::move(feed)); }
  void take_over(std::unique_ptr<Feed> feed) { stream.use(-1, std::move(feed)); }
  /// What the feed gives, without asking it to finish.
  void take() {
    for (int quiet = 0; quiet < 3;) quiet = feed().take(now += 10000, frames, counters) ? 0 : quiet + 1;
    frames.pass_time(true);
    read();
  }
  void stop() {
    stream.stop();
    stream.run();
    read();
  }
  Feed& feed() { return const_cast<Feed&>(*stream.feed()); }
  void read() {
    for (std::string_view bytes = ring.front(); bytes.data(); ring.release(), bytes = ring.front()) {
      Frame f;
      REQUIRE(audit::decode_frame(bytes, f));
      if (f.kind == FrameKind::line || f.kind == FrameKind::record) lines.emplace_back(f.payload);
      if (f.kind != FrameKind::gap) continue;
      audit::GapFrame gap;
      std::memcpy(&gap, f.payload.data(), sizeof gap);
      lines.push_back("gap " + std::string(audit::gap_cause_name(static_cast<GapCause>(gap.cause))) + ' ' + std::to_string(gap.count));
    }
  }
  Lines told() { return std::exchange(lines, {}); }

  base::Ring ring{1 << 20};
  base::UniqueFd wake{::eventfd(0, EFD_NONBLOCK)};
  Stream stream{-1, -1, ring, wake.get()};
  capture::FrameWriter frames{ring, wake.get()};
  capture::StreamCounters counters;
  int64_t now = 1;
  Lines lines;
};

sockaddr_un address_of(const std::string& path) {
  sockaddr_un out{};
  out.sun_family = AF_UNIX;
  std::memcpy(out.sun_path, path.data(), path.size());
  return out;
}
base::UniqueFd client(const std::string& path) {
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_of(path);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0) fd.reset();
  return fd;
}
base::UniqueFd server(const std::string& path) {
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_un address = address_of(path);
  REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(fd.get(), 1) == 0);
  return fd;
}
void append(const std::string& path, std::string_view text) {
  const base::UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  REQUIRE(base::write_all(fd.get(), text));
}
std::unique_ptr<Feed> relay(const std::string& path) {
  auto feed = Feed::of_relay(path);
  REQUIRE_MESSAGE(feed, feed.error().message);
  return std::move(*feed);
}

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("feed: the pipe gives its lines, the last one without an end too, then it has ended") {
    int fds[2];
    REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
    const base::UniqueFd in(fds[0]);
    base::UniqueFd out(fds[1]);
    Line line(Feed::of_pipe(in.get()));
    REQUIRE(base::write_all(out.get(), "type=A msg=audit(1.2:3): x\nrest"));
    line.take();
    CHECK(line.told() == Lines{"type=A msg=audit(1.2:3): x"});
    CHECK_FALSE(line.feed().has_ended());
    out.reset();
    line.take();
    CHECK(line.told() == Lines{"rest"});
    CHECK(line.feed().has_ended());
    CHECK(line.feed().trouble() == 0);
  }
  TEST_CASE("feed: damage in the pipe's binary format ends it, and is said") {
    int fds[2];
    REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
    const base::UniqueFd in(fds[0]), out(fds[1]);
    Line line(Feed::of_pipe(in.get()));
    const uint32_t head[] = {0, 16, 99999, 0};
    REQUIRE(base::write_all(out.get(), {reinterpret_cast<const char*>(head), sizeof head}));
    line.take();
    CHECK(line.feed().has_ended());
    CHECK(line.feed().trouble() == EBADMSG);
  }
  TEST_CASE("feed: the relay's socket is private, takes several senders, and tells what they had to drop") {
    const Directory directory;
    const std::string path = directory.path + "/run/sock";
    Line line(relay(path));
    struct stat st {};
    REQUIRE(::stat(path.c_str(), &st) == 0);
    CHECK((st.st_mode & 07777) == 0600);
    const base::UniqueFd one = client(path), two = client(path);
    REQUIRE(one);
    line.take();
    CHECK(line.feed().senders() == 2);
    REQUIRE(base::write_all(one.get(), "type=A msg=audit(1.2:3): x\naurochs-audisp dropped=17\ntype=B msg=audit(1.2:4): y\nbeg"));
    line.take();
    CHECK(line.told() == Lines{"type=A msg=audit(1.2:3): x", "gap relay_drops 17", "type=B msg=audit(1.2:4): y"});
    REQUIRE(base::write_all(one.get(), "un\n"));
    REQUIRE(base::write_all(two.get(), "other\n"));
    line.take();
    CHECK(line.told() == Lines{"begun", "other"});
  }
  TEST_CASE("feed: a relay that goes takes its half line with it, and its place is free again") {
    const Directory directory;
    const std::string path = directory.path + "/sock";
    Line line(relay(path));
    for (int i = 0; i < 10; ++i) {
      base::UniqueFd one = client(path);
      line.take();
      CHECK(line.feed().senders() == 1);
      REQUIRE(base::write_all(one.get(), "whole\nhalf"));
      one.reset();
      line.take();
      CHECK(line.feed().senders() == 0);
      CHECK(line.told() == Lines{"whole"});
    }
    std::vector<base::UniqueFd> many;
    for (size_t i = 0; i < limits::kRelayClients + 1; ++i) many.push_back(client(path));
    line.take();
    CHECK(line.feed().senders() == limits::kRelayClients);
  }
  TEST_CASE("feed: at the end a relay is told to keep what it has, and what it has sent is taken") {
    const Directory directory;
    const std::string path = directory.path + "/sock";
    Line line(relay(path));
    const base::UniqueFd one = client(path);
    line.take();
    REQUIRE(base::write_all(one.get(), "sent before\n"));
    line.stop();
    CHECK(line.told() == Lines{"sent before"});
    CHECK(::send(one.get(), "x", 1, MSG_NOSIGNAL) < 0);
    CHECK(errno == EPIPE);
  }
  TEST_CASE("feed: a relay's socket that nobody listens at is replaced, a living one and a file are refused") {
    const Directory directory;
    const std::string path = directory.path + "/sock";
    { const base::UniqueFd left = server(path); }
    auto feed = relay(path);
    CHECK(client(path));
    const auto second = Feed::of_relay(path);
    REQUIRE_FALSE(second);
    CHECK(second.error().code == EBUSY);
    feed.reset();
    CHECK(::access(path.c_str(), F_OK) < 0);
    append(path, "a file");
    const auto file = Feed::of_relay(path);
    REQUIRE_FALSE(file);
    CHECK(file.error().code == EEXIST);
    CHECK_FALSE(Feed::of_relay(directory.path + '/' + std::string(200, 'x')));
  }
  TEST_CASE("feed: af_unix is waited for, and connected to again; a record that was cut costs itself alone") {
    const Directory directory;
    const std::string path = directory.path + "/sock";
    Line line(Feed::of_socket(path));
    line.take();
    CHECK(line.feed().trouble() == ENOENT);
    CHECK(line.feed().wait_ms(line.now) > 0);
    for (int i = 0; i < 3; ++i) {
      const base::UniqueFd listener = server(path);
      line.take();
      CHECK(line.feed().trouble() == 0);
      const base::UniqueFd peer(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
      REQUIRE(base::write_all(peer.get(), "type=A msg=audit(1.2:3): first\ntype=SYSCALL msg=audit(1.2:4): arch=c0type=EOE msg=audit(1.2:4): \n"));
      line.take();
      CHECK(line.told() == Lines{"type=A msg=audit(1.2:3): first", "gap truncated 1", "type=EOE msg=audit(1.2:4): "});
      ::unlink(path.c_str());
    }
  }
  TEST_CASE("feed: where a cut record ends") {
    CHECK(capture::last_record_of("type=A msg=audit(1.2:3): x") == 0);
    CHECK(capture::last_record_of("node=n type=A msg=audit(1.2:3): x") == 0);
    CHECK(capture::last_record_of("type=UNKNOWN[1420] msg=audit(1.2:3): x") == 0);
    CHECK(capture::last_record_of("type=A msg=audit(1.2:type=B msg=audit(1.2:3): x") == 21);
    CHECK(capture::last_record_of("type=A msg=audit(1.2:3): a0=\"type=B\" msg=audit(") == 0);
    CHECK(capture::last_record_of("type=A msg=audit(1.2:3): a0= msg=audit(") == 0);
    CHECK(capture::last_record_of("") == 0);
  }
  TEST_CASE("feed: the log goes on where it stopped, and a file that went away unread is a gap") {
    const Directory directory;
    const std::string path = directory.path + "/audit.log";
    append(path, "before us\n");
    base::TailPosition stopped;
    {
      Line line(Feed::of_log(path, std::nullopt));
      line.take();
      append(path, "one\n");
      REQUIRE(::rename(path.c_str(), (path + ".1").c_str()) == 0);
      append(path, "two\n\nthr");
      line.take();
      CHECK(line.told() == Lines{"one", "two"});
      REQUIRE(line.feed().position(stopped));
    }
    append(path, "ee\n");
    Line line(Feed::of_log(path, stopped));
    line.take();
    CHECK(line.told() == Lines{"three"});
    REQUIRE(line.feed().position(stopped));
    ::unlink(path.c_str());
    line.take_over(nullptr);  // its descriptor would keep the inode number
    append(path, "four\n");
    line.take_over(Feed::of_log(path, base::TailPosition{stopped.dev, stopped.inode + 1000000, stopped.offset, stopped.written_ns}));
    line.take();
    CHECK(line.told() == Lines{"gap log_gap 1", "four"});
    line.stop();
    CHECK(line.told() == Lines{});
  }
  TEST_CASE("feed: a log that is not there is waited for; a stream with a full ring leaves it where it is") {
    const Directory directory;
    const std::string path = directory.path + "/audit.log";
    Line line(Feed::of_log(path, std::nullopt));
    line.take();
    CHECK(line.feed().trouble() == ENOENT);
    base::Ring small(256 << 10);
    Stream stream(-1, -1, small, line.wake.get());
    std::string many = std::string(400, 'x') + '\n';
    for (int i = 0; i < 2000; ++i) many += std::string(200, 'y') + '\n';
    append(path, many);
    struct stat st {};
    REQUIRE(::stat(path.c_str(), &st) == 0);
    stream.use(-1, Feed::of_log(path, base::TailPosition{st.st_dev, st.st_ino, 0, 0}));
    size_t got = 0;
    for (int round = 0; round < 40 && got < 2001; ++round) {
      stream.stop();
      stream.run();
      for (std::string_view bytes = small.front(); bytes.data(); small.release(), bytes = small.front()) {
        Frame f;
        REQUIRE(audit::decode_frame(bytes, f));
        REQUIRE(f.kind != FrameKind::gap);
        got += f.kind == FrameKind::line;
      }
    }
    CHECK(got == 2001);
    CHECK(stream.ring_full() == 0);
  }
  TEST_CASE("feed: another source takes over in the same stream, and the kernel's question is noticed") {
    int pair[2], fds[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair) == 0);
    REQUIRE(::pipe2(fds, O_CLOEXEC) == 0);
    const base::UniqueFd kernel(pair[0]), in(fds[0]), out(fds[1]);
    base::Ring ring(1 << 20);
    Stream stream(pair[1], -1, ring, -1, capture::SnapshotScope::full, capture::SenderCheck::none);
    std::string question(16, '\0');
    const uint16_t type = 1329;
    const uint32_t asker = 4711;
    std::memcpy(&question[4], &type, sizeof type);
    question.append(reinterpret_cast<const char*>(&asker), sizeof asker);
    REQUIRE(::send(kernel.get(), question.data(), question.size(), 0) == 20);
    stream.stop();
    stream.run();
    CHECK(stream.take_asker() == 4711);
    CHECK(stream.take_asker() == 0);
    stream.use(-1, Feed::of_pipe(in.get()));
    REQUIRE(base::write_all(out.get(), "type=A msg=audit(1.2:3): x\n"));
    stream.stop();
    stream.run();
    CHECK(stream.counters().records.value() == 1);
    CHECK(stream.audit_inode() == 0);
  }
}
