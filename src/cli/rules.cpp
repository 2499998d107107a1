// SPDX-License-Identifier: Apache-2.0
// aurochsctl rules list|check|diff: the audit rules of the kernel beside those of the rule files. Changes nothing.
#include <sys/stat.h>

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "capture/audit_control.h"
#include "capture/rule_set.h"
#include "capture/transport.h"
#include "cli/verbs.h"
#include "govern/policy.h"
#include "json/writer.h"
#include "version.h"

namespace aurochs::cli {

namespace {

constexpr size_t kReplyBufferBytes = 1u << 20;

struct Options {
  std::string_view verb;
  std::string directory = AUROCHS_RULES_DIR;
  unsigned profile = 1;
  bool json = false;
};

/// One line of output; `mark` says what the rule is to us.
struct Row {
  const char* mark;
  std::string text;
  std::string place;  ///< "file:line", empty for rules that only the kernel has
};

int fail(const std::string& message) {
  std::fprintf(stderr, "aurochsctl: rules: %s\n", message.c_str());
  return 1;
}

bool parse_options(int argc, char** argv, Options& out) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--json")
      out.json = true;
    else if (word == "--rules-dir" && i + 1 < argc)
      out.directory = argv[++i];
    else if (word == "--profile" && i + 1 < argc && (out.profile = govern::profile_by_name(argv[i + 1])))
      ++i;
    else if (out.verb.empty() && (word == "list" || word == "check" || word == "diff"))
      out.verb = word;
    else
      return false;
  }
  return !out.verb.empty();
}

void print(const std::vector<Row>& rows, bool as_json) {
  for (const Row& row : rows) {
    if (!as_json) {
      std::printf("%-8s %s%s%s\n", row.mark, row.text.c_str(), row.place.empty() ? "" : "  # ", row.place.c_str());
      continue;
    }
    json::Writer line;
    line.begin_object();
    line.key("state");
    line.string(row.mark);
    line.key("rule");
    line.string(row.text);
    if (!row.place.empty()) {
      line.key("place");
      line.string(row.place);
    }
    line.end_object();
    line.newline();
    std::fwrite(line.text().data(), 1, line.text().size(), stdout);
  }
}

base::Result<std::vector<std::string>> kernel_rules() {
  auto transport = capture::NetlinkTransport::open(capture::NetlinkTransport::Group::none, kReplyBufferBytes);
  if (!transport) return transport.error();
  capture::AuditControl control(**transport);
  return control.list_rules();
}

/// Rules below the directory: fallback/ is loaded only where there is no proc connector, optional/ for some types; a directory without
/// them is complete too.
base::Result<capture::ParsedRules> rules_below(const std::string& directory, const char* name, const capture::RuleChoice& choice) {
  const std::string below = directory + name;
  struct stat s {};
  if (::stat(below.c_str(), &s) < 0) return capture::ParsedRules{};
  const auto load = std::string_view(name) == "/optional" ? &capture::load_optional_rules : &capture::load_rules;
  return load(below, capture::this_machine(), choice);
}

void append(capture::ParsedRules& to, const capture::ParsedRules& from) {
  to.rules.insert(to.rules.end(), from.rules.begin(), from.rules.end());
  to.notes.insert(to.notes.end(), from.notes.begin(), from.notes.end());
  to.errors.insert(to.errors.end(), from.errors.begin(), from.errors.end());
}

void tell(const capture::ParsedRules& parsed) {
  for (const std::string& text : parsed.errors) std::fprintf(stderr, "%s\n", text.c_str());
  for (const std::string& text : parsed.notes) std::fprintf(stderr, "%s (note)\n", text.c_str());
}

Row row_of(const char* mark, const capture::Rule& rule) {
  return {mark, rule.text, rule.file + ":" + std::to_string(rule.line)};
}

int list(const Options& options) {
  const auto kernel = kernel_rules();
  if (!kernel) return fail(kernel.error().message);
  std::vector<Row> rows;
  for (const std::string& rule : *kernel)
    rows.push_back({capture::is_ours(rule) ? "ours" : "other", capture::rule_text(rule), {}});
  print(rows, options.json);
  return 0;
}

int check(const Options& options, const capture::ParsedRules& main_set, const capture::ParsedRules& fallback) {
  tell(main_set);
  tell(fallback);
  std::vector<Row> rows;
  for (const capture::ParsedRules* set : {&main_set, &fallback})
    for (const capture::Rule& rule : set->rules) rows.push_back(row_of("good", rule));
  print(rows, options.json);
  return main_set.errors.empty() && fallback.errors.empty() ? 0 : 1;
}

int diff(const Options& options, const capture::ParsedRules& main_set, const capture::ParsedRules& fallback) {
  const auto kernel = kernel_rules();
  if (!kernel) return fail(kernel.error().message);
  tell(main_set);
  tell(fallback);
  const capture::RuleDiff wanted = capture::diff_rules(*kernel, main_set.rules);
  const capture::RuleDiff spare = capture::diff_rules(wanted.stale_ours, fallback.rules);
  std::vector<Row> rows;
  for (const capture::Rule& rule : wanted.to_add) rows.push_back(row_of("add", rule));
  for (const capture::Rule& rule : wanted.present) rows.push_back(row_of("present", rule));
  for (const capture::Rule& rule : spare.present) rows.push_back(row_of("present", rule));
  // What a running sensor made of the watch table is no leftover of another rule file.
  for (const std::string& rule : spare.stale_ours) rows.push_back({capture::rule_keys(rule).front() == "aurochs-watch" ? "watch" : "stale", capture::rule_text(rule), {}});
  print(rows, options.json);
  return 0;
}

}  // namespace

int rules_verb(int argc, char** argv) {
  Options options;
  if (!parse_options(argc, argv, options)) {
    std::fprintf(stderr, "usage: aurochsctl rules list|check|diff [--rules-dir DIR] [--profile NAME] [--json]\n");
    return 2;
  }
  if (options.verb == "list") return list(options);
  // What is checked is all that is written; what is compared is what a sensor with the default configuration loads.
  capture::RuleChoice choice;
  const auto policy = govern::parse_policy(govern::profile_policy(options.profile));
  if (options.verb == "diff") choice = {[&](std::string_view type) { return policy && policy->wants(type); }, std::string(govern::profile_name(options.profile))};
  auto main_set = capture::load_rules(options.directory, capture::this_machine(), choice);
  if (!main_set) return fail(main_set.error().message);
  const auto optional = rules_below(options.directory, "/optional", choice);
  if (!optional) return fail(optional.error().message);
  append(*main_set, *optional);
  const auto fallback = rules_below(options.directory, "/fallback", choice);
  if (!fallback) return fail(fallback.error().message);
  if (options.verb == "diff") capture::merge_rules(main_set->rules);
  return options.verb == "check" ? check(options, *main_set, *fallback) : diff(options, *main_set, *fallback);
}

}  // namespace aurochs::cli
