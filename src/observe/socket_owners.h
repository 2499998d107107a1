// SPDX-License-Identifier: Apache-2.0
// SocketOwners: which process holds a socket, by the links in /proc/*/fd. Walks all processes, so it is asked for new
// sockets only, and stops when all of them were found. Observer thread.
#pragma once
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace aurochs::observe {

class SocketOwners {
 public:
  void want(uint64_t inode) {
    if (inode) rows_.push_back({inode, 0});
  }
  /// `proc`: "/proc", or a tree of a test.
  void find(const std::string& proc);
  /// 0: nobody was found.
  int pid_of(uint64_t inode) const;

 private:
  struct Row {
    uint64_t inode;
    int pid;
  };
  bool note(uint64_t inode, int pid);

  std::vector<Row> rows_;
  size_t missing_ = 0;
};

/// Field 22 of /proc/PID/stat; 0: no such process.
uint64_t start_ticks_of(const std::string& proc, int pid);

}  // namespace aurochs::observe
