// SPDX-License-Identifier: Apache-2.0
#include "govern/policy.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::govern {

using event::EventType;
using event::FieldId;

namespace {

struct FoldRow {
  std::string_view category;
  uint32_t seconds;
};
// Of types with medium or high volume: what a program does again and again is told once a window.
constexpr FoldRow kFolds[] = {{"file system", 60}, {"network", 60}, {"DNS", 300}, {"memory", 60}, {"named pipes, sockets, IPC", 60},
                              {"logons and sessions", 3600}, {"privilege changes", 60}};
// Most events a minute, by volume; high: none, a storm is told whole.
constexpr uint32_t kCaps[] = {300, 1200, 12000, 0};

void apply_defaults(Policy& policy) {
  for (size_t i = 0; i < event::kEventTypeCount; ++i) {
    const event::EventRow& row = event::event_row(static_cast<EventType>(i));
    Policy::Type& type = policy.types[i];
    type.cap = kCaps[static_cast<size_t>(row.volume)];
    if (row.volume < event::Volume::medium) continue;
    for (const FoldRow& fold : kFolds)
      if (fold.category == row.category) type.fold_s = fold.seconds;
  }
}

/// FileModifyNix, FileModify, or the mechanism's own FileWrite.
bool is_called(const event::EventRow& row, std::string_view name) {
  return row.type == name || row.vendor_type == name || row.type.substr(0, row.type.size() - 3) == name;
}

/// Words of a line; one in double quotes keeps its blanks.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  std::string_view next() {
    rest_ = base::trim(rest_);
    if (rest_.empty() || rest_[0] != '"') return base::next_piece(rest_, ' ');
    rest_.remove_prefix(1);
    return base::next_piece(rest_, '"');
  }
  bool at_end() { return (rest_ = base::trim(rest_)).empty(); }

 private:
  std::string_view rest_;
};

class Parser {
 public:
  explicit Parser(Policy& policy) : policy_(policy) {}

  /// Empty: done; else the reason.
  std::string line(std::string_view text) {
    Words words(text);
    const std::string_view verb = words.next();
    if (verb == "profile") {
      policy_.profile = profile_by_name(words.next());
      return policy_.profile && words.at_end() ? std::string() : "no such profile; there are default, highnet, highproc, highfile";
    }
    if (verb == "defaults" && words.at_end()) {
      apply_defaults(policy_);
      return {};
    }
    if (verb == "on" || verb == "off") return for_types(words.next(), words, [&](Policy::Type& t) { t.off = verb == "off"; });
    if (verb == "fold" || verb == "cap") return number(verb, words);
    return rule(verb, words);
  }

 private:
  template <class Change>
  std::string for_types(std::string_view name, Words& words, Change change) {
    if (!words.at_end()) return "more words than it needs; one line says one thing";
    bool found = false;
    for (size_t i = 0; i < event::kEventTypeCount; ++i) {
      const event::EventRow& row = event::event_row(static_cast<EventType>(i));
      if (name != "all" && !is_called(row, name)) continue;
      change(policy_.types[i]);
      found = true;
    }
    if (found) return {};
    const std::string_view near = base::nearest_name(name, event::kEventTypeCount, [](size_t i) { return event::event_row(static_cast<EventType>(i)).type; });
    return "no such type of event; " + (near.empty() ? std::string("aurochsctl fields --types lists them") : "did you mean " + std::string(near) + '?');
  }

  std::string number(std::string_view verb, Words& words) {
    const std::string_view name = words.next();
    uint64_t n = 0;
    if (!base::parse_u64(words.next(), n) || n > limits::kPolicyNumber) return "needs a type and a number up to " + std::to_string(limits::kPolicyNumber);
    return for_types(name, words, [&](Policy::Type& t) { (verb == "fold" ? t.fold_s : t.cap) = static_cast<uint32_t>(n); });
  }

  std::string rule(std::string_view verb, Words& words) {
    TelemetryRule rule{Action::drop, 1, {}};
    uint64_t every = 1;
    if (verb == "sample") {
      rule.action = Action::sample;
      if (!base::parse_u64(words.next(), every) || every < 2 || every > limits::kPolicyNumber) return "sample needs a number from 2";
      rule.every = static_cast<uint32_t>(every);
    } else if (verb == "lean") {
      rule.action = Action::lean;
    } else if (verb == "keep") {
      rule.action = Action::keep;
    } else if (verb != "drop") {
      return "begins with none of on, off, defaults, fold, cap, drop, sample, lean, keep";
    }
    const std::string_view name = words.next();
    if (!words.at_end() && words.next() != "where") return "after the type comes nothing or where";
    while (!words.at_end()) {
      if (!rule.conditions.empty() && words.next() != "and") return "conditions are joined by and";
      if (std::string why = condition(words, rule); !why.empty()) return why;
    }
    if (policy_.rules.size() >= limits::kTelemetryRules) return "more than " + std::to_string(limits::kTelemetryRules) + " rules; merge some";
    const auto index = static_cast<uint16_t>(policy_.rules.size());
    policy_.rules.push_back(std::move(rule));
    return for_types(name, words, [&](Policy::Type& t) { t.rules.push_back(index); });
  }

  static std::string condition(Words& words, TelemetryRule& rule) {
    Condition c{FieldId::count_, Condition::Test::equals, {}};
    const std::string_view field = words.next(), test = words.next();
    c.field = event::field_by_name(field);
    if (c.field == FieldId::count_) return std::string(field) + ": no such field; aurochsctl fields lists them";
    if (test == "!=")
      c.test = Condition::Test::differs;
    else if (test == "~")
      c.test = Condition::Test::like;
    else if (test != "=")
      return std::string(field) + ": is followed by =, != or ~";
    if (words.at_end()) return std::string(field) + ": a value is missing";
    c.value = words.next();
    rule.conditions.push_back(std::move(c));
    return {};
  }

  Policy& policy_;
};

}  // namespace

std::string_view profile_name(unsigned profile) {
  constexpr std::string_view kNames[] = {"default", "highnet", "highproc", "highfile"};
  return kNames[profile - 1];
}

unsigned profile_by_name(std::string_view name) {
  for (unsigned p = 1; p <= kProfiles; ++p)
    if (profile_name(p) == name) return p;
  return 0;
}

bool Policy::wants(std::string_view name) const {
  for (size_t i = 0; i < event::kEventTypeCount; ++i)
    if (!types[i].off && is_called(event::event_row(static_cast<EventType>(i)), name)) return true;
  return false;
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
  size_t t = 0, p = 0, star = std::string_view::npos, mark = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool Condition::holds(const event::Event& e) const {
  if (!e.has(field)) return test == Test::differs;
  char digits[24];
  std::string_view text = e.text(field);
  const event::Type type = event::field_row(field).type;
  if (type == event::Type::boolean) {
    text = e.number(field) ? "true" : "false";
  } else if (type != event::Type::text) {
    const int n = std::snprintf(digits, sizeof digits, type == event::Type::integer ? "%lld" : "%llu", static_cast<long long>(e.integer(field)));
    text = {digits, static_cast<size_t>(n)};
  }
  if (test == Test::like) return matches_pattern(text, value);
  return (text == value) == (test == Test::equals);
}

bool TelemetryRule::holds(const event::Event& e) const {
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& c) { return c.holds(e); });
}

base::Result<Policy> parse_policy(std::string_view text) {
  Policy policy;
  Parser parser(policy);
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = base::next_piece(text, '\n');
    line = base::trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    if (const std::string why = parser.line(line); !why.empty()) return base::Error{0, "line " + std::to_string(number) + ": " + std::string(line) + ": " + why};
  }
  return policy;
}

std::string profile_policy(unsigned profile) {
  std::string text = "profile " + std::string(profile_name(profile)) + "\ndefaults\nfold AuditRuleRemoved 10\n";  // auditctl -D: a record for each rule
  for (size_t i = 0; i < event::kEventTypeCount; ++i) {
    const event::EventRow& row = event::event_row(static_cast<EventType>(i));
    if (row.profiles[profile - 1] == '0') text.append("off ").append(row.vendor_type).append("\n");
  }
  return text;
}

std::string switch_types(std::string_view names, bool on) {
  std::string text;
  while (!names.empty()) {
    const std::string_view name = base::trim(base::next_piece(names, '|'));
    if (!name.empty()) text.append(on ? "on " : "off ").append(name).append("\n");
  }
  return text;
}

}  // namespace aurochs::govern
