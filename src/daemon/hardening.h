// SPDX-License-Identifier: Apache-2.0
// Hardening: what the sensor gives up once its rules are loaded and its sockets are open: capabilities, new privileges,
// core dumps and ptrace by others, system calls. Main thread, before the first other thread: all of it is inherited by
// threads and programs, and none of it comes back. What the kernel does not know is answered, not fatal.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace aurochs::daemon {

/// A capability that stays, and what for.
struct KeptCapability {
  int number;
  const char* name;
  const char* why;
};
const std::vector<KeptCapability>& kept_capabilities();
/// Bits of the above.
uint64_t kept_capability_mask();

/// A system call that the sensor and its threads never make: it answers EPERM from then on. Numbers of this build's ABI.
struct ForbiddenCall {
  long number;
  const char* name;
};
const std::vector<ForbiddenCall>& forbidden_calls();

/// Everything. Answers what could not be done, one sentence each: the sensor works without it.
std::vector<std::string> harden();

}  // namespace aurochs::daemon
