// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "support/act_lines.h"
#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using F = event::FieldId;

TEST_SUITE("normalize") {
  TEST_CASE("ProcessPtraceAttachNix, ProcessPtraceTracemeNix, ProcessPtraceWriteNix: by the request") {
    const struct {
      const char* arguments;
      EventType type;
      const char* name;
    } rows[] = {
        {"a0=10 a1=2328 a2=0 a3=0", EventType::process_ptrace_attach, "PTRACE_ATTACH"},
        {"a0=4206 a1=2328 a2=0 a3=0", EventType::process_ptrace_attach, "PTRACE_SEIZE"},
        {"a0=0 a1=0 a2=0 a3=0", EventType::process_ptrace_traceme, "PTRACE_TRACEME"},
        {"a0=4 a1=2328 a2=55d0 a3=90", EventType::process_ptrace_write, "PTRACE_POKETEXT"},
        {"a0=d a1=2328 a2=0 a3=0", EventType::process_ptrace_write, "PTRACE_SETREGS"},
        {"a0=4205 a1=2328 a2=1 a3=0", EventType::process_ptrace_write, "PTRACE_SETREGSET"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const Normalized n({act(101, row.arguments)});
      REQUIRE(n.result.has_event);
      CHECK(n.type() == row.type);
      CHECK(n.text(F::op_name) == row.name);
      CHECK(n.has(F::tgt_proc_id) == (row.type != EventType::process_ptrace_traceme));
    }
    const Normalized recorded({act(101, "a0=10 a1=5 a2=0 a3=0"), obj_pid(9000)});
    CHECK(recorded.number(F::tgt_proc_id) == 9000);  // not the number that a container's process used
    CHECK(Normalized({act(101, "a0=4 a1=2328 a2=55d0 a3=90")}).text(F::mem_addr) == "0x55d0");
    for (const char* daily : {"a0=7 a1=2328", "a0=18 a1=2328", "a0=4204 a1=2328", "a0=11 a1=2328"}) CHECK_FALSE(Normalized({act(101, daily)}).result.has_event);
    CHECK(Normalized({act_aarch64(117, "a0=10 a1=2328 a2=0 a3=0")}).type() == EventType::process_ptrace_attach);
  }
  TEST_CASE("ProcessVmWriteNix and ProcessVmReadNix: whose memory, how much") {
    const Normalized w({act(311, "a0=2328 a1=1 a2=1 a3=1", "64")});
    CHECK(w.type() == EventType::process_vm_write);
    CHECK(w.number(F::tgt_proc_id) == 0x2328);
    CHECK(w.number(F::mem_len) == 64);
    const Normalized r({act(310, "a0=2328 a1=1 a2=1 a3=1", "-1")});
    CHECK(r.type() == EventType::process_vm_read);
    CHECK(r.number(F::op_status) == 0);
    CHECK_FALSE(r.has(F::mem_len));
  }
  TEST_CASE("MemoryProtectExecNix and MemoryMapRwxNix: writable and executable at once") {
    const Normalized p({act(10, "a0=7f0000001000 a1=2000 a2=7 a3=0")});
    CHECK(p.type() == EventType::memory_protect_exec);
    CHECK(p.text(F::mem_prot) == "rwx");
    CHECK(p.number(F::mem_len) == 0x2000);
    CHECK(p.text(F::mem_addr) == "0x7f0000001000");
    CHECK(Normalized({act(329, "a0=1000 a1=2000 a2=6 a3=1")}).text(F::mem_prot) == "wx");
    const Normalized m({act(9, "a0=0 a1=1000 a2=7 a3=22", "139637976727552")});
    CHECK(m.type() == EventType::memory_map_rwx);
    CHECK(m.text(F::mem_addr) == "0x7f0000000000");
    CHECK(Normalized({act_i386(192, "a0=0 a1=1000 a2=7 a3=22", "-134217728")}).type() == EventType::memory_map_rwx);
    CHECK_FALSE(Normalized({act_i386(90, "a0=bfff0000 a1=7 a2=7 a3=7")}).result.has_event);  // arguments in memory
    for (const char* plain : {"a0=0 a1=1000 a2=5 a3=22", "a0=0 a1=1000 a2=3 a3=22"}) CHECK_FALSE(Normalized({act(9, plain)}).result.has_event);
  }
  TEST_CASE("MemfdCreateNix, MemorySecretNix, UserfaultfdNix, PerfEventOpenNix, PidfdGetfdNix, IoUringSetupNix, SpliceToPipeNix") {
    const Normalized m({act(319, "a0=55d0 a1=3 a2=0 a3=0", "4")});
    CHECK(m.type() == EventType::memfd_create);
    CHECK(m.text(F::op_value) == "MFD_CLOEXEC|MFD_ALLOW_SEALING");
    CHECK(m.result.file.file_fd == 4);
    CHECK_FALSE(m.result.file.is_file);
    CHECK(Normalized({act(319, "a0=55d0 a1=0 a2=0 a3=0", "-24")}).result.file.file_fd == -1);
    CHECK(Normalized({act(447, "a0=80000 a1=0 a2=0 a3=0", "-38")}).type() == EventType::memory_secret);
    CHECK(Normalized({act(323, "a0=80001 a1=0 a2=0 a3=0", "3")}).text(F::op_value) == "UFFD_USER_MODE_ONLY|O_CLOEXEC");
    const Normalized p({act(298, "a0=55d0 a1=ffffffffffffffff a2=0 a3=ffffffffffffffff", "3")});
    CHECK(p.type() == EventType::perf_event_open);
    CHECK(p.text(F::op_value) == "-1");
    CHECK_FALSE(p.has(F::tgt_proc_id));
    CHECK(Normalized({act(298, "a0=55d0 a1=2328 a2=0 a3=0", "3")}).number(F::tgt_proc_id) == 0x2328);
    const Normalized g({act(438, "a0=5 a1=2 a2=0 a3=0", "6")});
    CHECK(g.type() == EventType::pidfd_getfd);
    CHECK(g.result.file.file_fd == 5);
    CHECK(Normalized({act(425, "a0=20 a1=55d0 a2=0 a3=0", "3")}).text(F::op_value) == "32");
    const Normalized s({act(275, "a0=3 a1=7ffd0 a2=5 a3=0", "4096")});
    CHECK(s.type() == EventType::splice_to_pipe);
    CHECK(s.number(F::mem_len) == 4096);
    CHECK_FALSE(Normalized({act(275, "a0=3 a1=0 a2=5 a3=0", "4096")}).result.has_event);
    CHECK_FALSE(Normalized({act(275, "a0=3 a1=7ffd0 a2=5 a3=7ffd8", "-29")}).result.has_event);
  }
  TEST_CASE("SysvShmExecNix, SysvShmCreateNix, SysvIpcPermNix: also by i386's one call for all") {
    CHECK(Normalized({act(30, "a0=5 a1=0 a2=8000 a3=0", "4096")}).type() == EventType::sysv_shm_exec);
    CHECK_FALSE(Normalized({act(30, "a0=5 a1=0 a2=1000 a3=0", "4096")}).result.has_event);
    const Normalized folded({act_i386(117, "a0=15 a1=5 a2=8000 a3=bfff0")});
    CHECK(folded.type() == EventType::sysv_shm_exec);
    CHECK(folded.text(F::op_value) == "5");
    CHECK_FALSE(Normalized({act_i386(117, "a0=1 a1=5 a2=8000 a3=bfff0")}).result.has_event);  // semop
    for (const std::string& line : {act(29, "a0=1234 a1=2000 a2=3b6 a3=0", "7"), act_i386(117, "a0=17 a1=1234 a2=2000 a3=3b6", "7")}) {
      const Normalized n({line});
      CHECK(n.type() == EventType::sysv_shm_create);
      CHECK(n.text(F::op_value) == "0x1234");
      CHECK(n.number(F::mem_len) == 0x2000);
      CHECK(n.number(F::file_ace_mask) == 0666);
    }
    CHECK_FALSE(Normalized({act(29, "a0=1234 a1=2000 a2=1b6 a3=0", "7")}).result.has_event);
    const std::string ipc = "IPC ouid=0 ogid=0 mode=0600", set = "IPC_SET_PERM qbytes=0 ouid=1000 ogid=1001 mode=0666";
    for (const std::string& line : {act(31, "a0=5 a1=1 a2=7ffd0 a3=0"), act(66, "a0=5 a1=0 a2=1 a3=7ffd0"), act_i386(117, "a0=18 a1=5 a2=101 a3=0"),
                                    act_i386(117, "a0=3 a1=5 a2=0 a3=101")}) {
      CAPTURE(line);
      const Normalized n({line, ipc, set});
      REQUIRE(n.result.has_event);
      CHECK(n.type() == EventType::sysv_ipc_perm);
      CHECK(n.text(F::op_value) == "5");
      CHECK(n.number(F::file_ace_mask_old) == 0600);
      CHECK(n.number(F::file_ace_mask) == 0666);
      CHECK(n.number(F::file_owner_id) == 1000);
      CHECK(n.number(F::file_group_id) == 1001);
      CHECK(n.number(F::file_owner_id_old) == 0);
    }
    CHECK_FALSE(Normalized({act(31, "a0=5 a1=2 a2=7ffd0 a3=0"), ipc}).result.has_event);  // IPC_STAT
  }
  TEST_CASE("PosixMqOpenNix: the queue's name, made or found") {
    const Normalized made({act(240, "a0=1 a1=42 a2=180 a3=0", "3"), "MQ_OPEN oflag=0x42 mode=0600 mq_flags=0x0 mq_maxmsg=10 mq_msgsize=8192 mq_curmsgs=0",
                           "CWD cwd=\"/\"", path_line(0, "\"/\"", "PARENT"), path_line(1, "\"q\"", "CREATE")});
    CHECK(made.type() == EventType::posix_mq_open);
    CHECK(made.text(F::op_name) == "create");
    CHECK(made.text(F::op_value) == "q");
    const Normalized found({act(240, "a0=1 a1=2 a2=0 a3=0", "3"), path_line(0, "\"q\"")});
    CHECK(found.text(F::op_name) == "open");
    CHECK(found.text(F::op_value) == "q");
  }
}
