// SPDX-License-Identifier: Apache-2.0
#include "capture/rule_set.h"

#include <dirent.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

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

/// Lines of one file as they are chosen: the text of a rule that is not wanted becomes empty, so that the others keep their place.
class Chooser {
 public:
  Chooser(const RuleChoice& choice, bool must_say) : choice_(choice), must_say_(must_say) {}

  std::string choose(std::string_view text, const std::string& path, ParsedRules& all) {
    std::string out;
    for (int number = 1; !text.empty(); ++number) {
      const std::string_view line = base::next_piece(text, '\n'), bare = base::trim(line);
      condition(bare);
      const bool is_rule = !bare.empty() && bare[0] != '#';
      if (is_rule && must_say_ && !said_) {
        all.errors.push_back(path + ":" + std::to_string(number) + ": rules that only some types need: no line \"# For: TYPE, TYPE\" above; write which ones");
        return {};
      }
      follows_rule_ |= is_rule;
      if (takes_ || (!is_rule && !base::starts_with(bare, "# else:"))) out += line;
      out += '\n';
    }
    return out;
  }

 private:
  void condition(std::string_view line) {
    for (const auto& [mark, holds] : {std::pair<std::string_view, bool (Chooser::*)(std::string_view) const>{"# For: ", &Chooser::is_type}, {"# Profiles: ", &Chooser::is_profile}}) {
      if (!base::starts_with(line, mark)) continue;
      if (std::exchange(follows_rule_, false)) takes_ = true;
      said_ = true;
      line.remove_prefix(mark.size());
      bool any = false;
      while (!line.empty() && !any) any = (this->*holds)(base::trim(base::next_piece(line, ',')));
      takes_ = takes_ && any;
      return;
    }
  }
  bool is_type(std::string_view name) const { return name == "all" || !choice_.wants || choice_.wants(name); }
  bool is_profile(std::string_view name) const { return choice_.profile.empty() || choice_.profile == name; }

  const RuleChoice& choice_;
  const bool must_say_;
  bool takes_ = true, said_ = false, follows_rule_ = false;
};

base::Result<ParsedRules> load(const std::string& directory, std::string_view machine, const RuleChoice& choice, bool must_say) {
  const auto files = rule_files(directory);
  if (!files) return files.error();
  ParsedRules all;
  for (const std::string& path : *files) {
    const auto text = base::read_file(path, limits::kConfigBytes);
    if (!text) return text.error();
    merge(all, parse_rules(Chooser(choice, must_say).choose(*text, path, all), path, machine));
  }
  note_mergeable(all);
  return all;
}

}  // namespace

base::Result<ParsedRules> load_rules(const std::string& directory, std::string_view machine, const RuleChoice& choice) { return load(directory, machine, choice, false); }

base::Result<ParsedRules> load_optional_rules(const std::string& directory, std::string_view machine, const RuleChoice& choice) { return load(directory, machine, choice, true); }

namespace {

constexpr std::string_view kExecKey = "aurochs-exec";
constexpr size_t kKeyBytes = 255;  // AUDIT_MAX_KEY_LEN is 256

/// A rule without its system calls and key; empty: no rule, or one that stays as it is.
std::string filter_of(std::string_view bytes) {
  RuleHead head;
  std::string_view strings;
  if (!read_rule(bytes, head, strings) || !head.field_count || head.fields[head.field_count - 1] != rule_field::kKey) return {};
  std::memset(head.mask, 0, sizeof head.mask);
  head.strings_bytes = 0;
  const uint32_t key_bytes = std::exchange(head.values[head.field_count - 1], 0u);
  return std::string(reinterpret_cast<const char*>(&head), sizeof head).append(strings.substr(0, strings.size() - std::min<size_t>(key_bytes, strings.size())));
}

/// The calls and keys of `from` into `to`, which has the same filter.
std::string joined(std::string_view to, std::string_view from) {
  RuleHead head, other;
  std::string_view strings, unused;
  (void)read_rule(to, head, strings);
  (void)read_rule(from, other, unused);
  for (size_t i = 0; i < RuleHead::kWords; ++i) head.mask[i] |= other.mask[i];
  std::vector<std::string> keys = rule_keys(to);
  for (std::string& key : rule_keys(from))
    if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  std::string key;
  for (const std::string& k : keys) key.append(key.empty() ? "" : "\x01").append(k);
  uint32_t& key_bytes = head.values[head.field_count - 1];
  const std::string rest(strings.substr(0, strings.size() - key_bytes));
  key_bytes = static_cast<uint32_t>(key.size());
  head.strings_bytes = static_cast<uint32_t>(rest.size() + key.size());
  return std::string(reinterpret_cast<const char*>(&head), sizeof head).append(rest).append(key);
}

size_t key_bytes(const Rule& rule) {
  size_t sum = 0;
  for (const std::string& key : rule_keys(rule.data)) sum += key.size() + 1;
  return sum;
}

}  // namespace

void merge_rules(std::vector<Rule>& rules) {
  std::vector<Rule> out;
  std::vector<std::string> filters;
  size_t first = 0;  // of those behind the last rule with never
  for (Rule& rule : rules) {
    const std::string filter = rule.key == kExecKey ? std::string() : filter_of(rule.data) + (rule.otherwise.empty() ? "" : filter_of(rule.otherwise));
    size_t at = first;
    while (at < out.size() && (filter.empty() || filters[at] != filter || key_bytes(out[at]) + key_bytes(rule) > kKeyBytes)) ++at;
    if (at == out.size()) {
      RuleHead head;
      std::string_view unused;
      out.push_back(std::move(rule));
      filters.push_back(filter);
      if (read_rule(out.back().data, head, unused) && head.action == rule_action::kNever) first = out.size();
      continue;
    }
    out[at].data = joined(out[at].data, rule.data);
    if (!rule.otherwise.empty()) out[at].otherwise = joined(out[at].otherwise, rule.otherwise);
    out[at].text = rule_text(out[at].data);
  }
  rules = std::move(out);
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
