// SPDX-License-Identifier: Apache-2.0
#include "config/config.h"

#include <sys/stat.h>

#include <cerrno>
#include <ctime>
#include <set>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::config {
namespace {

constexpr const char* kBuiltInVersion = "202611240000";

/// "A..B": a whole number of that range.
bool is_in_range(std::string_view value, std::string_view range) {
  uint64_t low = 0, high = 0, n = 0;
  const size_t dots = range.find("..");
  return base::parse_u64(range.substr(0, dots), low) && base::parse_u64(range.substr(dots + 2), high) && base::parse_u64(value, n) && n >= low && n <= high;
}

bool is_allowed(std::string_view value, std::string_view allowed) {
  if (allowed.empty()) return true;
  if (allowed.find("..") != std::string_view::npos) return is_in_range(value, allowed);
  while (!allowed.empty())
    if (base::next_piece(allowed, '|') == value) return true;
  return false;
}

std::string spoken(std::string_view allowed) {
  std::string out;
  while (!allowed.empty()) {
    if (!out.empty()) out += ", ";
    out += base::next_piece(allowed, '|');
  }
  return out;
}

class Parser {
 public:
  Parser(std::string_view file, Config& out, Errors& errors) : file_(file), out_(out), errors_(errors) {}

  void line(std::string_view text) {
    ++number_;
    text = base::trim(text);
    if (text.empty() || text[0] == '#' || text[0] == ';') return;
    if (text[0] == '[') return section(text);
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos) return fail(text, "neither a [section] nor key = value; write one of them");
    key(base::trim(text.substr(0, equals)), base::trim(text.substr(equals + 1)));
  }

 private:
  void fail(std::string_view object, const std::string& reason) {
    errors_.lines.push_back(file_ + ':' + std::to_string(number_) + ": " + std::string(object) + ": " + reason);
  }
  void section(std::string_view text) {
    if (text.back() != ']' || text.size() < 3) return fail(text, "a section is written [name]");
    section_ = std::string(base::trim(text.substr(1, text.size() - 2)));
    for (const KeyRow& row : key_rows())
      if (base::starts_with(row.key, section_ + '.')) return;
    fail(section_, "unknown section; there are capture, watch, events, logon, dns, sensor, customer");
  }
  void key(std::string_view name, std::string_view value) {
    const std::string full = section_.empty() || name.find('.') != std::string_view::npos ? std::string(name) : section_ + '.' + std::string(name);
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    const auto& rows = key_rows();
    for (const KeyRow& row : rows) {
      if (row.key != full) continue;
      if (!seen_.insert(full).second) return fail(full, "given twice; keep one of them");
      if (!is_allowed(value, row.allowed)) return fail(full, '"' + std::string(value) + "\" is not a value of it; there are " + spoken(row.allowed));
      if (base::valid_utf8_prefix(value) != value.size()) return fail(full, "the value is not UTF-8");
      out_.*row.member = std::string(value);
      return;
    }
    const std::string_view near = base::nearest_name(full, rows.size(), [&](size_t i) { return rows[i].key; });
    fail(full, near.empty() ? "unknown key; see aurochs.conf(5)" : "unknown key; did you mean " + std::string(near) + '?');
  }

  std::string file_;
  Config& out_;
  Errors& errors_;
  std::string section_;
  std::set<std::string> seen_;
  int number_ = 0;
};

}  // namespace

const std::vector<KeyRow>& key_rows() {
  static const std::vector<KeyRow> kRows = {
#define AUROCHS_KEY(member, key, default_value, allowed, doc) {key, default_value, allowed, doc, &Config::member},
      AUROCHS_CONFIG_KEYS(AUROCHS_KEY)
#undef AUROCHS_KEY
  };
  return kRows;
}

bool parse(std::string_view text, std::string_view file, Config& out, Errors& errors) {
  Parser parser(file, out, errors);
  while (!text.empty()) parser.line(base::next_piece(text, '\n'));
  return errors.lines.empty();
}

base::Result<Config> load(const std::string& path, bool must_exist) {
  Config config;
  config.version = kBuiltInVersion;
  auto text = base::read_file(path, limits::kConfigBytes);
  if (!text) {
    if (text.error().code == ENOENT && !must_exist) return config;
    return base::Error{text.error().code, text.error().message + "; give a readable file with --config, or none for the defaults"};
  }
  Errors errors;
  if (!parse(*text, path, config, errors)) {
    std::string all;
    for (const std::string& line : errors.lines) all += (all.empty() ? "" : "\n") + line;
    return base::Error{0, all};
  }
  struct stat s {};
  if (::stat(path.c_str(), &s) == 0) {
    char version[16];
    tm utc{};
    gmtime_r(&s.st_mtime, &utc);
    config.version.assign(version, std::strftime(version, sizeof version, "%Y%m%d%H%M", &utc));
  }
  return config;
}

std::string default_file() {
  std::string out = "# aurochs.conf(5): every key with its default. What is commented out is what holds.\n";
  std::string section;
  for (const KeyRow& row : key_rows()) {
    const std::string name(row.key.substr(0, row.key.find('.')));
    if (name != section) out += "\n[" + (section = name) + "]\n";
    out += "# " + std::string(row.sentence) + '\n';
    if (!row.allowed.empty()) out += "# One of: " + spoken(row.allowed) + ".\n";
    out += '#' + std::string(row.key.substr(name.size() + 1)) + " = " + std::string(row.default_value) + '\n';
  }
  return out;
}

}  // namespace aurochs::config
