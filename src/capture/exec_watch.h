// SPDX-License-Identifier: Apache-2.0
// ExecWatch: looks at a process between its exec and its first instruction, however short it lives: environment and what else
// /proc says that the records of the exec do not.
// The proc connector speaks inside execve, on the CPU of the exec; a thread of ours that is bound to that CPU and has
// realtime priority then runs before the process returns from the call. So there is one thread a CPU, each with a
// connector socket whose filter passes only execs of its own CPU (SKF_AD_CPU, classic BPF, kernel 2.6.32).
// Measured on 2 busy CPUs (6.18): one unbound thread reads 51 to 96 % of the environments of 20-byte programs, bound ones
// all of them. The process waits about 40 us for it, which is what the same look costs on any other thread, without a second
// wake-up. Above limits::kExecWatchCpus CPUs there is none, since the kernel copies each message for each listener.
// Main thread opens, starts and stops; the core reads the rings.
#pragma once
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "base/ring.h"
#include "capture/stream.h"

namespace aurochs::capture {

class ExecWatch {
 public:
  /// The error says why there is none; the Stream's own looks then stand alone.
  static base::Result<std::unique_ptr<ExecWatch>> open();
  ~ExecWatch() { stop(); }

  void start();
  void stop();
  /// Main thread: its sockets hear of no exec until resumed.
  void pause(bool on);
  /// Snapshot frames of type kSnapshotUrgent; the core is their consumer. One ring a CPU.
  size_t ring_count() const { return watches_.size(); }
  base::Ring& ring(size_t i) { return watches_[i]->ring; }
  uint64_t seen() const;    ///< execs whose environment was read
  uint64_t missed() const;  ///< execs whose process was gone, or whose ring was full

 private:
  struct Watch {
    int cpu = 0;
    base::UniqueFd fd;
    base::Ring ring{limits::kExecWatchRingBytes};
    ExecLook look;
    Counter seen, missed;
    std::thread thread;
  };
  ExecWatch() = default;
  void run(Watch& watch);

  std::vector<std::unique_ptr<Watch>> watches_;
  StopSignal stop_;
};

/// Lets only exec messages of the proc connector through that are sent on `cpu`.
base::Status pass_execs_of_cpu(int fd, int cpu);

}  // namespace aurochs::capture
