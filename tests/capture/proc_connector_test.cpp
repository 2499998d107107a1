// SPDX-License-Identifier: Apache-2.0
#include "capture/proc_connector.h"

#include <doctest/doctest.h>

#include <cstring>
#include <initializer_list>
#include <string>

using namespace aurochs;
using audit::ProcessWhat;
using capture::ConnectorWord;

namespace {
template <class T>
void append(std::string& out, T v) {
  out.append(reinterpret_cast<const char*>(&v), sizeof v);
}
/// nlmsghdr, cn_msg, proc_event with a body of `words`.
std::string datagram(uint32_t what, std::initializer_list<uint32_t> words, uint32_t index = 1) {
  std::string out(16, '\0');
  for (const uint32_t v : {index, 1u, 7u, 0u}) append(out, v);
  append(out, static_cast<uint16_t>(16 + 4 * words.size()));
  append(out, uint16_t{0});
  append(out, what);
  append(out, uint32_t{0});
  append(out, uint64_t{123456789});
  for (const uint32_t v : words) append(out, v);
  return out;
}
}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("proc connector: a fork names parent and child, a new thread is ignored") {
    audit::ProcessFrame f;
    CHECK(capture::decode_connector(datagram(1, {11, 10, 20, 20}), f) == ConnectorWord::process);
    CHECK(f.what == static_cast<uint32_t>(ProcessWhat::fork));
    CHECK(f.pid == 20);
    CHECK(f.parent == 10);
    CHECK(f.time_ns == 123456789);
    CHECK(capture::decode_connector(datagram(1, {11, 10, 21, 20}), f) == ConnectorWord::ignored);
  }
  TEST_CASE("proc connector: exit carries status and signal, also in the shorter structs of 2.6.32") {
    audit::ProcessFrame f;
    CHECK(capture::decode_connector(datagram(0x80000000u, {20, 20, 256, 17}), f) == ConnectorWord::process);
    CHECK(f.what == static_cast<uint32_t>(ProcessWhat::exit));
    CHECK(f.a == 256);
    CHECK(f.b == 17);
    CHECK(capture::decode_connector(datagram(0x80000000u, {21, 20, 256, 17}), f) == ConnectorWord::ignored);
  }
  TEST_CASE("proc connector: exec, ids, session, name and core dump are told of processes") {
    audit::ProcessFrame f;
    CHECK(capture::decode_connector(datagram(2, {20, 20}), f) == ConnectorWord::process);
    CHECK(f.what == static_cast<uint32_t>(ProcessWhat::exec));
    CHECK(capture::decode_connector(datagram(4, {20, 20, 1000, 0}), f) == ConnectorWord::process);
    CHECK(f.a == 1000);
    CHECK(f.b == 0);
    CHECK(f.what == static_cast<uint32_t>(ProcessWhat::uid));
    CHECK(capture::decode_connector(datagram(0x40, {20, 20, 1, 2}), f) == ConnectorWord::process);
    CHECK(f.what == static_cast<uint32_t>(ProcessWhat::gid));
    CHECK(capture::decode_connector(datagram(0x80, {20, 20}), f) == ConnectorWord::process);
    CHECK(capture::decode_connector(datagram(0x200, {20, 20, 0, 0, 0, 0}), f) == ConnectorWord::process);
    CHECK(capture::decode_connector(datagram(0x40000000, {23, 20}), f) == ConnectorWord::process);
    CHECK(f.pid == 20);
  }
  TEST_CASE("proc connector: ptrace, acknowledgements and events of a later kernel are ignored") {
    audit::ProcessFrame f;
    CHECK(capture::decode_connector(datagram(0, {0}), f) == ConnectorWord::ignored);
    CHECK(capture::decode_connector(datagram(0x100, {20, 20, 1, 1}), f) == ConnectorWord::ignored);
    CHECK(capture::decode_connector(datagram(0x400, {20, 20}), f) == ConnectorWord::ignored);
  }
  TEST_CASE("proc connector: no cut of a message is read past its end, and other users of the connector are refused") {
    audit::ProcessFrame f;
    const std::string whole = datagram(1, {11, 10, 20, 20});
    for (size_t n = 0; n < whole.size(); ++n) {
      const std::string cut(whole, 0, n);  // of its own size, so that a sanitizer sees its end
      CHECK(capture::decode_connector(cut, f) == ConnectorWord::damaged);
    }
    CHECK(capture::decode_connector(datagram(1, {11, 10, 20}), f) == ConnectorWord::damaged);
    CHECK(capture::decode_connector(datagram(1, {11, 10, 20, 20}, 3), f) == ConnectorWord::damaged);
  }
  TEST_CASE("proc connector: where it is not available the error names it") {
    auto fd = capture::open_proc_connector();
    if (fd)
      capture::leave_proc_connector(fd->get());
    else
      CHECK(fd.error().message.find("proc connector: ") == 0);
  }
}
