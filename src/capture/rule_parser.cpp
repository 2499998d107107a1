// SPDX-License-Identifier: Apache-2.0
#include "capture/rule_parser.h"

#include <sys/stat.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"
#include "capture/rule_names.h"

namespace aurochs::capture {

namespace {

struct Refusal {
  std::string_view flag, what;
};
constexpr Refusal kRefused[] = {
    {"-D", "the rules of others"},
    {"-d", "the rules of others"},
    {"-W", "the rules of others"},
    {"-e", "audit's enabled flag by a rule file"},
    {"-b", "the backlog limit by a rule file"},
    {"-f", "the failure mode"},
    {"-r", "the rate limit"},
    {"-q", "audit trees"},
    {"-t", "audit trees"},
    {"--backlog_wait_time", "the backlog wait time"},
    {"--loginuid-immutable", "the login uid features"},
    {"--reset-lost", "the lost counter"},
};
constexpr std::string_view kReason = "# reason:", kElse = "# else:";
constexpr size_t kKeyBytes = 256;  // AUDIT_MAX_KEY_LEN, separators included

bool cut_words(std::string_view line, std::vector<std::string>& words) {
  size_t i = 0;
  while ((i = line.find_first_not_of(" \t\r", i)) != std::string_view::npos) {
    std::string word;
    for (; i < line.size() && line[i] != ' ' && line[i] != '\t' && line[i] != '\r'; ++i) {
      if (line[i] != '"' && line[i] != '\'') {
        word += line[i];
        continue;
      }
      const size_t end = line.find(line[i], i + 1);
      if (end == std::string_view::npos) return false;
      word.append(line, i + 1, end - i - 1);
      i = end;
    }
    words.push_back(std::move(word));
  }
  return true;
}

class LineParser {
 public:
  LineParser(ParsedRules& out, std::string_view file, int line, std::string_view machine, bool has_reason)
      : out_(out), file_(file), line_(line), machine_(machine), has_reason_(has_reason) {}

  void parse(std::string_view text) {
    std::vector<std::string> words;
    if (!cut_words(text, words)) {
      fail("line", "a quote is not closed; close it on the same line");
      return;
    }
    for (size_t i = 0; i < words.size(); ++i) {
      std::string_view flag = words[i];
      for (const Refusal& r : kRefused)
        if (flag == r.flag) {
          fail(flag, "aurochs never changes " + std::string(r.what) + "; remove it");
          return;
        }
      if (flag.size() != 2 || flag[0] != '-' || std::string_view("aASFCkwp").find(flag[1]) == std::string_view::npos) {
        fail(flag, "not an option of a rule; write one of -a -A -w -p -S -F -C -k");
        return;
      }
      if (++i == words.size()) {
        fail(flag, "its value is missing; write it behind the option");
        return;
      }
      if (!take(flag[1], words[i])) return;
    }
    if (check()) compile();
  }

 private:
  bool fail(std::string_view object, const std::string& reason) {
    out_.errors.push_back(place() + std::string(object) + ": " + reason);
    return false;
  }
  void note(const std::string& text) { out_.notes.push_back(place() + text); }
  std::string place() const { return std::string(file_) + ":" + std::to_string(line_) + ": "; }

  bool take(char flag, const std::string& value) {
    switch (flag) {
      case 'a':
      case 'A':
        return take_list(flag, value);
      case 'S':
        return take_syscalls(value);
      case 'F':
        return take_field(value);
      case 'k':
        return take_key(value);
      case 'C': {
        const std::string reason = parse_comparison(value, add_field());
        return reason.empty() || fail("-C " + value, reason);
      }
      case 'p':
        permissions_ = permission_bits(value);
        return permissions_ != 0 || fail("-p " + value, "not permissions; write letters of rwxa");
      default: {
        FieldValue path;
        const std::string reason = parse_field("path", "=", value, path);
        watch_ = path.text;
        return reason.empty() || fail("-w " + value, reason);
      }
    }
  }

  bool take_list(char flag, std::string_view value) {
    std::string_view rest = value;
    std::string_view list = base::next_piece(rest, ','), action = rest;
    if (list == "always" || list == "never") std::swap(list, action);
    const std::string object = std::string("-") + flag + " " + std::string(value);
    if (has_list_) return fail(object, "a second list in one rule; write one rule a line");
    if (action != "always" && action != "never") return fail(object, "neither always nor never; write -a always,exit");
    for (std::string_view other : {"task", "exclude", "user", "filesystem", "io_uring", "entry"})
      if (list == other)
        return fail(object, "aurochs never changes the " + std::string(other) + " list; use the exit list");
    if (list != "exit") return fail(object, "unknown list; write -a always,exit");
    if (action == "never" && !has_reason_)
      return fail(object,
                  "a never rule hides events from every reader of audit; write the line \"# reason: ...\" above it");
    has_list_ = true;
    if (flag == 'A') head_.flags = rule_list::kPrepend;
    head_.action = action == "never" ? rule_action::kNever : rule_action::kAlways;
    return true;
  }

  bool take_syscalls(std::string_view value) {
    while (!value.empty()) {
      const std::string_view name = base::next_piece(value, ',');
      if (name.empty()) return fail("-S", "an empty name; remove the comma");
      syscalls_.emplace_back(name);
    }
    return true;
  }

  bool take_field(const std::string& pair) {
    std::string_view name, op, value;
    const std::string object = "-F " + pair;
    if (!split_field(pair, name, op, value)) return fail(object, "no operator; write field=value");
    if (name == "key")
      return op == "=" ? take_key(std::string(value)) : fail(object, "a key is set, not compared; write key=");
    if (name == "arch") return take_arch(object, op, value);
    const std::string reason = parse_field(name, op, value, add_field());
    return reason.empty() || fail(object, reason);
  }

  bool take_arch(const std::string& object, std::string_view op, std::string_view value) {
    if (has_arch_ || op != "=") return fail(object, "not one arch=; write -F arch=b64 or -F arch=b32 once");
    if (!is_arch_name(value)) return fail(object, "unknown architecture; write b64, b32 or a name like aarch64");
    has_arch_ = true;
    arch_text_ = value;
    arch_ = arch_number(value, machine_);
    return true;
  }

  bool take_key(const std::string& key) {
    if (!base::starts_with(key, kKeyPrefix) || key.size() == kKeyPrefix.size())
      return fail("key " + key,
                  "does not begin with aurochs-, so the rule could not be told from those of others; rename it");
    if (key.find_first_of(" \"'\x01") != std::string::npos)
      return fail("key " + key, "holds a blank or a quote; use letters, digits and -");
    keys_ += (keys_.empty() ? "" : "\x01") + key;
    return keys_.size() <= kKeyBytes || fail("key", "longer than 256 bytes; shorten it");
  }

  FieldValue& add_field() { return fields_.emplace_back(); }

  bool check() {
    const bool is_watch = !watch_.empty();
    if (is_watch == has_list_)
      return fail("rule",
                  is_watch ? "both -w and -a; write one of them" : "no list; begin it with -a always,exit or -w");
    if (is_watch && (!syscalls_.empty() || !fields_.empty() || has_arch_))
      return fail("-w", "goes with -p and -k only; write -a always,exit -F path=");
    if (!is_watch && permissions_) return fail("-p", "goes with -w only; write -F perm=");
    if (keys_.empty()) return fail("rule", "no key; add -k aurochs-NAME");
    // The kernel takes 64; arch, key and what -w stands for come on top.
    if (fields_.size() + 4 > RuleHead::kFields) return fail("rule", "more than 60 fields; split it");
    if (is_watch) return true;
    const bool names_file = std::any_of(fields_.begin(), fields_.end(), [](const FieldValue& f) {
      return f.field == rule_field::kPath || f.field == rule_field::kDir;
    });
    if (syscalls_.empty() && !names_file)
      return fail("rule", "would audit every syscall; name them with -S, or a file with -F path=");
    const bool names_all_only =
        std::all_of(syscalls_.begin(), syscalls_.end(), [](const std::string& s) { return s == "all"; });
    if (!has_arch_ && !(names_file && names_all_only))
      return fail("-S",
                  "without -F arch= the numbers would mean other syscalls to 32-bit programs; add -F arch=b64 or b32");
    return true;
  }

  /// False when the line ends here: an error, or nothing left for this machine.
  bool resolve_syscalls() {
    bool any = false;
    for (const std::string& name : syscalls_) {
      uint64_t number = 0;
      if (name == "all") {
        std::fill(head_.mask, head_.mask + kSyscalls / 32, UINT32_MAX);
        any = true;
        continue;
      }
      if (!base::parse_u64(name, number)) {
        const int known = syscall_number(name, arch_);
        if (known < 0 && is_syscall_of_another_arch(name, arch_)) {
          note("-S " + name + ": not a syscall of arch=" + arch_text_ + " on this machine, skipped");
          continue;
        }
        if (known < 0)
          return fail("-S " + name, "unknown syscall" + suggestion(nearest_syscall(name, arch_)) +
                                        "; correct it, or write its number");
        number = static_cast<uint64_t>(known);
      }
      if (number >= kSyscalls) return fail("-S " + name, "the kernel audits syscalls below 2016 only; remove it");
      head_.mask[number / 32] |= 1u << (number % 32);
      any = true;
    }
    if (!any) note("no syscall left, rule skipped");
    return any;
  }

  void resolve_watch() {
    struct stat s {};
    const bool is_directory = ::stat(watch_.c_str(), &s) == 0 && S_ISDIR(s.st_mode);
    FieldValue& place = add_field();
    place.field = is_directory ? rule_field::kDir : rule_field::kPath;
    place.op = rule_operator::kEqual;
    place.text = watch_;
    FieldValue& permissions = add_field();
    permissions.field = rule_field::kPerm;
    permissions.op = rule_operator::kEqual;
    permissions.value = permissions_ ? permissions_ : permission_bits("rwxa");
    head_.action = rule_action::kAlways;
  }

  void put(const FieldValue& f, std::string& strings) {
    const uint32_t i = head_.field_count++;
    head_.fields[i] = f.field;
    head_.operators[i] = f.op;
    head_.values[i] = f.text.empty() ? f.value : static_cast<uint32_t>(f.text.size());
    strings += f.text;
  }

  // Order as auditctl has it by habit: arch first, key last. The kernel tells rules apart by the order of fields too.
  void compile() {
    if (has_arch_ && arch_ == 0) {
      note("arch=" + arch_text_ + ": not run by this machine, rule skipped");
      return;
    }
    if (!watch_.empty()) resolve_watch();
    if (syscalls_.empty()) {
      std::fill(head_.mask, head_.mask + kSyscalls / 32, UINT32_MAX);
    } else if (!resolve_syscalls()) {
      return;
    }
    head_.flags |= rule_list::kExit;
    std::string strings;
    FieldValue special;
    special.op = rule_operator::kEqual;
    special.field = rule_field::kArch;
    special.value = arch_;
    if (has_arch_) put(special, strings);
    for (const FieldValue& f : fields_) put(f, strings);
    special.field = rule_field::kKey;
    special.text = keys_;
    put(special, strings);
    head_.strings_bytes = static_cast<uint32_t>(strings.size());

    Rule rule;
    rule.data.assign(reinterpret_cast<const char*>(&head_), sizeof head_).append(strings);
    rule.key = rule_keys(rule.data).front();
    rule.text = rule_text(rule.data);
    rule.file = file_;
    rule.line = line_;
    out_.rules.push_back(std::move(rule));
  }

  ParsedRules& out_;
  std::string_view file_;
  int line_;
  std::string_view machine_;
  bool has_reason_;

  RuleHead head_;
  bool has_list_ = false, has_arch_ = false;
  uint32_t arch_ = 0, permissions_ = 0;
  std::string arch_text_, watch_, keys_;
  std::vector<std::string> syscalls_;
  std::vector<FieldValue> fields_;
};

}  // namespace

namespace {

/// `text` for a kernel that refuses the rule of the line above, where that line gave one.
void parse_else(std::string_view text, std::string_view file, int number, std::string_view machine, bool has_rule, ParsedRules& out) {
  ParsedRules one;
  LineParser(one, file, number, machine, false).parse(text);
  out.errors.insert(out.errors.end(), one.errors.begin(), one.errors.end());
  if (has_rule && !one.rules.empty()) out.rules.back().otherwise = std::move(one.rules.front().data);
}

}  // namespace

ParsedRules parse_rules(std::string_view text, std::string_view file, std::string_view machine) {
  ParsedRules out;
  bool has_reason = false, has_rule = false;
  for (int number = 1; !text.empty(); ++number) {
    const std::string_view line = base::trim(base::next_piece(text, '\n'));
    if (base::starts_with(line, kElse)) {
      parse_else(line.substr(kElse.size()), file, number, machine, has_rule, out);
      has_rule = false;
      continue;
    }
    if (line.empty() || line[0] == '#') {
      has_reason = base::starts_with(line, kReason) && line.size() > kReason.size();
      has_rule = false;
      continue;
    }
    if (out.rules.size() == limits::kRules) {
      out.errors.push_back(std::string(file) + ":" + std::to_string(number) + ": rule: more than " +
                           std::to_string(limits::kRules) + " rules; merge rules with the same key");
      break;
    }
    const size_t before = out.rules.size();
    LineParser(out, file, number, machine, has_reason).parse(line);
    has_reason = false;
    has_rule = out.rules.size() > before;
  }
  return out;
}

void note_mergeable(ParsedRules& parsed) {
  const auto without_syscalls = [](const Rule& rule) {
    std::string bytes = rule.data;
    std::memset(&bytes[offsetof(RuleHead, mask)], 0, sizeof RuleHead::mask);
    return bytes;
  };
  for (size_t i = 0; i < parsed.rules.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const Rule &a = parsed.rules[j], &b = parsed.rules[i];
      if (a.key != b.key || without_syscalls(a) != without_syscalls(b)) continue;
      parsed.notes.push_back(b.file + ":" + std::to_string(b.line) + ": differs from " + a.file + ":" +
                             std::to_string(a.line) +
                             " in its syscalls only; one rule with all of them costs the host less");
      break;
    }
}

std::string this_machine() {
  utsname name{};
  return ::uname(&name) == 0 ? name.machine : "";
}

}  // namespace aurochs::capture
