// SPDX-License-Identifier: Apache-2.0
// A SYSCALL record of an act, in one line of a test.
#pragma once
#include <string>

struct Act {
  int number = 0;
  std::string arguments = "a0=0 a1=0 a2=0 a3=0";
  std::string exit = "0";
  std::string arch = "c000003e";
  std::string ids = "uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0";

  std::string line() const {
    const bool failed = exit[0] == '-';
    return "SYSCALL arch=" + arch + " syscall=" + std::to_string(number) + " success=" + (failed ? "no" : "yes") + " exit=" + exit + " " + arguments +
           " items=0 ppid=700 pid=701 auid=1000 " + ids + " tty=pts0 ses=3 comm=\"actor\" exe=\"/usr/bin/actor\" key=\"aurochs-acts\"";
  }
};

inline std::string act(int number, const std::string& arguments, const std::string& exit = "0") { return Act{number, arguments, exit}.line(); }
inline std::string act_i386(int number, const std::string& arguments, const std::string& exit = "0") { return Act{number, arguments, exit, "40000003"}.line(); }
inline std::string act_aarch64(int number, const std::string& arguments, const std::string& exit = "0") { return Act{number, arguments, exit, "c00000b7"}.line(); }
inline std::string obj_pid(int pid, const std::string& rest = "oauid=1000 ouid=33 oses=2 ocomm=\"victim\"") {
  return "OBJ_PID opid=" + std::to_string(pid) + " " + rest;
}
inline std::string path_line(int item, const std::string& name, const std::string& nametype = "NORMAL") {
  return "PATH item=" + std::to_string(item) + " name=" + name + " inode=10 dev=08:01 mode=040755 ouid=0 ogid=0 rdev=00:00 nametype=" + nametype;
}
