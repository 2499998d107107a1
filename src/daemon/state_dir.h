// SPDX-License-Identifier: Apache-2.0
// StateDir: the sensor's private directory (mode 0700): the lock that keeps a second sensor out, the host's dev_id.
// A disk that is full or read-only does not keep the sensor from its work: it says what is not remembered, and goes on.
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
  /// For what must be remembered until the next start of this boot: in the directory, or in /run where that can not be written.
  std::string file_of_boot(const char* name) const;
  /// Why nothing can be written there, and what that costs; empty: it can.
  const std::string& trouble() const { return trouble_; }
  /// Made at the first start, and anew when the machine-id has changed since (a cloned machine). Where it can not be written down,
  /// one made of the machine-id alone, the same at each start.
  base::Uuid dev_id() const;

 private:
  StateDir(std::string path, base::UniqueFd lock, std::string trouble) : path_(std::move(path)), trouble_(std::move(trouble)), lock_(std::move(lock)) {}
  std::string path_, trouble_;
  base::UniqueFd lock_;
};

/// 128 random bits of the kernel.
void random_bits(uint64_t& high, uint64_t& low);

}  // namespace aurochs::daemon
