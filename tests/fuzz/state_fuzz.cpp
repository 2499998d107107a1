// SPDX-License-Identifier: Apache-2.0
// Files that differences of state are made of, any bytes. The first byte chooses the format; of two readings the second is
// the first without its last third.
#include <memory>

#include "observe/account_files.h"
#include "observe/kernel_values.h"
#include "observe/mountinfo.h"
#include "observe/package_lines.h"
#include "observe/process_parts.h"

using namespace aurochs::observe;

namespace {

template <class Visit>
void each_line(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const size_t end = text.find('\n');
    visit(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
}

void accounts(std::string_view text, std::string_view less) {
  AccountFiles before, now;
  (void)before.read(text, less, text, less);
  (void)now.read(less, text, less, text);
  const auto e = std::make_unique<aurochs::event::Event>();
  compare(before, now, 20000, *e, [] {});
  compare(now, before, -5, *e, [] {});
  (void)sudoers_difference(sudoers_rules(text), sudoers_rules(less));
}

void packages(PackageFormat format, std::string_view text) {
  PackageLines lines(format);
  std::vector<PackageAct> acts;
  each_line(text, [&](std::string_view line) { lines.line(line, 0, acts); });
  lines.overdue(INT64_MAX, acts);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (!size) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1), less = text.substr(0, text.size() - text.size() / 3);
  switch (data[0] % 8) {
    case 0: accounts(text, less); break;
    case 1: (void)compare(parse_mountinfo(text), parse_mountinfo(less)); break;
    case 2:
    case 3:
    case 4:
    case 5: packages(static_cast<PackageFormat>(data[0] % 8 - 2), text); break;
    case 6: {
      ProcessTimes times;
      each_line(text, [&](std::string_view line) {
        (void)parse_mapping(line);
        (void)parse_times(line, times);
        (void)is_jit(line);
      });
      break;
    }
    default:
      (void)live_modules(text);
      (void)sysctl_value(text);
  }
  return 0;
}
