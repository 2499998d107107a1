// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "audit/record_types.h"
#include "decode/header.h"
#include "normalize/normalize.h"
#include "support/normalized.h"

using namespace aurochs;
using event::EventType;
using event::FieldId;
using F = event::FieldId;

namespace {

std::string syscall(const std::string& comm, const std::string& exe, const std::string& more = "", const std::string& head = "syscall=59 success=yes exit=0") {
  return "SYSCALL arch=c000003e " + head +
         " a0=55e a1=55f a2=560 a3=0 items=2 ppid=900 pid=901 auid=1000 uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 "
         "sgid=1000 fsgid=1000 tty=pts0 ses=3 comm=" + comm + " exe=" + exe + " key=\"exec\"" + more;
}
std::string path(int item, const std::string& name, const std::string& rest = "inode=10 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL") {
  return "PATH item=" + std::to_string(item) + " name=" + name + " " + rest;
}
const std::string kCwd = "CWD cwd=\"/home/user\"";
const std::string kLoader = path(1, "\"/lib64/ld-linux-x86-64.so.2\"");

/// An exec of a shell or another interpreter with these arguments.
Normalized run(const std::string& exe, const Lines& arguments) {
  std::string execve = "EXECVE argc=" + std::to_string(arguments.size());
  for (size_t i = 0; i < arguments.size(); ++i) execve += " a" + std::to_string(i) + "=\"" + arguments[i] + "\"";
  return Normalized({syscall("\"x\"", "\"" + exe + "\""), execve, kCwd, path(0, "\"" + exe + "\""), kLoader});
}

}  // namespace

TEST_SUITE("normalize") {
  TEST_CASE("exec of a binary: what the records say, and nothing else") {
    const Normalized n({syscall("\"ls\"", "\"/usr/bin/ls\""), "EXECVE argc=3 a0=\"ls\" a1=\"-l\" a2=612062", kCwd,
                        path(0, "\"/bin/ls\"", "inode=1234 dev=fd:01 mode=0100755 ouid=5 ogid=6 rdev=00:00 nametype=NORMAL"), kLoader,
                        "PROCTITLE proctitle=\"stale\""});
    REQUIRE(n.result.has_event);
    CHECK(n.result.is_exec);
    CHECK(n.event->type() == EventType::process_create);
    CHECK(n.text(F::cmdline) == "ls -l 'a b'");
    CHECK(n.text(F::proc_file_path) == "/bin/ls");
    CHECK(n.text(F::proc_file_name) == "ls");
    CHECK(n.text(F::proc_file_tgt_path) == "/usr/bin/ls");
    CHECK(n.text(F::proc_cwd) == "/home/user");
    CHECK(n.text(F::proc_comm) == "ls");
    CHECK(n.text(F::op_syscall) == "execve");
    CHECK(n.text(F::op_arch) == "x86_64");
    CHECK(n.text(F::audit_key) == "exec");
    CHECK(n.text(F::proc_term_name) == "pts/0");
    CHECK(n.number(F::op_status) == 1);
    CHECK(n.number(F::proc_id) == 901);
    CHECK(n.number(F::proc_p_id) == 900);
    CHECK(n.number(F::proc_usr_audit_id) == 1000);
    CHECK(n.number(F::proc_term_session_id) == 3);
    CHECK(n.number(F::event_serial) == 77);
    CHECK(n.event->integer(F::event_utc_time) == 1700000000123);
    CHECK(n.result.exec.has_inode);
    CHECK(n.result.exec.inode == 1234);
    CHECK(n.result.exec.mode == 0100755);
    CHECK(n.result.exec.owner == 5);
    CHECK(n.result.exec.group == 6);
    CHECK(n.result.exec.dev == "fd:01");
    for (const F f : {F::event_incomplete, F::cmdline_truncated, F::proc_guid, F::proc_cap_pp, F::proc_env, F::script_path}) CHECK_FALSE(n.has(f));
    CHECK(n.result.exec.script.empty());
    CHECK(n.result.exec.inline_code.empty());
    CHECK_FALSE(n.result.exec.image_deleted);
    CHECK_FALSE(n.result.exec.image_fileless);
  }
  TEST_CASE("exec of a #! file: the image is the interpreter, the script is apart") {
    const Normalized n({syscall("\"x.sh\"", "\"/usr/bin/dash\""), "EXECVE argc=4 a0=\"/bin/sh\" a1=\"-e\" a2=\"./x.sh\" a3=\"arg\"", kCwd,
                        path(0, "\"./x.sh\""), path(1, "\"/bin/sh\"", "inode=20 dev=08:01 mode=0100755 ouid=0 ogid=0 nametype=NORMAL"),
                        path(2, "\"/lib64/ld-linux-x86-64.so.2\"")});
    CHECK(n.result.exec.script == "/home/user/x.sh");
    CHECK(n.text(F::proc_file_path) == "/bin/sh");
    CHECK(n.text(F::proc_file_tgt_path) == "/usr/bin/dash");
    CHECK(n.text(F::proc_comm) == "x.sh");
    CHECK(n.text(F::cmdline) == "/bin/sh -e ./x.sh arg");
    CHECK(n.result.exec.inode == 20);
    CHECK(n.result.exec.inline_code.empty());
  }
  TEST_CASE("exec of a #! file that the kernel tells twice") {
    const Normalized n({syscall("\"x.sh\"", "\"/usr/bin/dash\""), "EXECVE argc=2 a0=\"/bin/sh\" a1=\"./x.sh\"", kCwd, path(0, "\"./x.sh\""), path(1, "\"./x.sh\""),
                        path(2, "\"/bin/sh\"", "inode=20 dev=08:01 mode=0100755 ouid=0 ogid=0 nametype=NORMAL"), path(3, "\"/lib64/ld-linux-x86-64.so.2\"")});
    CHECK(n.result.exec.script == "/home/user/x.sh");
    CHECK(n.text(F::proc_file_path) == "/bin/sh");
    CHECK(n.result.exec.inode == 20);
  }
  TEST_CASE("exec of a #!/usr/bin/env file: first env with the script, then the interpreter without") {
    const Normalized first({syscall("\"t.py\"", "\"/usr/bin/env\""), "EXECVE argc=3 a0=\"/usr/bin/env\" a1=\"python3\" a2=\"/opt/t.py\"", kCwd,
                            path(0, "\"/opt/t.py\""), path(1, "\"/usr/bin/env\""), path(2, "\"/lib64/ld-linux-x86-64.so.2\"")});
    CHECK(first.result.exec.script == "/opt/t.py");
    CHECK(first.text(F::proc_file_path) == "/usr/bin/env");
    const Normalized second = run("/usr/bin/python3", {"python3", "/opt/t.py"});
    CHECK(second.result.exec.script.empty());
    CHECK(second.text(F::proc_file_path) == "/usr/bin/python3");
  }
  TEST_CASE("a binary whose first argument is its own path is no script") {
    const Normalized n({syscall("\"a\"", "\"/opt/a\""), "EXECVE argc=2 a0=\"/lib64/ld-linux-x86-64.so.2\" a1=\"/opt/a\"", kCwd, path(0, "\"/opt/a\""), kLoader});
    CHECK(n.result.exec.script.empty());
    CHECK(n.text(F::proc_file_path) == "/opt/a");
  }
  TEST_CASE("images without a name") {
    const std::string memfd = "2F6D656D66643A7061796C6F6164202864656C6574656429";  // "/memfd:payload (deleted)"
    const struct {
      const char* what;
      std::string exe, name;
      bool deleted, fileless;
      const char *path, *tgt_name;
    } rows[] = {
        {"memfd by execveat", memfd, "\"\"", true, true, "/memfd:payload", "memfd:payload"},
        {"memfd by /proc/self/fd", memfd, "\"/proc/self/fd/3\"", true, true, "/memfd:payload", "memfd:payload"},
        {"descriptor of a file", "\"/opt/tool\"", "\"/dev/fd/5\"", false, true, "/opt/tool", "tool"},
        {"fexecve of a file", "\"/opt/tool\"", "\"\"", false, false, "/opt/tool", "tool"},
        {"deleted file", "2F746D702F78202864656C6574656429", "\"\"", true, false, "/tmp/x", "x"},
        {"/dev/shm", "\"/dev/shm/x\"", "\"/dev/shm/x\"", false, true, "/dev/shm/x", "x"},
        {"a name that only looks so", "\"/opt/memfd:x\"", "\"/opt/memfd:x\"", false, false, "/opt/memfd:x", "memfd:x"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.what);
      const Normalized n({syscall("\"3\"", row.exe, "", "syscall=322 success=yes exit=0"), "EXECVE argc=1 a0=\"[kworker/0:0]\"", kCwd,
                          path(0, row.name), kLoader});
      CHECK(n.result.exec.image_deleted == row.deleted);
      CHECK(n.result.exec.image_fileless == row.fileless);
      CHECK(n.text(F::proc_file_path) == row.path);
      CHECK(n.text(F::proc_file_tgt_name) == row.tgt_name);
      CHECK(n.text(F::op_syscall) == "execveat");
    }
  }
  TEST_CASE("a setuid exec: ids after the call, capabilities of BPRM_FCAPS under both kernels' names") {
    const std::string sys = "SYSCALL arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=1 a2=1 a3=0 items=2 ppid=900 pid=901 auid=4294967295 uid=1000 "
                            "gid=1000 euid=0 suid=0 fsuid=0 egid=1000 sgid=1000 fsgid=1000 tty=(none) ses=4294967295 comm=\"su\" exe=\"/usr/bin/su\" key=(null)";
    for (const std::string& caps : {std::string("BPRM_FCAPS fver=0 fp=0 fi=0 fe=0 old_pp=0000000000000000 old_pi=0 old_pe=0000000000000001 "
                                                "pp=000001ffffffffff pi=0 pe=000001fffffffffe"),
                                    std::string("BPRM_FCAPS fver=0 fp=0 fi=0 fe=0 old_pp=0000000000000000 old_pi=0 old_pe=0000000000000001 "
                                                "new_pp=000001ffffffffff new_pi=0 new_pe=000001fffffffffe")}) {
      const Normalized n({sys, caps, "EXECVE argc=1 a0=\"su\"", kCwd,
                          path(0, "\"/usr/bin/su\"", "inode=9 dev=08:01 mode=0104755 ouid=0 ogid=0 nametype=NORMAL"), kLoader});
      CHECK(n.number(F::proc_usr_r_id) == 1000);
      CHECK(n.number(F::proc_usr_e_id) == 0);
      CHECK(n.has(F::proc_usr_e_id));
      CHECK(n.number(F::proc_cap_pp) == 0x1ffffffffff);
      CHECK(n.number(F::proc_cap_pe) == 0x1fffffffffe);
      CHECK(n.has(F::proc_cap_pp_old));
      CHECK(n.number(F::proc_cap_pp_old) == 0);
      CHECK(n.number(F::proc_cap_pe_old) == 1);
      CHECK(n.result.exec.mode == 0104755);
      for (const F f : {F::proc_usr_audit_id, F::proc_term_session_id, F::proc_term_name, F::audit_key}) CHECK_FALSE(n.has(f));
    }
  }
  TEST_CASE("failed execs: kept, unless they are the noise of a search along PATH") {
    const struct {
      const char *exit, *name;
      bool kept;
    } rows[] = {
        {"-2", "\"/usr/local/bin/ls\"", false}, {"-20", "\"/usr/sbin/ls\"", false}, {"-2", "\"/opt/go/bin/ls\"", false},
        {"-2", "\"/opt/tool\"", true},          {"-2", "\"./tool\"", true},         {"-13", "\"/usr/bin/secret\"", true},
        {"-8", "\"/bin/odd\"", true},           {"-2", "\"\"", true},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const Normalized n({syscall("\"bash\"", "\"/usr/bin/bash\"", "", std::string("syscall=59 success=no exit=") + row.exit), kCwd,
                          path(0, row.name, "nametype=UNKNOWN")});
      CHECK(n.result.has_event == row.kept);
      CHECK_FALSE(n.result.is_exec);
      if (!row.kept) continue;
      CHECK(n.event->type() == EventType::process_create_fail);
      CHECK(n.event->integer(F::op_exit) == std::stoi(row.exit));
      CHECK(n.number(F::op_status) == 0);
      CHECK(n.text(F::proc_comm) == "bash");
      // exe= and the ids are the caller's; there are no arguments.
      CHECK_FALSE(n.has(F::cmdline));
      CHECK_FALSE(n.has(F::proc_file_tgt_path));
    }
  }
  TEST_CASE("inside a chroot the paths are those that the process sees") {
    const Normalized n({syscall("\"tt\"", "\"/bin/tt\""), "EXECVE argc=1 a0=\"tt\"", "CWD cwd=\"/\"", path(0, "\"bin/tt\"")});
    CHECK(n.text(F::proc_file_path) == "/bin/tt");
    CHECK(n.text(F::proc_cwd) == "/");
  }
  TEST_CASE("relative names become absolute, without dots") {
    const struct {
      const char *cwd, *name, *path;
    } rows[] = {
        {"\"/home/user\"", "\"./a\"", "/home/user/a"},       {"\"/home/user\"", "\"../b/./c\"", "/home/b/c"}, {"\"/home/user\"", "\"../../../../x\"", "/x"},
        {"\"/\"", "\"a\"", "/a"},                            {"\"/home/user\"", "\"/usr/../bin//ls\"", "/bin/ls"}, {"\"/a\"", "\"..\"", "/"},
        {"\"/a b\"", "\"c\"", "/a b/c"},                     {"2F612062", "2E2F6420", "/a b/d "},             {"\"/a\"", "\"...\"", "/a/..."},
        {"\"/a\"", "\".b./c\"", "/a/.b./c"},                 {"(null)", "\"x/y\"", "x/y"},
    };
    for (const auto& row : rows) {
      CAPTURE(row.name);
      const Normalized n({syscall("\"x\"", "\"/real\""), "EXECVE argc=1 a0=\"x\"", std::string("CWD cwd=") + row.cwd, path(0, row.name)});
      CHECK(n.text(F::proc_file_path) == row.path);
      CHECK(n.text(F::proc_file_tgt_path) == "/real");
    }
  }
  TEST_CASE("PATH records of 3.10-el7 (objtype) and of 2.6.32 (neither) are understood") {
    for (const char* rest : {"inode=7 dev=fd:00 mode=0100755 ouid=0 ogid=0 rdev=00:00 objtype=NORMAL", "inode=7 dev=fd:00 mode=0100755 ouid=0 ogid=0 rdev=00:00"}) {
      const Normalized n({syscall("\"ls\"", "\"/bin/ls\""), "EXECVE argc=1 a0=\"ls\"", "CWD cwd=\"/\"", path(1, "(null)", rest), path(0, "\"/bin/ls\"", rest)});
      CHECK(n.text(F::proc_file_path) == "/bin/ls");
      CHECK(n.result.exec.has_inode);
      CHECK(n.result.exec.inode == 7);
    }
    const Normalized none({syscall("\"ls\"", "\"/bin/ls\""), "EXECVE argc=1 a0=\"ls\"", path(0, "\"/bin/ls\"", "flags=0")});
    CHECK_FALSE(none.result.exec.has_inode);
  }
  TEST_CASE("ANOM_ABEND is a crash") {
    const Normalized n({"ANOM_ABEND auid=1000 uid=33 gid=33 ses=7 pid=4242 comm=\"a b\" exe=2F6F70742F61202864656C6574656429 sig=11 res=1"});
    REQUIRE(n.result.has_event);
    CHECK(n.event->type() == EventType::process_crash);
    CHECK(n.result.syscall.pid == 4242);
    CHECK(n.number(F::proc_id) == 4242);
    CHECK(n.number(F::op_signal) == 11);
    CHECK(n.text(F::proc_file_tgt_path) == "/opt/a");
    CHECK(n.number(F::proc_usr_r_id) == 33);
    CHECK(n.number(F::proc_usr_audit_id) == 1000);
    CHECK_FALSE(Normalized({"ANOM_ABEND auid=1000 sig=11"}).result.has_event);
  }
  TEST_CASE("code on the command line of an interpreter") {
    const struct {
      const char* exe;
      Lines arguments;
      const char* code;
    } rows[] = {
        {"/bin/sh", {"sh", "-c", "CODE"}, "CODE"},
        {"/bin/sh", {"sh", "-c", "CODE", "name", "arg"}, "CODE"},
        {"/usr/bin/bash", {"bash", "-lc", "CODE"}, "CODE"},
        {"/usr/bin/bash", {"bash", "--norc", "-x", "-c", "CODE"}, "CODE"},
        {"/usr/bin/bash", {"bash", "-o", "pipefail", "-c", "CODE"}, "CODE"},
        {"/usr/bin/bash", {"bash", "-euo", "pipefail", "-c", "CODE"}, "CODE"},
        {"/usr/bin/bash", {"bash", "+x", "-c", "CODE"}, "CODE"},
        {"/usr/bin/bash", {"bash", "/opt/x.sh", "-c", "none"}, ""},
        {"/usr/bin/bash", {"bash", "--", "-c", "none"}, ""},
        {"/usr/bin/bash", {"bash", "-c"}, ""},
        {"/usr/bin/busybox", {"busybox", "sh", "-c", "CODE"}, "CODE"},
        {"/usr/bin/busybox", {"sh", "-c", "CODE"}, "CODE"},
        {"/usr/bin/python3", {"python3", "-c", "CODE"}, "CODE"},
        {"/usr/bin/python3.11", {"python3", "-Ic", "CODE"}, "CODE"},
        {"/usr/bin/python3", {"python3", "-W", "ignore", "-X", "dev", "-c", "CODE"}, "CODE"},
        {"/usr/bin/python3", {"python3", "-Xfrozen_modules=cc", "-c", "CODE"}, "CODE"},
        {"/usr/bin/python3", {"python3", "-m", "http.server", "-c", "none"}, ""},
        {"/usr/bin/python3", {"python3", "-mcProfile", "none"}, ""},
        {"/usr/bin/perl", {"perl", "-ne", "CODE", "file"}, "CODE"},
        {"/usr/bin/perl", {"perl", "-E", "CODE"}, "CODE"},
        {"/usr/bin/perl5.36.0", {"perl", "-Mre", "-we", "CODE"}, "CODE"},
        {"/usr/bin/perl", {"perl", "-I", "lib", "-i.before", "-pe", "CODE"}, "CODE"},
        {"/usr/bin/perl", {"perl", "-pie", "none"}, ""},
        {"/usr/bin/ruby", {"ruby", "-rset", "-e", "CODE"}, "CODE"},
        {"/usr/bin/php8.2", {"php", "-d", "memory_limit=1", "-r", "CODE"}, "CODE"},
        {"/usr/bin/node", {"node", "-e", "CODE"}, "CODE"},
        {"/usr/bin/ls", {"ls", "-c", "none"}, ""},
        {"/usr/bin/gawk", {"awk", "-e", "none"}, ""},
    };
    for (const auto& row : rows) {
      CAPTURE(row.exe);
      CAPTURE(row.arguments[1]);
      CHECK(run(row.exe, row.arguments).result.exec.inline_code == row.code);
    }
  }
  TEST_CASE("arguments that are not UTF-8 stay as they are: the writer shows them") {
    const Normalized n({syscall("\"x\"", "\"/x\""), "EXECVE argc=2 a0=\"x\" a1=61CBCF7A", path(0, "\"/x\"")});
    CHECK(n.text(F::cmdline) == "x a\xCB\xCFz");
  }
  TEST_CASE("two keys are joined, names of an enriched log are taken, node too") {
    const Normalized n({"SYSCALL arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 auid=1000 uid=0 gid=0 euid=0 egid=0 comm=\"x\" exe=\"/x\" "
                        "key=6B31016B32 \x1d" "ARCH=x86_64 SYSCALL=execve AUID=\"anna\" UID=\"root\" GID=\"wheel\" EUID=\"root\" EGID=\"wheel\"",
                        "EXECVE argc=1 a0=\"x\"", path(0, "\"/x\"")});
    CHECK(n.text(F::audit_key) == "k1|k2");
    CHECK(n.text(F::proc_usr_audit_name) == "anna");
    CHECK(n.text(F::proc_usr_e_name) == "root");
    CHECK(n.text(F::proc_group_r_name) == "wheel");
  }
  TEST_CASE("terminals are named as everybody but the kernel names them") {
    const struct {
      const char *tty, *name;
    } rows[] = {{"pts0", "pts/0"}, {"pts17", "pts/17"}, {"pts", "pts"}, {"ptsx", "ptsx"}, {"pts/3", "pts/3"}, {"tty1", "tty1"}, {"ttyS0", "ttyS0"},
                {"(none)", ""}, {"?", ""}};
    for (const auto& row : rows) {
      CAPTURE(row.tty);
      const Normalized n({std::string("SYSCALL arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=2 tty=") + row.tty + " comm=\"x\" exe=\"/x\"",
                          "EXECVE argc=1 a0=\"x\""});
      CHECK(n.text(F::proc_term_name) == row.name);
      CHECK(n.has(F::proc_term_name) == (*row.name != 0));
    }
  }
  TEST_CASE("damage leaves fields absent") {
    const Normalized no_execve({syscall("\"x\"", "\"/x\""), path(0, "\"/x\"")}, audit::AuditEvent::kIncomplete);
    CHECK(no_execve.result.has_event);
    CHECK(no_execve.has(F::event_incomplete));
    CHECK_FALSE(no_execve.has(F::cmdline));
    const Normalized missing({syscall("\"x\"", "\"/x\""), "EXECVE argc=3 a0=\"x\" a2=\"z\""});
    CHECK(missing.text(F::cmdline) == "x z");
    CHECK(missing.has(F::cmdline_truncated));
    CHECK(missing.text(F::proc_file_path) == "/x");
    CHECK_FALSE(missing.has(F::proc_cwd));
    CHECK_FALSE(Normalized({"SYSCALL arch=c000003e syscall=59 success=yes exit=0 comm=\"x\"", "EXECVE argc=1 a0=\"x\""}).result.has_event);
    const Normalized no_parent({"SYSCALL arch=c000003e syscall=59 success=yes pid=2 comm=\"x\" exe=\"/x\"", "EXECVE argc=1 a0=\"x\""});
    CHECK(no_parent.result.has_event);
    for (const F f : {F::proc_p_id, F::op_exit, F::proc_usr_r_id}) CHECK_FALSE(no_parent.has(f));
    CHECK_FALSE(Normalized({"EXECVE argc=1 a0=\"x\"", path(0, "\"/x\"")}).result.has_event);
    CHECK_FALSE(Normalized({syscall("\"x\"", "\"/x\""), "EXECVE argc=1 a0=\"x\""}, audit::AuditEvent::kLate).result.has_event);
  }
  TEST_CASE("forks are facts, exits are events, other calls are nothing") {
    const Normalized fork({syscall("\"sh\"", "\"/bin/sh\"", "", "syscall=56 success=yes exit=4711")});
    CHECK(fork.result.is_fork);
    CHECK_FALSE(fork.result.has_event);
    CHECK(fork.result.syscall.exit == 4711);
    CHECK_FALSE(Normalized({syscall("\"sh\"", "\"/bin/sh\"", "", "syscall=56 success=no exit=-11")}).result.is_fork);
    const Normalized exit({"SYSCALL arch=40000003 syscall=252 a0=103 items=0 ppid=1 pid=9 uid=0 comm=\"x\" exe=\"/x\""});
    REQUIRE(exit.result.has_event);
    CHECK(exit.event->type() == EventType::process_exit);
    CHECK(exit.event->integer(F::op_exit) == 3);
    CHECK(exit.text(F::op_arch) == "i386");
    CHECK_FALSE(exit.has(F::op_status));
    const Normalized open({syscall("\"x\"", "\"/x\"", "", "syscall=257 success=no exit=-2"), path(0, "\"/x\"")});
    CHECK_FALSE(open.result.has_event);
    CHECK_FALSE(open.result.is_fork);
    CHECK_FALSE(Normalized({"USER_ACCT pid=5 uid=0 msg='op=PAM:accounting res=success'"}).result.has_event);
  }
}
