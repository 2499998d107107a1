// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <vector>

namespace aurochs::base {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";

/// Value of an upper-case hex digit, 0xFF for anything else.
constexpr std::array<uint8_t, 256> make_hex_table() {
  std::array<uint8_t, 256> t{};
  for (auto& v : t) v = 0xFF;
  for (int i = 0; i < 10; ++i) t[static_cast<size_t>('0' + i)] = static_cast<uint8_t>(i);
  for (int i = 0; i < 6; ++i) t[static_cast<size_t>('A' + i)] = static_cast<uint8_t>(10 + i);
  return t;
}
constexpr auto kHexValue = make_hex_table();

uint8_t hex_value(char c) { return kHexValue[static_cast<uint8_t>(c)]; }

template <class T>
bool parse_whole(std::string_view s, T& out, int base) {
  T value{};
  const auto r = std::from_chars(s.data(), s.data() + s.size(), value, base);
  if (s.empty() || r.ec != std::errc() || r.ptr != s.data() + s.size()) return false;
  out = value;
  return true;
}

/// Bytes of the UTF-8 character at p, 0 when there is none.
size_t utf8_length(const unsigned char* p, size_t left) {
  const unsigned char c = p[0];
  if (c < 0x80) return 1;
  auto follows = [&](size_t i, unsigned char low, unsigned char high) { return i < left && p[i] >= low && p[i] <= high; };
  if (c >= 0xC2 && c <= 0xDF) return follows(1, 0x80, 0xBF) ? 2 : 0;
  if (c >= 0xE0 && c <= 0xEF) {
    const unsigned char low = c == 0xE0 ? 0xA0 : 0x80, high = c == 0xED ? 0x9F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) ? 3 : 0;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    const unsigned char low = c == 0xF0 ? 0x90 : 0x80, high = c == 0xF4 ? 0x8F : 0xBF;
    return follows(1, low, high) && follows(2, 0x80, 0xBF) && follows(3, 0x80, 0xBF) ? 4 : 0;
  }
  return 0;
}

void two_digits(char*& p, int v) {
  *p++ = static_cast<char>('0' + v / 10);
  *p++ = static_cast<char>('0' + v % 10);
}

}  // namespace

bool parse_u64(std::string_view s, uint64_t& out) { return parse_whole(s, out, 10); }
bool parse_i64(std::string_view s, int64_t& out) { return parse_whole(s, out, 10); }
bool parse_hex_u64(std::string_view s, uint64_t& out) { return !(!s.empty() && s[0] == '-') && parse_whole(s, out, 16); }

bool is_kernel_hex(std::string_view s) {
  if (s.empty() || s.size() % 2) return false;
  for (const char c : s)
    if (hex_value(c) == 0xFF) return false;
  return true;
}

void unhex(std::string_view hex, char* out) {
  for (size_t i = 0; i + 1 < hex.size(); i += 2)
    *out++ = static_cast<char>(hex_value(hex[i]) << 4 | hex_value(hex[i + 1]));
}

std::string_view unhex(std::string_view hex, Arena& arena) {
  const size_t n = hex.size() / 2;
  char* out = arena.allocate(n, 1);
  unhex(hex, out);
  return {out, n};
}

void append_hex(std::string& out, std::string_view bytes) {
  for (const char c : bytes) {
    out += kHexDigits[static_cast<uint8_t>(c) >> 4];
    out += kHexDigits[static_cast<uint8_t>(c) & 15];
  }
}

std::string to_hex(std::string_view bytes) {
  std::string out;
  append_hex(out, bytes);
  return out;
}

size_t valid_utf8_prefix(std::string_view s) {
  const auto* p = reinterpret_cast<const unsigned char*>(s.data());
  size_t i = 0;
  while (i < s.size()) {
    uint64_t eight;
    while (i + 8 <= s.size() && (std::memcpy(&eight, p + i, 8), !(eight & 0x8080808080808080u))) i += 8;
    if (i >= s.size()) break;
    const size_t n = utf8_length(p + i, s.size() - i);
    if (!n) return i;
    i += n;
  }
  return s.size();
}

std::string_view repair_utf8(std::string_view s, Arena& arena) {
  size_t good = valid_utf8_prefix(s);
  if (good == s.size()) return s;
  char* const out = arena.allocate(s.size() * 4, 1);
  char* p = out;
  while (true) {
    std::memcpy(p, s.data(), good);
    p += good;
    s.remove_prefix(good);
    if (s.empty()) break;
    const auto bad = static_cast<uint8_t>(s[0]);
    *p++ = '\\';
    *p++ = 'x';
    *p++ = "0123456789abcdef"[bad >> 4];
    *p++ = "0123456789abcdef"[bad & 15];
    s.remove_prefix(1);
    good = valid_utf8_prefix(s);
  }
  const auto n = static_cast<size_t>(p - out);
  arena.shrink_last(out, n);
  return {out, n};
}

std::string_view cut_utf8(std::string_view s, size_t max_bytes) {
  if (s.size() <= max_bytes) return s;
  size_t n = max_bytes;
  while (n > 0 && max_bytes - n < 3 && (static_cast<uint8_t>(s[n]) & 0xC0) == 0x80) --n;
  return s.substr(0, n);
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t up = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = up;
    }
  }
  return row[b.size()];
}

std::string_view trim(std::string_view s) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const size_t first = s.find_first_not_of(kBlank);
  if (first == std::string_view::npos) return {};
  return s.substr(first, s.find_last_not_of(kBlank) - first + 1);
}

std::string_view next_piece(std::string_view& rest, char separator) {
  const size_t at = rest.find(separator);
  const std::string_view piece = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(at + 1);
  return piece;
}

std::string_view base_name(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

size_t format_time_ms(int64_t unix_ms, char* out) {
  int64_t days = unix_ms / 86400000, ms = unix_ms % 86400000;
  if (ms < 0) {
    ms += 86400000;
    --days;
  }
  // Civil date from days since 1970 (proleptic Gregorian, eras of 400 years that begin in March).
  const int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
  const int64_t doe = z - era * 146097, yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  const int day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1), month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  const int64_t year = std::clamp<int64_t>(yoe + era * 400 + (month <= 2), 0, 9999);
  char* p = out;
  two_digits(p, static_cast<int>(year / 100));
  two_digits(p, static_cast<int>(year % 100));
  *p++ = '-';
  two_digits(p, month);
  *p++ = '-';
  two_digits(p, day);
  *p++ = 'T';
  const int s = static_cast<int>(ms / 1000);
  two_digits(p, s / 3600);
  *p++ = ':';
  two_digits(p, s / 60 % 60);
  *p++ = ':';
  two_digits(p, s % 60);
  *p++ = '.';
  *p++ = static_cast<char>('0' + ms % 1000 / 100);
  two_digits(p, static_cast<int>(ms % 100));
  *p++ = 'Z';
  return static_cast<size_t>(p - out);
}

std::string_view absolute_path(std::string_view path, std::string_view cwd, Arena& arena) {
  if (path.empty()) return {};
  const bool absolute = path[0] == '/';
  const bool has_dots = path.find("./") != std::string_view::npos || ends_with(path, "/.") || ends_with(path, "/..") ||
                        path.find("//") != std::string_view::npos;
  if (absolute && !has_dots) return path;
  if (!absolute && (cwd.empty() || cwd[0] != '/')) return path;
  char* const out = arena.allocate(path.size() + cwd.size() + 2, 1);
  size_t n = 0;
  auto add = [&](std::string_view rest) {
    while (!rest.empty()) {
      const std::string_view part = next_piece(rest, '/');
      if (part.empty() || part == ".") continue;
      if (part == "..") {
        while (n > 0 && out[--n] != '/') {
        }
        continue;
      }
      out[n++] = '/';
      std::memcpy(out + n, part.data(), part.size());
      n += part.size();
    }
  };
  if (!absolute) add(cwd);
  add(path);
  if (n == 0) out[n++] = '/';
  return {out, n};
}

}  // namespace aurochs::base
