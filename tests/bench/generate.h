// SPDX-License-Identifier: Apache-2.0
// The benchmark's log: see generate.cpp.
#pragma once
#include <cstdint>
#include <functional>
#include <string>

namespace aurochs::bench {

enum class Mode {
  plain,       ///< as auditd writes it: PROCTITLE last, no EOE
  interleave,  ///< records of four neighbouring events mixed
  noend,       ///< neither PROCTITLE nor EOE
  unknown,     ///< user and group ids that nobody knows
};
/// Lines without LF.
void generate(uint64_t events, Mode mode, const std::function<void(const std::string&)>& line);

}  // namespace aurochs::bench
