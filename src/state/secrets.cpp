// SPDX-License-Identifier: Apache-2.0
#include "state/secrets.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace aurochs::state {
namespace {

constexpr std::string_view kMask = "***";
// Longer ones first where one begins with another.
constexpr std::string_view kNames[] = {"password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "api_key", "api-key", "apikey",
                                       "access_key", "access-key", "private_key", "private-key", "credentials", "credential", "authorization"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

bool begins_with(std::string_view text, std::string_view lower_case) {
  if (text.size() < lower_case.size()) return false;
  for (size_t i = 0; i < lower_case.size(); ++i)
    if (lower(text[i]) != lower_case[i]) return false;
  return true;
}

/// Where the value that begins at `at` ends: at its quote, at a blank, or at what ends a value in a URL or a form.
size_t value_end(std::string_view line, size_t at) {
  if (at < line.size() && (line[at] == '\'' || line[at] == '"')) {
    const size_t close = line.find(line[at], at + 1);
    return close == std::string_view::npos ? line.size() : close + 1;
  }
  return std::min(line.find_first_of(" &;,'\"\n", at), line.size());
}

/// Ranges of the line to be hidden, in order.
class Scanner {
 public:
  Scanner(std::string_view line, std::string& out) : line_(line), out_(out) {}

  bool run() {
    const std::string_view program = base::base_name(line_.substr(0, line_.find(' ')));
    const bool is_mysql = base::starts_with(program, "mysql") || base::starts_with(program, "mariadb");
    const bool is_curl = program == "curl" || program == "wget";
    for (size_t i = 0; i < line_.size(); ++i) {
      if (line_[i] == ':' && line_.compare(i, 3, "://") == 0) {
        i = url(i + 3);
      } else if (line_[i] == '-' && (i == 0 || line_[i - 1] == ' ')) {
        if (is_mysql && line_.compare(i, 2, "-p") == 0) hide(i + 2, value_end(line_, i + 2));
        if (program == "sshpass" && line_.compare(i, 2, "-p") == 0) hide(line_.find_first_not_of(' ', i + 2), npos);
        if (is_curl && (line_.compare(i, 3, "-u ") == 0 || line_.compare(i, 7, "--user ") == 0)) user(line_.find(' ', i) + 1);
      } else {
        i = name(i);
      }
    }
    if (!is_changed_) return false;
    out_.append(line_.substr(copied_));
    return true;
  }

 private:
  static constexpr size_t npos = std::string_view::npos;

  /// Hides [from, to); npos: to the end of the value that begins at `from`.
  void hide(size_t from, size_t to) {
    if (from >= line_.size()) return;
    if (to == npos) to = value_end(line_, from);
    if (from >= to || from < copied_) return;
    if (!is_changed_) out_.clear();
    is_changed_ = true;
    out_.append(line_.substr(copied_, from - copied_)).append(kMask);
    copied_ = to;
  }

  /// user:password@ of an authority; answers where to go on.
  size_t url(size_t at) {
    const size_t end = std::min(line_.find_first_of("/ ?#'\"", at), line_.size());
    const size_t sign = line_.substr(0, end).rfind('@');
    if (sign == npos || sign < at) return at;
    const size_t colon = line_.find(':', at);
    if (colon < sign) hide(colon + 1, sign);
    return sign;
  }

  void user(size_t at) {
    const size_t end = value_end(line_, at), colon = line_.find(':', at);
    if (colon < end) hide(colon + 1, end - (line_[end - 1] == '\'' || line_[end - 1] == '"'));
  }

  /// A name of a secret at `at`: hides its value. Answers the last byte that was looked at.
  size_t name(size_t at) {
    constexpr std::string_view kFirst = "pstacb";  // of the names, and of bearer
    if (kFirst.find(lower(line_[at])) == npos) return at;
    if (at > 0 && is_word(line_[at - 1]) && !(line_[at] >= 'A' && line_[at] <= 'Z')) return at;
    if (begins_with(line_.substr(at), "bearer ")) {
      hide(at + 7, npos);
      return at + 6;
    }
    const auto* const found = std::find_if(std::begin(kNames), std::end(kNames), [&](std::string_view n) { return begins_with(line_.substr(at), n); });
    if (found == std::end(kNames)) return at;
    const size_t end = at + found->size();
    if (end >= line_.size()) return end;
    const char next = line_[end];
    if (next == '=') hide(end + 1, npos);
    if (next == ':' && line_.compare(end, 3, "://") != 0) header(end + 1);
    if (next == ' ' && is_option(at)) {
      const size_t value = line_.find_first_not_of(' ', end);
      if (value != npos && line_[value] != '-') hide(value, npos);
    }
    return end - 1;
  }

  /// "Authorization: Basic X", "password: X"
  void header(size_t at) {
    size_t value = std::min(line_.find_first_not_of(' ', at), line_.size());
    for (const std::string_view scheme : {"basic ", "bearer ", "token ", "digest "})
      if (begins_with(line_.substr(value), scheme)) value += scheme.size();
    hide(value, npos);
  }

  /// The word around `at` begins with a dash: --db-password
  bool is_option(size_t at) const {
    const size_t begin = line_.rfind(' ', at);
    return begin != npos && begin + 1 < line_.size() && line_[begin + 1] == '-';
  }

  std::string_view line_;
  std::string& out_;
  size_t copied_ = 0;
  bool is_changed_ = false;
};

}  // namespace

bool mask_secrets(std::string_view line, std::string& out) { return Scanner(line, out).run(); }

}  // namespace aurochs::state
