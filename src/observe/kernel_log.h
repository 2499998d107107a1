// SPDX-License-Identifier: Apache-2.0
// KernelLog: /dev/kmsg: oopses, memory exhaustion.
#pragma once
#include "observe/source.h"

namespace aurochs::observe {

class KernelLog {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);
};

}  // namespace aurochs::observe
