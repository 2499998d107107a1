// SPDX-License-Identifier: Apache-2.0
#include "observe/account_files.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

struct Kind {
  std::string_view prefix, name;
};
// crypt(5). A longer prefix stands before the one it begins with.
constexpr Kind kKinds[] = {{"$1$", "md5crypt"},      {"$2", "bcrypt"},         {"$3$", "nt"},          {"$5$", "sha256crypt"}, {"$6$", "sha512crypt"},
                           {"$7$", "scrypt"},        {"$y$", "yescrypt"},      {"$gy$", "gost-yescrypt"}, {"$md5", "sunmd5"},  {"$sha1", "sha1crypt"},
                           {"$sm3$", "sm3crypt"},    {"$argon2", "argon2"},    {"_", "bsdicrypt"}};
constexpr size_t kDesBytes = 13;

std::string_view kind_of(std::string_view field) {
  for (const Kind& k : kKinds)
    if (base::starts_with(field, k.prefix)) return k.name;
  if (field.size() == kDesBytes && field.find_first_of("*!:$") == std::string_view::npos) return "descrypt";
  return {};
}

constexpr size_t kMostFields = 9;

/// Fields of a line; how many there are.
size_t split(std::string_view line, std::array<std::string_view, kMostFields>& fields) {
  size_t n = 0;
  for (; n < kMostFields; ++n) {
    const size_t colon = line.find(':');
    fields[n] = line.substr(0, colon);
    if (colon == std::string_view::npos) return n + 1;
    line.remove_prefix(colon + 1);
  }
  return n;
}

template <class Visit>
void each_line(std::string_view text, size_t least, Visit visit) {
  while (!text.empty()) {
    std::array<std::string_view, kMostFields> fields;
    const std::string_view line = base::next_piece(text, '\n');
    // '+' and '-' lines are for nsswitch's compat and no accounts.
    if (line.empty() || line[0] == '#' || line[0] == '+' || line[0] == '-' || line[0] == ':') continue;
    if (split(line, fields) >= least) visit(fields);
  }
}

void split_members(std::string_view list, std::vector<std::string>& members) {
  while (!list.empty()) {
    const std::string_view name = base::trim(base::next_piece(list, ','));
    if (!name.empty() && members.size() < limits::kGroupMembers) members.emplace_back(name);
  }
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
}

}  // namespace

Password AccountFiles::password(std::string_view field) {
  Password p;
  while (!field.empty() && field[0] == '!') {
    p.is_locked = true;
    field.remove_prefix(1);
  }
  p.kind = kind_of(field);
  if (!p.kind.empty())
    p.state = Password::State::usable;
  else if (field.empty() && !p.is_locked)
    p.state = Password::State::empty;
  if (!sha256_.start() || !sha256_.update(field) || !sha256_.finish(p.digest.data())) p.digest.fill(0);
  return p;
}

void AccountFiles::read_passwd(std::string_view text) {
  each_line(text, 7, [&](const auto& f) {
    Account a;
    if (accounts.size() > limits::kAccounts || !base::parse_u64(f[2], a.uid) || !base::parse_u64(f[3], a.gid)) return;
    a.password = password(f[1]);
    a.is_shadowed = f[1] == "x";
    a.description = f[4];
    a.home = f[5];
    a.shell = f[6];
    accounts.emplace(f[0], std::move(a));
  });
}

void AccountFiles::read_shadow(std::string_view text) {
  each_line(text, 2, [&](const auto& f) {
    const auto at = accounts.find(f[0]);
    if (at == accounts.end() || at->second.has_shadow) return;
    Account& a = at->second;
    a.has_shadow = true;
    // Without its 'x' in passwd an account has the password of passwd, whatever shadow says.
    if (a.is_shadowed) a.password = password(f[1]);
    for (size_t i = 0; i < a.aging.size() && f[2 + i].data(); ++i)
      if (!base::parse_i64(f[2 + i], a.aging[i])) a.aging[i] = -1;
  });
}

void AccountFiles::read_group(std::string_view text) {
  each_line(text, 4, [&](const auto& f) {
    Group g;
    if (groups.size() > limits::kAccounts || !base::parse_u64(f[2], g.gid)) return;
    g.password = password(f[1]);
    split_members(f[3], g.members);
    groups.emplace(f[0], std::move(g));
  });
}

void AccountFiles::read_gshadow(std::string_view text) {
  each_line(text, 2, [&](const auto& f) {
    const auto at = groups.find(f[0]);
    if (at != groups.end()) at->second.password = password(f[1]);
  });
}

bool AccountFiles::read(std::string_view passwd, std::string_view shadow, std::string_view group, std::string_view gshadow) {
  accounts.clear();
  groups.clear();
  read_passwd(passwd);
  read_shadow(shadow);
  read_group(group);
  read_gshadow(gshadow);
  return !accounts.empty() && accounts.size() <= limits::kAccounts && groups.size() <= limits::kAccounts;
}

std::vector<std::string> sudoers_rules(std::string_view text) {
  std::vector<std::string> rules;
  std::string rule;
  auto finish = [&] {
    const std::string_view said = base::trim(rule);
    // "#include" and "#includedir" are no comments, nor is "#1000", a user by number.
    const bool is_comment = !said.empty() && said[0] == '#' && !base::starts_with(said, "#include") && !(said.size() > 1 && said[1] >= '0' && said[1] <= '9');
    if (!said.empty() && !is_comment && rules.size() < limits::kSudoersRules) rules.emplace_back(said.substr(0, limits::kSudoersText));
    rule.clear();
  };
  while (!text.empty()) {
    std::string_view line = base::next_piece(text, '\n');
    const bool goes_on = !line.empty() && line.back() == '\\';
    if (goes_on) line.remove_suffix(1);
    for (const char c : line) {
      const bool is_blank = c == ' ' || c == '\t' || c == '\r';
      if (!is_blank) rule += c;
      else if (!rule.empty() && rule.back() != ' ') rule += ' ';
    }
    if (!goes_on) finish();
  }
  finish();
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

std::string sudoers_difference(const std::vector<std::string>& before, const std::vector<std::string>& now) {
  std::string out;
  auto add = [&](char sign, const std::vector<std::string>& these, const std::vector<std::string>& those) {
    for (const std::string& rule : these) {
      if (std::binary_search(those.begin(), those.end(), rule)) continue;
      if (!out.empty()) out += '|';
      out += sign;
      out += rule;
    }
  };
  add('+', now, before);
  add('-', before, now);
  out.resize(base::cut_utf8(out, limits::kSudoersText).size());
  return out;
}

}  // namespace aurochs::observe
