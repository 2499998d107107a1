// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/act_lines.h"
#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

TEST_SUITE("normalize") {
  TEST_CASE("KernelModuleLoadNix, KernelModuleLoadFailNix, KernelModuleUnloadNix") {
    const std::string record = "KERN_MODULE name=\"veth\"";
    const Normalized load({act(313, "a0=3 a1=55d0 a2=1 a3=0"), record});
    CHECK(load.type() == EventType::kernel_module_load);
    CHECK(load.text(F::mod_name) == "veth");
    CHECK(load.text(F::op_value) == "MODULE_INIT_IGNORE_MODVERSIONS");
    CHECK(load.result.file.file_fd == 3);
    CHECK(Normalized({act(175, "a0=7f00 a1=1000 a2=55d0 a3=0"), "KERN_MODULE name=veth"}).text(F::mod_name) == "veth");  // 4.12 to 5.x
    const Normalized fail({act(175, "a0=7f00 a1=1000 a2=55d0 a3=0", "-8")});
    CHECK(fail.type() == EventType::kernel_module_load_fail);
    CHECK(fail.result.file.file_fd == -1);
    CHECK_FALSE(fail.has(F::mod_name));
    const Normalized unload({act(176, "a0=55d0 a1=800 a2=0 a3=0"), record});
    CHECK(unload.type() == EventType::kernel_module_unload);
    CHECK(unload.text(F::mod_name) == "veth");
    CHECK(Normalized({act(176, "a0=55d0 a1=800 a2=0 a3=0", "-2")}).type() == EventType::kernel_module_unload);
  }
  TEST_CASE("BpfProgramLoadNix, BpfAttachNix, BpfPinNix: by the command") {
    const Normalized load({"BPF prog-id=75 op=LOAD", act(321, "a0=5 a1=7ffd0 a2=90 a3=0", "8")});
    CHECK(load.type() == EventType::bpf_program_load);
    CHECK(load.text(F::op_name) == "BPF_PROG_LOAD");
    CHECK(load.text(F::op_value) == "75");
    CHECK(load.integer(F::op_id) == 5);
    CHECK_FALSE(Normalized({act(321, "a0=5 a1=7ffd0 a2=90 a3=0", "8")}).has(F::op_value));  // kernel < 5.6
    for (const char* attach : {"a0=8", "a0=11", "a0=1c"}) CHECK(Normalized({act(321, attach)}).type() == EventType::bpf_attach);
    const Normalized pin({act(321, "a0=6 a1=7ffd0 a2=90 a3=0"), "CWD cwd=\"/\"", path_line(0, "\"/sys/fs/bpf/\"", "PARENT"), path_line(1, "\"/sys/fs/bpf/p\"", "CREATE")});
    CHECK(pin.type() == EventType::bpf_pin);
    CHECK(pin.text(F::file_path) == "/sys/fs/bpf/p");
    for (const char* daily : {"a0=1", "a0=7", "a0=f", "a0=1d"}) CHECK_FALSE(Normalized({act(321, daily)}).result.has_event);
  }
  TEST_CASE("KexecLoadNix, KernelLogClearNix, IoPortAccessNix") {
    const Normalized k({act(246, "a0=1000 a1=2 a2=55d0 a3=3e0001")});
    CHECK(k.type() == EventType::kexec_load);
    CHECK(k.text(F::op_value) == "KEXEC_ON_CRASH");
    CHECK(Normalized({act(320, "a0=4 a1=5 a2=20 a3=55d0")}).result.file.file_fd == 4);
    CHECK(Normalized({act(103, "a0=5 a1=0 a2=0 a3=0")}).text(F::op_value) == "SYSLOG_ACTION_CLEAR");
    CHECK_FALSE(Normalized({act(103, "a0=3 a1=55d0 a2=1000 a3=0")}).result.has_event);
    CHECK(Normalized({act(172, "a0=3 a1=0 a2=0 a3=0")}).text(F::op_value) == "3");
    const Normalized p({act(173, "a0=378 a1=3 a2=1 a3=0")});
    CHECK(p.type() == EventType::io_port_access);
    CHECK(p.text(F::op_value) == "0x378");
    CHECK(p.number(F::mem_len) == 3);
  }
}
