// SPDX-License-Identifier: Apache-2.0
// One record of utmp, wtmp or btmp. Two layouts exist, and a file does not say which is its own: 384 bytes (i386, x86_64,
// ppc64, s390x: times of 32 bits whatever the word size) and 400 bytes (aarch64, riscv64: session and times of 64 bits).
// Byte order is the host's. Refuses nothing but rubbish; texts are any bytes, a stranger chose them. Pure; views into the input.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace aurochs::observe {

enum class UtmpLayout : uint16_t { narrow = 384, wide = 400 };
inline size_t stride(UtmpLayout l) { return static_cast<size_t>(l); }

/// ut_type of <utmp.h>.
enum class UtmpType : int16_t { empty = 0, run_level = 1, boot = 2, new_time = 3, old_time = 4, init = 5, login = 6, user = 7, dead = 8, accounting = 9 };

struct UtmpRecord {
  UtmpType type = UtmpType::empty;
  int32_t pid = 0;
  int64_t time_ms = 0;
  std::string_view line, user, host;
  uint8_t address[16] = {};  ///< network order; IPv4 in the first four, the rest zero
};

/// The layout under which the first records of a file make more sense: type and time where they belong. Equal: this host's own.
UtmpLayout utmp_layout(std::string_view file);
/// `bytes` is one record of that layout. False: rubbish.
bool read_utmp(std::string_view bytes, UtmpLayout layout, UtmpRecord& out);
/// "RUN_LVL" and so on.
std::string_view utmp_type_name(UtmpType t);
/// Text of the address; empty where there is none.
std::string utmp_address(const uint8_t (&address)[16]);

}  // namespace aurochs::observe
