// SPDX-License-Identifier: Apache-2.0
#include "capture/rule_set.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::capture {

namespace {

base::Result<std::vector<std::string>> rule_files(const std::string& directory) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), ::closedir);
  if (!dir) {
    base::Error e = base::errno_error(directory, errno);
    e.message += "; give the directory of the *.rules files";
    return e;
  }
  std::vector<std::string> out;
  while (const dirent* entry = ::readdir(dir.get()))
    if (entry->d_name[0] != '.' && base::ends_with(entry->d_name, ".rules"))
      out.push_back(directory + "/" + entry->d_name);
  std::sort(out.begin(), out.end());
  return out;
}

void append(std::vector<std::string>& to, std::vector<std::string>& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

std::string place(const Rule& rule) { return rule.file + ":" + std::to_string(rule.line) + ": "; }

const Rule* find(const std::vector<Rule>& rules, std::string_view bytes) {
  for (const Rule& rule : rules)
    if (same_rule(rule.data, bytes)) return &rule;
  return nullptr;
}

bool is_either(const Rule& rule, std::string_view bytes) {
  return same_rule(bytes, rule.data) || (!rule.otherwise.empty() && same_rule(bytes, rule.otherwise));
}

void merge(ParsedRules& all, ParsedRules one) {
  append(all.notes, one.notes);
  append(all.errors, one.errors);
  for (Rule& rule : one.rules) {
    const Rule* twin = find(all.rules, rule.data);
    if (twin) {
      all.notes.push_back(place(rule) + "the same rule as " + twin->file + ":" + std::to_string(twin->line) +
                          ", skipped");
    } else if (all.rules.size() == limits::kRules) {
      all.errors.push_back(place(rule) + "rule: more than " + std::to_string(limits::kRules) +
                           " rules; merge rules with the same key");
      return;
    } else {
      all.rules.push_back(std::move(rule));
    }
  }
}

const char* remedy(int code) {
  if (code == EINVAL) return "; this kernel may be too old for one of its fields: works without it";
  if (code == ENOENT)
    return "; the file or its directory does not exist: works without it until the rules are loaded again";
  return "; works without it";
}

}  // namespace

namespace {

/// takes(text, path): whether the file's rules are wanted.
template <class Takes>
base::Result<ParsedRules> load(const std::string& directory, std::string_view machine, Takes takes) {
  const auto files = rule_files(directory);
  if (!files) return files.error();
  ParsedRules all;
  for (const std::string& path : *files) {
    const auto text = base::read_file(path, limits::kConfigBytes);
    if (!text) return text.error();
    if (takes(*text, path, all)) merge(all, parse_rules(*text, path, machine));
  }
  note_mergeable(all);
  return all;
}

}  // namespace

base::Result<ParsedRules> load_rules(const std::string& directory, std::string_view machine) {
  return load(directory, machine, [](std::string_view, const std::string&, ParsedRules&) { return true; });
}

base::Result<ParsedRules> load_optional_rules(const std::string& directory, std::string_view machine, const Wants& wants) {
  return load(directory, machine, [&](std::string_view text, const std::string& path, ParsedRules& all) {
    constexpr std::string_view kFor = "# For: ";
    while (!text.empty()) {
      std::string_view line = base::next_piece(text, '\n');
      if (!base::starts_with(line, kFor)) continue;
      line.remove_prefix(kFor.size());
      while (!line.empty())
        if (wants(base::trim(base::next_piece(line, ',')))) return true;
      return false;
    }
    all.errors.push_back(path + ":1: rules that only some types need: no line \"# For: TYPE, TYPE\"; write which ones");
    return false;
  });
}

RuleDiff diff_rules(const std::vector<std::string>& kernel, const std::vector<Rule>& wanted) {
  RuleDiff out;
  for (const Rule& rule : wanted) {
    const bool there = std::any_of(kernel.begin(), kernel.end(), [&](const std::string& k) { return is_either(rule, k); });
    (there ? out.present : out.to_add).push_back(rule);
  }
  for (const std::string& rule : kernel)
    if (!is_ours(rule))
      out.foreign.push_back(rule);
    else if (std::none_of(wanted.begin(), wanted.end(), [&](const Rule& w) { return is_either(w, rule); }))
      out.stale_ours.push_back(rule);
  return out;
}

namespace {

/// A refusal by a locked kernel is an outcome, any other one is an error.
base::Result<AppliedRules> refused(AuditControl& control, AppliedRules applied) {
  const auto status = control.status();
  if (!status) return status.error();
  if (status->enabled != 2)
    return base::Error{
        EPERM, "audit: rules: Operation not permitted; CAP_AUDIT_CONTROL is needed, in the first user namespace"};
  applied.outcome = RulesOutcome::immutable;
  return applied;
}

}  // namespace

base::Result<AppliedRules> apply_rules(AuditControl& control, const std::vector<Rule>& wanted) {
  const auto kernel = control.list_rules();
  if (!kernel) return kernel.error();
  const RuleDiff difference = diff_rules(*kernel, wanted);
  AppliedRules out;
  for (const std::string& rule : difference.stale_ours) {
    const auto answer = control.delete_rule(rule);
    if (!answer) return answer.error();
    if (*answer == RuleAnswer::refused) return refused(control, std::move(out));
    if (*answer == RuleAnswer::done) ++out.deleted;
  }
  for (const Rule& rule : difference.to_add) {
    auto answer = control.add_rule(rule.data);
    // kernel < that of one of its fields
    if (!answer && answer.error().code == EINVAL && !rule.otherwise.empty()) answer = control.add_rule(rule.otherwise);
    if (!answer) {
      if (answer.error().code == ETIMEDOUT) return answer.error();
      const int code = answer.error().code;
      out.refused.push_back({rule.data, code, place(rule) + rule.text + ": the kernel says " + std::strerror(code) + remedy(code)});
    } else if (*answer == RuleAnswer::refused) {
      return refused(control, std::move(out));
    } else if (*answer == RuleAnswer::done) {
      out.added.push_back(rule);
    }
  }
  return out;
}

base::Result<AppliedRules> remove_ours(AuditControl& control) { return apply_rules(control, {}); }

}  // namespace aurochs::capture
