// SPDX-License-Identifier: Apache-2.0
// aurochsctl watches check|list|match: the watch table, before a sensor uses it. Changes nothing.
#include <cstdio>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/limits.h"
#include "cli/verbs.h"
#include "version.h"
#include "watch/homes.h"
#include "watch/rules.h"
#include "watch/table.h"

namespace aurochs::cli {
namespace {

int usage() {
  std::fprintf(stderr, "usage: aurochsctl watches check [FILE] | list [FILE] | match PATH [OPERATION [PROGRAM [FILE]]]\n");
  return 2;
}

std::string homes() {
  const auto passwd = base::read_file("/etc/passwd", limits::kPasswdBytes);
  return passwd ? watch::home_lines(*passwd) : std::string();
}

/// The kernel rules that a sensor would load on this host now.
int list(const watch::Table& table) {
  const watch::WatchRules found = watch::kernel_rules(table, homes(), limits::kRules, true);
  for (const watch::WatchRule& rule : found.rules) std::printf("%s\n", rule.text.c_str());
  if (found.left_out) std::fprintf(stderr, "aurochsctl: %zu files have no kernel rule: more than %zu rules, or blanks and quotes in their names\n", found.left_out, limits::kRules);
  return 0;
}

int match(watch::Table& table, std::string_view path, std::string_view operation, std::string_view program) {
  using event::FileOp;
  auto op = static_cast<size_t>(FileOp::create);
  while (op < static_cast<size_t>(FileOp::count_) && event::file_op_name(static_cast<FileOp>(op)) != operation) ++op;
  if (op == static_cast<size_t>(FileOp::count_)) {
    std::string known;
    for (size_t i = 0; i < op; ++i) known.append(" ").append(event::file_op_name(static_cast<FileOp>(i)));
    std::fprintf(stderr, "aurochsctl: %.*s: not an operation; one of:%s\n", static_cast<int>(operation.size()), operation.data(), known.c_str());
    return 2;
  }
  table.set_homes(homes());
  const auto found = table.match(path, static_cast<FileOp>(op), {program, {}, {}});
  if (!found || found->is_unwanted()) {
    std::printf("%s\n", found ? "known, and not to be told" : "not watched");
    return 1;
  }
  const event::EventRow& row = event::event_row(found->type);
  std::printf("%.*s %.*s\n", static_cast<int>(row.type.size()), row.type.data(), static_cast<int>(found->group.size()), found->group.data());
  return 0;
}

}  // namespace

int watches_verb(int argc, char** argv) {
  const std::string_view verb = argc > 1 ? argv[1] : "";
  const bool is_match = verb == "match";
  if ((!is_match && verb != "check" && verb != "list") || argc > (is_match ? 6 : 3) || (is_match && argc < 3)) return usage();
  const int file = is_match ? 5 : 2;
  auto table = watch::Table::load(argc > file ? argv[file] : AUROCHS_WATCH_FILE);
  if (!table) {
    std::fprintf(stderr, "%s\n", table.error().message.c_str());
    return 1;
  }
  if (is_match) return match(*table, argv[2], argc > 3 ? argv[3] : "modify", argc > 4 ? argv[4] : "");
  if (verb == "list") return list(*table);
  std::printf("%zu rows, %zu patterns\n", table->rows().size(), table->patterns().size());
  return 0;
}

}  // namespace aurochs::cli
