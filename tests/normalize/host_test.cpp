// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/act_lines.h"
#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

TEST_SUITE("normalize") {
  TEST_CASE("TimeChangeNix: which clock, or only the time zone") {
    CHECK(Normalized({act(227, "a0=0 a1=7ffd0 a2=0 a3=0")}).text(F::op_value) == "CLOCK_REALTIME");
    CHECK(Normalized({act(227, "a0=fffffffa a1=7ffd0 a2=0 a3=0", "-95")}).text(F::op_value) == "0xfffffffa");
    CHECK(Normalized({act(164, "a0=0 a1=7ffd0 a2=0 a3=0")}).text(F::op_value) == "timezone");
    CHECK(Normalized({act(164, "a0=7ffd0 a1=0 a2=0 a3=0")}).type() == EventType::time_change);
    CHECK(Normalized({act_i386(25, "a0=bfff0 a1=0 a2=0 a3=0")}).text(F::op_func_name) == "stime");
    CHECK(Normalized({act_i386(404, "a0=0 a1=bfff0 a2=0 a3=0")}).type() == EventType::time_change);
  }
  TEST_CASE("TimeAdjustNix: only where the kernel says what changed") {
    const std::string call = act(159, "a0=7ffd0 a1=0 a2=0 a3=0");
    const Normalized f({"TIME_ADJNTPVAL op=freq old=-37201248256000 new=-37237817344000", call});
    CHECK(f.type() == EventType::time_adjust);
    CHECK(f.text(F::op_name) == "freq");
    CHECK(f.text(F::op_value) == "-37237817344000");
    CHECK(f.text(F::op_value_old) == "-37201248256000");
    const Normalized o({"TIME_INJOFFSET sec=-1 nsec=5", act(305, "a0=0 a1=7ffd0 a2=0 a3=0")});
    CHECK(o.text(F::op_name) == "offset");
    CHECK(o.text(F::op_value) == "-1.000000005");
    CHECK_FALSE(Normalized({call}).result.has_event);
  }
  TEST_CASE("HostnameChangeNix, RebootRequestNix, AccountingChangeNix, KernelKeyringNix") {
    CHECK(Normalized({act(170, "a0=55d0 a1=5 a2=0 a3=0")}).text(F::op_name) == "hostname");
    CHECK(Normalized({act(171, "a0=55d0 a1=5 a2=0 a3=0")}).text(F::op_name) == "domainname");
    CHECK(Normalized({act(169, "a0=fee1dead a1=28121969 a2=1234567 a3=0")}).text(F::op_value) == "RESTART");
    CHECK(Normalized({act(169, "a0=fee1dead a1=28121969 a2=0 a3=0")}).text(F::op_value) == "CAD_OFF");
    CHECK(Normalized({act(169, "a0=fee1dead a1=28121969 a2=77 a3=0", "-22")}).text(F::op_value) == "0x77");
    const Normalized on({act(163, "a0=55d0 a1=0 a2=0 a3=0"), "CWD cwd=\"/var\"", path_line(0, "\"account/pacct\"")});
    CHECK(on.type() == EventType::accounting_change);
    CHECK(on.text(F::op_value) == "on");
    CHECK(on.text(F::file_path) == "/var/account/pacct");
    CHECK(Normalized({act(163, "a0=0 a1=0 a2=0 a3=0")}).text(F::op_value) == "off");
    CHECK(Normalized({act(250, "a0=b a1=5 a2=0 a3=0")}).text(F::op_name) == "READ");
    CHECK(Normalized({act(250, "a0=77 a1=5 a2=0 a3=0")}).text(F::op_name) == "0x77");
    CHECK(Normalized({act(248, "a0=55d0 a1=5 a2=0 a3=1")}).text(F::op_name) == "add_key");
  }
  TEST_CASE("FileImmutableChangeNix, LoopAttachNix, NetworkTunDeviceNix: requests of ioctl") {
    for (const std::string& line : {act(16, "a0=3 a1=40086602 a2=7ffd0 a3=0"), act_i386(54, "a0=3 a1=40046602 a2=bfff0 a3=0"), act(16, "a0=3 a1=401c5820 a2=7ffd0 a3=0")}) {
      const Normalized n({line});
      CHECK(n.type() == EventType::file_immutable_change);
      CHECK(n.result.file.is_file);
      CHECK(n.result.file.op == event::FileOp::flags);
      CHECK(n.result.file.file_fd == 3);
    }
    CHECK_FALSE(Normalized({act(16, "a0=3 a1=40086602 a2=7ffd0 a3=0", "-1")}).result.has_event);
    const Normalized loop({act(16, "a0=4 a1=4c0a a2=7ffd0 a3=0")});
    CHECK(loop.type() == EventType::loop_attach);
    CHECK(loop.text(F::op_name) == "LOOP_CONFIGURE");
    CHECK_FALSE(loop.result.file.is_file);
    CHECK(loop.result.file.file_fd == 4);
    CHECK(Normalized({act(16, "a0=4 a1=400454ca a2=7ffd0 a3=0")}).type() == EventType::network_tun_device);
    CHECK_FALSE(Normalized({act(16, "a0=0 a1=5401 a2=7ffd0 a3=0")}).result.has_event);
  }
  TEST_CASE("flags without a name are shown in hex, many of them cut at a word") {
    CHECK(Normalized({act(135, "a0=40040000 a1=0 a2=0 a3=0")}).text(F::op_value) == "ADDR_NO_RANDOMIZE|0x40000000");
    CHECK(Normalized({act(135, "a0=ffffffffffffffff a1=0")}).result.has_event == false);
  }
}
