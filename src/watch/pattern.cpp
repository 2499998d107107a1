// SPDX-License-Identifier: Apache-2.0
#include "watch/pattern.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::watch {

namespace {

constexpr size_t kNone = std::string_view::npos;

/// First of `wanted` in `text` from `at` on that no backslash precedes.
size_t find_special(std::string_view text, std::string_view wanted, size_t at = 0) {
  for (; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (wanted.find(text[at]) != kNone)
      return at;
  }
  return kNone;
}

/// The brace that closes the one at `open`, or kNone.
size_t closing(std::string_view text, size_t open) {
  int depth = 0;
  for (size_t at = open; (at = find_special(text, "{}", at)) != kNone; ++at) {
    depth += text[at] == '{' ? 1 : -1;
    if (depth == 0) return at;
  }
  return kNone;
}

/// One byte of a glob ([...], \x, ?, itself) against one of the text; `at` moves behind it.
bool one_byte(std::string_view glob, size_t& at, char c) {
  const char g = glob[at++];
  if (g == '?') return c != '/';
  if (g == '\\' && at < glob.size()) return glob[at++] == c;
  const size_t end = g == '[' ? glob.find(']', at + 1) : kNone;
  if (end == kNone) return g == c;
  const bool is_negated = glob[at] == '!';
  bool hit = false;
  for (size_t i = at + is_negated; i < end; ++i) {
    const bool is_range = i + 2 < end && glob[i + 1] == '-';
    hit = hit || (is_range ? glob[i] <= c && c <= glob[i + 2] : glob[i] == c);
    i += is_range ? 2 : 0;
  }
  at = end + 1;
  return hit != is_negated && c != '/';
}

/// Where a star was seen, to come back to: the glob behind it and the text that it has not eaten yet.
struct Star {
  size_t glob = kNone, text = 0;
};

}  // namespace

bool has_glob(std::string_view text) { return find_special(text, "*?[") != kNone; }

std::string unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

bool expand_braces(std::string_view text, std::vector<std::string>& out) {
  const size_t open = find_special(text, "{}");
  if (open == kNone) {
    if (out.size() == limits::kWatchPatterns) return false;
    out.emplace_back(text);
    return true;
  }
  const size_t close = text[open] == '{' ? closing(text, open) : kNone;
  if (close == kNone) return false;
  const std::string_view inside = text.substr(open + 1, close - open - 1);
  for (size_t begin = 0, at = 0; begin <= inside.size(); begin = at + 1) {
    // A comma inside of inner braces is theirs.
    for (at = begin; (at = find_special(inside, ",{", at)) != kNone && inside[at] == '{'; ++at)
      if ((at = closing(inside, at)) == kNone) return false;
    at = std::min(at, inside.size());
    std::string one(text.substr(0, open));
    one.append(inside.substr(begin, at - begin)).append(text.substr(close + 1));
    if (!expand_braces(one, out)) return false;
  }
  return true;
}

std::string parse_pattern(std::string_view text, Pattern& out) {
  out.is_home = base::starts_with(text, "~/");
  if (!out.is_home && !base::starts_with(text, "/")) return "neither an absolute path nor below ~/; begin it with one of them";
  std::string_view rest = out.is_home ? text.substr(1) : text;
  if (rest.size() > 4095) return "longer than a path can be; shorten it";
  const std::string framed = std::string(rest) + (rest.back() == '/' ? "" : "/");
  for (const char* bad : {"//", "/./", "/../"})
    if (framed.find(bad) != kNone) return std::string(bad) + " in a path never matches; write the path as the kernel says it";
  out.is_tree = rest.back() == '/';
  if (out.is_tree) rest.remove_suffix(1);
  const size_t special = find_special(rest, "*?[");
  const size_t slash = special == kNone ? rest.size() : rest.rfind('/', special);
  out.directory = unescaped(rest.substr(0, slash));
  out.tail = slash < rest.size() ? rest.substr(slash + 1) : std::string_view();
  out.literal = static_cast<uint32_t>(unescaped(rest.substr(0, std::min(special, rest.size()))).size()) + (out.is_tree && out.tail.empty() ? 1u : 0u);
  if (out.directory.empty() && !out.is_home) return "would watch the whole host; begin it with a directory of the root";
  if (static_cast<size_t>(std::count(out.directory.begin(), out.directory.end(), '/')) > limits::kWatchDepth)
    return "more than " + std::to_string(limits::kWatchDepth) + " directories deep; shorten it";
  return {};
}

// The last star is widened by a byte when what follows does not fit; * may not swallow a slash, and then the last ** is
// widened. An earlier star of the same kind need not be tried again: whatever it could yield, the later one can.
bool glob_match(std::string_view glob, std::string_view text, bool is_tree) {
  Star star, wide;
  size_t g = 0, t = 0;
  for (;;) {
    if (g == glob.size() && (t == text.size() || (is_tree && text[t] == '/'))) return true;
    if (g < glob.size() && glob[g] == '*') {
      const bool is_wide = g + 1 < glob.size() && glob[g + 1] == '*';
      g += is_wide ? 2 : 1;
      (is_wide ? wide : star) = {g, t};
      if (is_wide) star = {};
      continue;
    }
    size_t next = g;
    if (g < glob.size() && t < text.size() && one_byte(glob, next, text[t])) {
      g = next;
      ++t;
      continue;
    }
    if (star.glob != kNone && star.text < text.size() && text[star.text] != '/') {
      g = star.glob;
      t = ++star.text;
    } else if (wide.glob != kNone && wide.text < text.size()) {
      star = {};
      g = wide.glob;
      t = ++wide.text;
    } else {
      return false;
    }
  }
}

}  // namespace aurochs::watch
