// SPDX-License-Identifier: Apache-2.0
// FakeProc: the host behind ProcReader, as a map of processes. It records what it was asked, and it can lie: any answer
// can be replaced by other bytes, and a process can be gone between two questions.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "audit/frame.h"
#include "state/proc_reader.h"

struct FakeTask {
  int pid = 0, ppid = 1;
  unsigned long long ticks = 0;
  std::string comm = "task", cmdline, exe = "/bin/task", cwd = "/", cgroup = "0::/user.slice\n", environ, chrooted = "0";
  unsigned uid = 0, euid = 0;
  int session = 1;

  std::string stat() const {
    return std::to_string(pid) + " (" + comm + ") S " + std::to_string(ppid) + " " + std::to_string(pid) + " " + std::to_string(session) +
           " 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 " + std::to_string(ticks) + " 0 0";
  }
  /// As a snapshot frame carries it.
  std::string sections() const {
    using aurochs::audit::Tag;
    std::string out;
    aurochs::audit::SectionWriter w(out);
    w.put(Tag::pid, std::to_string(pid));
    w.put(Tag::stat, stat());
    const std::string u = std::to_string(uid), e = std::to_string(euid);
    w.put(Tag::status, "Name:\t" + comm + "\nUid:\t" + u + "\t" + e + "\t" + e + "\t" + e + "\nGid:\t" + u + "\t" + u + "\t" + u + "\t" + u +
                           "\nCapPrm:\t0000000000000003\nCapEff:\t0000000000000001\nCapBnd:\t000001ffffffffff\n");
    w.put(Tag::cgroup, cgroup);
    w.put(Tag::exe, exe);
    w.put(Tag::cwd, cwd);
    w.put(Tag::cmdline, cmdline);
    w.put(Tag::chrooted, chrooted);
    if (!environ.empty()) w.put(Tag::environ, environ);
    return out;
  }
};

class FakeProc final : public aurochs::state::ProcReader {
 public:
  using Ask = aurochs::state::Ask;

  std::map<int, FakeTask> tasks;
  std::map<int64_t, std::string> users;
  std::vector<std::pair<Ask, int64_t>> asked;
  std::map<std::pair<Ask, int64_t>, std::string> lies;  ///< answers instead of the truth

  FakeTask& task(int pid, int ppid, unsigned long long ticks) {
    FakeTask& t = tasks[pid];
    t.pid = pid;
    t.ppid = ppid;
    t.ticks = ticks;
    return t;
  }
  size_t times(Ask what, int64_t id) const {
    size_t n = 0;
    for (const auto& a : asked) n += a.first == what && a.second == id;
    return n;
  }

  bool ask(Ask what, int64_t id, std::string_view, std::string& answer) override {
    answer.clear();
    asked.emplace_back(what, id);
    if (const auto lie = lies.find({what, id}); lie != lies.end()) {
      answer = lie->second;
      return true;
    }
    if (what == Ask::user) {
      const auto user = users.find(id);
      if (user != users.end()) answer = user->second;
      return user != users.end();
    }
    const auto t = tasks.find(static_cast<int>(id));
    if (t == tasks.end() || (what != Ask::process && what != Ask::start)) return false;
    answer = what == Ask::process ? t->second.sections() : t->second.stat();
    return true;
  }
};
