// SPDX-License-Identifier: Apache-2.0
#include "state/proc_facts.h"

#include <doctest/doctest.h>

#include <string>

#include "support/fake_proc.h"

using namespace aurochs;
using namespace aurochs::state;

namespace {
std::string joined(std::string_view file) {
  std::string out = "before";
  join_cgroups(file, out);
  return out.substr(6);
}
std::string selected(std::string_view environ) {
  std::string out;
  select_environment(environ, out);
  return out;
}
std::string nul(std::string s) {
  for (char& c : s)
    if (c == ';') c = '\0';
  return s;
}
}  // namespace

TEST_SUITE("state") {
  TEST_CASE("a look at /proc is parsed") {
    FakeTask t;
    t.pid = 42;
    t.ppid = 7;
    t.ticks = 123456789012;
    t.comm = "x";
    t.uid = 1000;
    t.session = 40;
    t.cmdline = nul("x;-a;");
    const std::string sections = t.sections();
    const ProcFacts f = parse_facts(sections);
    CHECK(f.pid == 42);
    CHECK(f.ppid == 7);
    CHECK(f.has_stat);
    CHECK(f.start_ticks == 123456789012);
    CHECK(f.session == 40);
    CHECK(f.comm == "x");
    CHECK(f.uid[0] == 1000);
    CHECK(f.uid[1] == 0);
    CHECK(f.has_caps);
    CHECK(f.cap_permitted == 3);
    CHECK(f.cap_effective == 1);
    CHECK(f.cap_bounding == 0x1ffffffffff);
    CHECK(f.chrooted == 0);
    CHECK(f.cmdline == nul("x;-a;"));
    CHECK_FALSE(f.has_environ);
    CHECK_FALSE(f.kernel_thread);
    CHECK(f.seccomp == -1);
  }
  TEST_CASE("stat: the task's name may hold anything") {
    for (const char* comm : {"a b", ") S 1", "((x", "a) (b", ")", ""}) {
      FakeTask t;
      t.comm = comm;
      t.ppid = 77;
      t.ticks = 4711;
      std::string sections;
      audit::SectionWriter(sections).put(audit::Tag::stat, t.stat());
      CAPTURE(comm);
      const ProcFacts f = parse_facts(sections);
      CHECK(f.comm == comm);
      CHECK(f.ppid == 77);
      CHECK(f.start_ticks == 4711);
      CHECK(start_ticks_of(t.stat()) == 4711);
    }
  }
  TEST_CASE("stat and status that are damaged leave defaults") {
    for (const char* stat : {"", "1", "1 (x", "1 (x)", "1 (x) ", "1 (x) S 2 3", "1 )x( S 2", "() S x y z 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 nonsense"}) {
      CAPTURE(stat);
      std::string sections;
      audit::SectionWriter(sections).put(audit::Tag::stat, stat);
      CHECK_FALSE(parse_facts(sections).has_stat);
      CHECK(start_ticks_of(stat) == 0);
    }
    std::string sections;
    audit::SectionWriter(sections).put(audit::Tag::status, "Uid\nGid:\nUid:\tx\t5\nNSpid:\nCapPrm: zz");
    const ProcFacts f = parse_facts(sections);
    CHECK(f.uid[0] == 0);
    CHECK(f.uid[1] == 5);
    CHECK(f.ns_pid == 0);
    CHECK_FALSE(f.has_caps);
    CHECK_FALSE(parse_facts("\x01").has_stat);
  }
  TEST_CASE("status: groups, name space, seccomp, tracer of newer kernels") {
    std::string sections;
    audit::SectionWriter w(sections);
    w.put(audit::Tag::status, "Groups:\t4 27 1000 \nNSpid:\t4242\t17\t3\nTracerPid:\t9\nNoNewPrivs:\t1\nSeccomp:\t2\n");
    w.put(audit::Tag::loginuid, "1000\n");
    w.put(audit::Tag::chrooted, "1");
    const ProcFacts f = parse_facts(sections);
    CHECK(f.groups == "4 27 1000");
    CHECK(f.ns_pid == 3);
    CHECK(f.tracer == 9);
    CHECK(f.no_new_privileges == 1);
    CHECK(f.seccomp == 2);
    CHECK(f.login_uid == "1000");
    CHECK(f.chrooted == 1);
  }
  TEST_CASE("cgroup paths: each once, in order") {
    CHECK(joined("0::/system.slice/x.service\n") == "/system.slice/x.service");
    CHECK(joined("12:cpu,cpuacct:/a\n11:memory:/b\n1:name=systemd:/a\n0::/a:b\n") == "/a|/b|/a:b");
    CHECK(joined("2:cpu:/ab\n1:mem:/a\n") == "/ab|/a");
    CHECK(joined("") == "");
    CHECK(joined("nonsense\n::\n") == "");
    CHECK(joined("0::/last without newline") == "/last without newline");
  }
  TEST_CASE("environment: the variables of interest, secrets masked") {
    CHECK(selected(nul("PATH=/bin;FOO=1;LD_PRELOAD=/tmp/x.so;LC_NUMERIC=ru;")) == "PATH=/bin; LD_PRELOAD=/tmp/x.so; LC_NUMERIC=ru");
    CHECK(selected(nul("SUDO_PASSWORD=x;PYTHON_TOKEN=y;SSH_AUTH_SOCK=/run/s;KUBERNETES_SECRET=z")) ==
          "SUDO_PASSWORD=***; PYTHON_TOKEN=***; SSH_AUTH_SOCK=/run/s; KUBERNETES_SECRET=***");
    CHECK(selected(nul("http_proxy=http://me:pw@proxy:3128/;https_proxy=http://proxy:3128")) ==
          "http_proxy=http://***@proxy:3128/; https_proxy=http://proxy:3128");
    CHECK(selected(nul("=x;PATH;;XPATH=1;PATHX=1;LDX=1;LD_=1")) == "LD_=1");
    CHECK(selected("").empty());
  }
  TEST_CASE("variables by which a process loads foreign code") {
    CHECK(hijack_variable(nul("A=1;LD_PRELOAD=/tmp/x.so;LD_AUDIT=y")) == "LD_PRELOAD=/tmp/x.so");
    CHECK(hijack_variable(nul("LD_PRELOAD=;BASH_ENV=/x")) == "BASH_ENV=/x");
    CHECK(hijack_variable(nul("XLD_PRELOAD=1;LD_PRELOADX=1;LD_PRELOAD")).empty());
    CHECK(hijack_variable("").empty());
  }
}
