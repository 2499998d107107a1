// SPDX-License-Identifier: Apache-2.0
#include "observe/utmp_record.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstring>

namespace aurochs::observe {
namespace {

constexpr size_t kLine = 8, kLineBytes = 32, kUser = 44, kUserBytes = 32, kHost = 76, kHostBytes = 256;
constexpr int64_t kYear1973 = 100000000;  // a microsecond count or a zero read as seconds lies below
constexpr size_t kJudged = 16;
#if defined(__aarch64__) || (defined(__riscv) && __riscv_xlen == 64)
constexpr UtmpLayout kOwn = UtmpLayout::wide;
#else
constexpr UtmpLayout kOwn = UtmpLayout::narrow;
#endif

template <class Number>
Number at(std::string_view bytes, size_t offset) {
  Number n;
  std::memcpy(&n, bytes.data() + offset, sizeof n);
  return n;
}

std::string_view text_at(std::string_view bytes, size_t offset, size_t size) {
  const std::string_view text = bytes.substr(offset, size);
  return text.substr(0, std::min(text.find('\0'), size));
}

struct When {
  int64_t seconds, microseconds;
};

When when(std::string_view bytes, UtmpLayout layout) {
  if (layout == UtmpLayout::wide) return {at<int64_t>(bytes, 344), at<int64_t>(bytes, 352)};
  return {at<uint32_t>(bytes, 340), at<int32_t>(bytes, 344)};  // unsigned: the field has no sign left after 2038
}

bool is_type(int16_t type) { return type >= 0 && type <= 9; }
bool is_time(When w) { return w.seconds > 0 && w.seconds < int64_t{1} << 36 && w.microseconds >= 0 && w.microseconds < 1000000; }

size_t sense(std::string_view file, UtmpLayout layout) {
  size_t good = 0;
  for (size_t n = 0; n < kJudged && file.size() >= stride(layout); ++n, file.remove_prefix(stride(layout)))
    good += is_type(at<int16_t>(file, 0)) && is_time(when(file, layout)) && when(file, layout).seconds > kYear1973;
  return good;
}

}  // namespace

UtmpLayout utmp_layout(std::string_view file) {
  const size_t narrow = sense(file, UtmpLayout::narrow), wide = sense(file, UtmpLayout::wide);
  return narrow == wide ? kOwn : narrow > wide ? UtmpLayout::narrow : UtmpLayout::wide;
}

bool read_utmp(std::string_view bytes, UtmpLayout layout, UtmpRecord& out) {
  if (bytes.size() != stride(layout)) return false;
  const auto type = at<int16_t>(bytes, 0);
  const When w = when(bytes, layout);
  const bool is_blank = type == 0 && w.seconds == 0;
  if (!is_type(type) || (!is_time(w) && !is_blank)) return false;
  out.type = static_cast<UtmpType>(type);
  out.pid = at<int32_t>(bytes, 4);
  out.time_ms = w.seconds * 1000 + w.microseconds / 1000;
  out.line = text_at(bytes, kLine, kLineBytes);
  out.user = text_at(bytes, kUser, kUserBytes);
  out.host = text_at(bytes, kHost, kHostBytes);
  std::memcpy(out.address, bytes.data() + (layout == UtmpLayout::wide ? 360 : 348), sizeof out.address);
  return true;
}

std::string_view utmp_type_name(UtmpType t) {
  constexpr std::string_view kNames[] = {"EMPTY", "RUN_LVL", "BOOT_TIME", "NEW_TIME", "OLD_TIME", "INIT_PROCESS", "LOGIN_PROCESS", "USER_PROCESS", "DEAD_PROCESS", "ACCOUNTING"};
  return kNames[static_cast<size_t>(t)];
}

std::string utmp_address(const uint8_t (&address)[16]) {
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  const auto is_zero = [](const uint8_t* from, const uint8_t* to) { return std::all_of(from, to, [](uint8_t b) { return b == 0; }); };
  if (is_zero(address, address + 16)) return {};
  const bool is_mapped = std::memcmp(address, kMapped, sizeof kMapped) == 0;
  const bool is_ipv4 = is_mapped || is_zero(address + 4, address + 16);
  char text[INET6_ADDRSTRLEN];
  if (!::inet_ntop(is_ipv4 ? AF_INET : AF_INET6, is_mapped ? address + 12 : address, text, sizeof text)) return {};
  return text;
}

}  // namespace aurochs::observe
