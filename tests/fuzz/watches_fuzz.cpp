// SPDX-License-Identifier: Apache-2.0
// The watch table on any bytes: what it accepts must answer any path, and a hostile glob must end.
#include <string>

#include "watch/homes.h"
#include "watch/table.h"

using namespace aurochs;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto table = watch::Table::parse("version 1\n" + std::string(text), "fuzz.conf");
  if (!table) table = watch::Table::parse("version 1\nw CronJobChangeNix a /etc/**/x*/[a-z]?/ ~/.{a,b}*\n", "fuzz.conf");
  table->set_homes(watch::home_lines(text));
  const std::string_view path = text.substr(0, 4096);
  for (int op = 0; op < static_cast<int>(event::FileOp::count_); ++op) {
    (void)table->match(path, static_cast<event::FileOp>(op), {path, path, path});
    (void)table->match("/etc/" + std::string(path), static_cast<event::FileOp>(op), {});
    (void)table->match("/root/.a" + std::string(path), static_cast<event::FileOp>(op), {});
  }
  const size_t half = path.size() / 2;
  (void)watch::glob_match(path.substr(0, half), path.substr(half), size % 2 == 0);
  return 0;
}
