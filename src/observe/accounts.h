// SPDX-License-Identifier: Apache-2.0
// Accounts: differences of passwd, shadow, group, gshadow, sudoers.
#pragma once
#include "observe/source.h"

namespace aurochs::observe {

class Accounts {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);
};

}  // namespace aurochs::observe
