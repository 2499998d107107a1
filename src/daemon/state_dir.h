// SPDX-License-Identifier: Apache-2.0
// StateDir: the sensor's private directory (mode 0700): the lock that keeps a second sensor out, the host's dev_id.
// Held for the daemon's life. Main thread.
#pragma once
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "base/uuid.h"

namespace aurochs::daemon {

class StateDir {
 public:
  /// Makes the directory where it is missing. EBUSY: another sensor holds it (its pid is in the message).
  static base::Result<StateDir> open(const std::string& path);
  std::string file(const char* name) const { return path_ + '/' + name; }
  /// Made at the first start, and anew when the machine-id has changed since (a cloned machine).
  base::Result<base::Uuid> dev_id() const;

 private:
  StateDir(std::string path, base::UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string path_;
  base::UniqueFd lock_;
};

/// 128 random bits of the kernel.
void random_bits(uint64_t& high, uint64_t& low);

}  // namespace aurochs::daemon
