// SPDX-License-Identifier: Apache-2.0
#include "deliver/outbox.h"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string>

using namespace aurochs;
using deliver::Outbox;
using deliver::StreamOutput;

namespace {
struct Pipe {
  base::UniqueFd read_end, write_end;
  Pipe() {
    int fds[2];
    REQUIRE(::pipe(fds) == 0);
    read_end.reset(fds[0]);
    write_end.reset(fds[1]);
    ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
  }
  std::string take() const {
    std::string out;
    char chunk[4096];
    for (ssize_t n; (n = ::read(read_end.get(), chunk, sizeof chunk)) > 0;) out.append(chunk, static_cast<size_t>(n));
    return out;
  }
};
}  // namespace

TEST_SUITE("deliver") {
  TEST_CASE("lines come out whole and in order") {
    Outbox box;
    Pipe pipe;
    StreamOutput output(box, pipe.write_end.get());
    CHECK(box.put("one\n"));
    CHECK(box.put("two\n"));
    CHECK(output.write_some() == StreamOutput::State::drained);
    CHECK(pipe.take() == "one\ntwo\n");
  }
  TEST_CASE("a reader that stops blocks nobody; a full outbox refuses; nothing that was taken is lost") {
    Outbox box;
    Pipe pipe;
    StreamOutput output(box, pipe.write_end.get());
    const std::string line(1000, 'x');
    size_t accepted = 0;
    while (box.put(line + '\n')) ++accepted;
    CHECK(accepted > 1000);
    CHECK(output.write_some() == StreamOutput::State::blocked);
    size_t read = 0;
    for (StreamOutput::State s = StreamOutput::State::blocked; s == StreamOutput::State::blocked;) {
      read += pipe.take().size();
      s = output.write_some();
    }
    read += pipe.take().size();
    CHECK(read == accepted * (line.size() + 1));
    CHECK(box.put("again\n"));
  }
  TEST_CASE("a reader that left is an error with its reason") {
    std::signal(SIGPIPE, SIG_IGN);
    Outbox box;
    Pipe pipe;
    pipe.read_end.reset();
    StreamOutput output(box, pipe.write_end.get());
    CHECK(box.put("one\n"));
    CHECK(output.write_some() == StreamOutput::State::broken);
    CHECK(output.error() == EPIPE);
  }
  TEST_CASE("a sleeper is woken by the line that it did not see") {
    Outbox box;
    CHECK(box.prepare_sleep());
    CHECK(box.put("x\n"));
    uint64_t count = 0;
    CHECK(::read(box.wake_fd(), &count, sizeof count) == sizeof count);
  }
}
