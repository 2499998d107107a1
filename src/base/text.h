// SPDX-License-Identifier: Apache-2.0
// Text without locale, without exceptions: numbers, hex, UTF-8. Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"

namespace aurochs::base {

/// Whole text as a decimal number; false (out untouched) on anything else, overflow included.
bool parse_u64(std::string_view s, uint64_t& out);
bool parse_i64(std::string_view s, int64_t& out);
/// Whole text as hex digits of either case, no prefix, at most 16.
bool parse_hex_u64(std::string_view s, uint64_t& out);

/// The kernel's own encoding of a string it does not trust: an even, non-zero number of 0-9A-F
/// (kernel/audit.c audit_log_n_hex; upper case since 2.6.5).
bool is_kernel_hex(std::string_view s);
/// Bytes of `hex` (which is_kernel_hex) written to out (hex.size() / 2 bytes).
void unhex(std::string_view hex, char* out);
std::string_view unhex(std::string_view hex, Arena& arena);

std::string to_hex(std::string_view bytes);             ///< upper case
void append_hex(std::string& out, std::string_view bytes);

/// Length of the valid UTF-8 prefix (RFC 3629: no surrogates, no overlong forms); s.size() when all is valid.
size_t valid_utf8_prefix(std::string_view s);
/// `s` itself when it is UTF-8; otherwise a copy in which every bad byte NN is written \xNN (schema.md §1).
std::string_view repair_utf8(std::string_view s, Arena& arena);
/// Largest prefix of at most `max_bytes` that does not cut a UTF-8 character.
std::string_view cut_utf8(std::string_view s, size_t max_bytes);

/// Edit distance-nearest of `names` (a callable index -> string_view), or empty when nothing is near.
template <class Names>
std::string_view nearest_name(std::string_view given, size_t count, Names names);
size_t edit_distance(std::string_view a, std::string_view b);

inline bool starts_with(std::string_view s, std::string_view p) { return s.substr(0, p.size()) == p; }
inline bool ends_with(std::string_view s, std::string_view p) {
  return s.size() >= p.size() && s.substr(s.size() - p.size()) == p;
}
std::string_view trim(std::string_view s);
/// Next piece of `rest` before `separator`; `rest` moves behind it.
std::string_view next_piece(std::string_view& rest, char separator);
std::string_view base_name(std::string_view path);
/// `path` absolute, without "." and "..", by `cwd`; as it is where neither is absolute. Text only: no link is followed.
std::string_view absolute_path(std::string_view path, std::string_view cwd, Arena& arena);

/// RFC 3339 UTC with milliseconds: 24 bytes, no NUL. Returns the number written (24 for years 0..9999).
size_t format_time_ms(int64_t unix_ms, char* out);

template <class Names>
std::string_view nearest_name(std::string_view given, size_t count, Names names) {
  std::string_view best;
  size_t best_distance = given.size() / 3 + 2;
  for (size_t i = 0; i < count; ++i) {
    const size_t d = edit_distance(given, names(i));
    if (d < best_distance) {
      best_distance = d;
      best = names(i);
    }
  }
  return best;
}

}  // namespace aurochs::base
