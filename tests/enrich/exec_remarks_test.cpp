// SPDX-License-Identifier: Apache-2.0
#include "enrich/exec_remarks.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "enrich/container_book.h"
#include "support/fake_proc.h"

using namespace aurochs;
using event::EventType;
using event::FieldId;

namespace {

/// One exec: what is told of it, and the remarks that follow.
struct Exec {
  FakeProc proc;
  state::Lineage lineage{{}, proc};
  enrich::ExecRemarks remarks{lineage, proc};
  std::unique_ptr<event::Event> e = std::make_unique<event::Event>();
  state::ExecView view;
  event::ExecDetails details;
  std::vector<std::string> texts;  ///< op_text of each remark

  explicit Exec(std::string_view image) {
    e->clear(EventType::process_create);
    e->set_copy(FieldId::proc_file_path, image);
    e->set_copy(FieldId::proc_file_tgt_path, image);
    details.argument_zero = image;
    view.process = &lineage.table().add(100, 1, nullptr, state::Origin::exec_event);
  }
  state::Process& ancestor(int pid, std::string_view image) {
    state::Process& p = lineage.table().add(pid, 1, nullptr, state::Origin::exec_event);
    lineage.table().set_text(p, image, image, "/", "");
    view.process->parent = p.self;
    view.parent = &p;
    return p;
  }
  std::vector<EventType> all() {
    std::vector<EventType> found;
    texts.clear();
    size_t at = 0;
    const enrich::ExecRemarks::Subject subject{*e, view, details};
    for (EventType t = remarks.next(subject, at); t != EventType::count_; t = remarks.next(subject, at)) {
      found.push_back(t);
      texts.emplace_back(e->text(FieldId::op_text));
    }
    return found;
  }
};

using Types = std::vector<EventType>;

}  // namespace

TEST_SUITE("enrich") {
  TEST_CASE("an ordinary exec is not remarkable") {
    Exec x("/usr/bin/ls");
    CHECK(x.all().empty());
    x.view.has_proc = true;
    x.view.proc.environ = std::string_view("PATH=/bin\0HISTFILE=/root/.h\0", 28);
    CHECK(x.all().empty());
  }
  TEST_CASE("ProcessMasqueradeNix: names of kernel threads, in brackets or not; a program of that name is none") {
    for (const char* name : {"[kworker/0:1]", "[x]", "kworker/u4:2", "ksoftirqd/0", "migration/3"}) {
      CAPTURE(name);
      Exec x("/tmp/x");
      x.details.argument_zero = name;
      CHECK(x.all() == Types{EventType::process_masquerade});
      CHECK(x.texts.front() == name);
    }
    for (const char* name : {"[", "[]", "ls", "-bash", "kworkerish", ""}) {
      CAPTURE(name);
      Exec x("/tmp/x");
      x.details.argument_zero = name;
      CHECK(x.all().empty());
    }
    Exec x("/usr/sbin/watchdog");
    x.details.argument_zero = "watchdog";
    CHECK(x.all().empty());
  }
  TEST_CASE("ProcessStdioSocketNix, ScriptStdinNix: an interpreter that reads commands from a socket; a service with sockets is none") {
    Exec x("/bin/bash");
    x.view.has_proc = true;
    x.view.proc.fd[0] = x.view.proc.fd[1] = "socket:[77]";
    CHECK(x.all() == Types{EventType::process_stdio_socket, EventType::script_stdin});
    CHECK(x.texts[0] == "stdin and stdout are one socket");
    CHECK(x.texts[1].empty());  // a remark's own fields do not stay
    x.view.proc.fd[1] = "pipe:[1]";
    x.all();
    CHECK(x.texts[0] == "stdin is a socket");
    x.view.proc.fd[0] = "pipe:[2]";
    CHECK(x.all() == Types{EventType::script_stdin});
    x.details.has_operand = true;
    CHECK(x.all().empty());
    Exec service("/usr/sbin/cupsd");
    service.view.has_proc = true;
    service.view.proc.fd[0] = service.view.proc.fd[1] = "socket:[78]";
    CHECK(service.all().empty());
  }
  TEST_CASE("ShellInteractiveNix: a shell on a terminal or with -i; not one that runs a script") {
    Exec x("/bin/bash");
    x.e->set_text(FieldId::proc_stdin_type, "tty");
    CHECK(x.all() == Types{EventType::shell_interactive});
    x.details.has_operand = true;
    CHECK(x.all().empty());
    x.details.is_interactive = true;
    CHECK(x.all() == Types{EventType::shell_interactive});
    x.details.script = "/tmp/a.sh";
    CHECK(x.all() == Types{EventType::script_exec});
  }
  TEST_CASE("ShellHistoryOffNix: each way to switch it off; an ordinary history is none") {
    using namespace std::string_literals;
    for (const auto& row : {std::pair{"A=b\0HISTFILE=/dev/null\0"s, "HISTFILE=/dev/null"}, {"HISTFILE=\0"s, "HISTFILE="},
                            {"HISTSIZE=0\0"s, "HISTSIZE=0"}, {"X=1\0HISTFILESIZE=0"s, "HISTFILESIZE=0"}}) {
      const std::string environ = row.first, text = row.second;
      CAPTURE(text);
      Exec x("/bin/zsh");
      x.view.has_proc = true;
      x.view.proc.environ = environ;
      CHECK(x.all() == Types{EventType::shell_history_off});
      CHECK(x.texts.front() == text);
      Exec other("/bin/ls");
      other.view.has_proc = true;
      other.view.proc.environ = environ;
      CHECK(other.all().empty());
    }
    Exec x("/bin/bash");
    x.view.has_proc = true;
    x.view.proc.environ = "HISTSIZE=1000";
    CHECK(x.all().empty());
  }
  TEST_CASE("WebShellChildNix: whatever starts below a web server, but not its own workers") {
    Exec x("/usr/bin/id");
    x.ancestor(50, "/usr/sbin/php-fpm7.4");
    CHECK(x.all() == Types{EventType::web_shell_child});
    CHECK(x.texts.front() == "/usr/sbin/php-fpm7.4");
    Exec worker("/usr/sbin/nginx");
    worker.ancestor(50, "/usr/sbin/nginx");
    CHECK(worker.all().empty());
  }
  TEST_CASE("CronJobRunNix: a child of cron") {
    Exec x("/bin/sh");
    x.ancestor(50, "/usr/sbin/cron");
    CHECK(x.all() == Types{EventType::cron_job_run});
  }
  TEST_CASE("PackageScriptNix: a maintainer script below the package manager; the same path by hand is none") {
    Exec x("/bin/sh");
    x.details.script = "/var/lib/dpkg/info/x.postinst";
    CHECK(x.all() == Types{EventType::script_exec});
    x.ancestor(50, "/usr/bin/dpkg");
    CHECK(x.all() == Types{EventType::script_exec, EventType::package_script});
    CHECK(x.texts.back() == "/usr/bin/dpkg");
  }
  TEST_CASE("ProcessPrivChangeNix ProcessFileCapExec: capabilities that came by the file; root's own exec is none") {
    Exec x("/usr/bin/ping");
    x.e->set_number(FieldId::proc_usr_e_id, 1000);
    x.e->set_number(FieldId::proc_cap_pp_old, 0);
    x.e->set_number(FieldId::proc_cap_pp, 0x2000);
    CHECK(x.all() == Types{EventType::process_file_cap_exec});
    x.e->set_number(FieldId::proc_cap_pp, 0);
    CHECK(x.all().empty());
    x.e->set_number(FieldId::proc_cap_pp, 0x2000);
    x.e->set_number(FieldId::proc_usr_e_id, 0);
    CHECK(x.all().empty());
  }

  TEST_CASE("containers by cgroup: what each runtime writes, and what is none") {
    const std::string id(64, 'a');
    struct Case {
      std::string cgroups, id, runtime;
    };
    for (const Case& c : {Case{"/system.slice/docker-" + id + ".scope", id, "docker"}, Case{"/docker/" + id, id, "docker"},
                          Case{"/kubepods.slice/kubepods-pod1.slice/cri-containerd-" + id + ".scope", id, "containerd"},
                          Case{"/kubepods/besteffort/pod12-3/" + id, id, "kubernetes"}, Case{"/machine.slice/libpod-" + id + ".scope/container", id, "podman"},
                          Case{"/crio-" + id + ".scope", id, "cri-o"}, Case{"/lxc.payload.web1/init.scope", "web1", "lxc"}, Case{"/lxc/old1", "old1", "lxc"},
                          Case{"/|/docker/" + id, id, "docker"}, Case{"/machine.slice/machine-deb.scope", "deb", "nspawn"},
                          Case{"/", "", ""}, Case{"/user.slice/user-1000.slice/session-3.scope", "", ""}, Case{"", "", ""},
                          Case{"/docker/short", "", ""}, Case{"/docker-" + id.substr(1) + ".scope", "", ""}, Case{"/docker-.scope", "", ""}}) {
      CAPTURE(c.cgroups);
      const enrich::Container found = enrich::container_of(c.cgroups);
      CHECK(found.id == c.id);
      CHECK(found.runtime == c.runtime);
    }
  }
  TEST_CASE("ContainerStartNix, ContainerExecNix, ContainerStopNix: the first exec, one from outside, the end of the first process") {
    using Word = enrich::ContainerBook::Word;
    FakeProc proc;
    state::Lineage lineage{{}, proc};
    state::ProcessTable& table = lineage.table();
    const std::string cgroup = "/docker/" + std::string(64, 'b');
    auto process = [&](int pid, std::string_view cgroups) -> state::Process& {
      state::Process& p = table.add(pid, 1, nullptr, state::Origin::exec_event);
      table.set_text(p, "/x", "x", "/", cgroups);
      return p;
    };
    state::Process &shim = process(10, "/system.slice"), &init = process(11, cgroup), &child = process(12, cgroup), &entered = process(13, cgroup);
    const enrich::Container c = enrich::container_of(cgroup);
    enrich::ContainerBook book;
    CHECK(book.exec({}, shim, nullptr) == Word::nothing);
    CHECK(book.exec(c, init, &shim) == Word::started);
    CHECK(book.exec(c, child, &init) == Word::nothing);
    CHECK(book.exec(c, entered, &shim) == Word::entered);
    CHECK_FALSE(book.ended(c, child));
    CHECK(book.ended(c, init));
    CHECK_FALSE(book.ended(c, init));
    CHECK(book.exec(c, init, &shim) == Word::started);
  }
}
