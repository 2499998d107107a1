// SPDX-License-Identifier: Apache-2.0
#include "watch/parser.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::watch {

using event::FileOp;

namespace {

constexpr size_t kMessages = 50;
constexpr size_t kNameBytes = 64;  // of a word that resembles nothing: looking for its neighbour is quadratic
constexpr size_t kOperations = static_cast<size_t>(FileOp::count_);
constexpr uint32_t kReads = 1u << static_cast<int>(FileOp::read);
constexpr uint32_t kAll = (1u << kOperations) - 1;

std::string did_you_mean(std::string_view near) { return near.empty() ? "" : " (did you mean " + std::string(near) + "?)"; }

/// Next word of a line, over escaped spaces; empty at its end and at a comment.
std::string_view next_word(std::string_view& rest) {
  while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\t' || rest[0] == '\r')) rest.remove_prefix(1);
  if (rest.empty() || rest[0] == '#') return {};
  size_t end = 0;
  while (end < rest.size() && rest[end] != ' ' && rest[end] != '\t' && rest[end] != '\r') end += rest[end] == '\\' ? 2 : 1;
  end = std::min(end, rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

bool find_type(std::string_view name, event::EventType& out) {
  for (size_t i = 0; i < event::kEventTypeCount; ++i) {
    out = static_cast<event::EventType>(i);
    const event::EventRow& row = event::event_row(out);
    if (row.type == name || row.vendor_type == name) return true;
  }
  return false;
}

bool is_group(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == std::string_view::npos;
}

}  // namespace

bool TableParser::fail(const Word& word, const std::string& reason) {
  errors_ += (errors_.empty() ? "" : "\n") + std::string(file_) + ":" + std::to_string(word.line) + ": " + std::string(word.text) + ": " + reason;
  return false;
}

std::string TableParser::parse(std::string_view text) {
  for (int line = 1; !text.empty(); ++line) {
    std::string_view rest = base::next_piece(text, '\n');
    const bool goes_on = !rest.empty() && (rest[0] == ' ' || rest[0] == '\t');
    std::string_view word = next_word(rest);
    if (word.empty()) continue;
    if (goes_on && words_.empty()) (void)fail({word, line}, "continues nothing; a row begins in the first column");
    if (!goes_on) statement();
    for (; !word.empty(); word = next_word(rest)) words_.push_back({word, line});
  }
  statement();
  if (!has_version_ && errors_.empty()) (void)fail({"version", 1}, "is not there; begin the table with: version 1");
  return errors_;
}

void TableParser::statement() {
  if (words_.empty()) return;
  if (static_cast<size_t>(std::count(errors_.begin(), errors_.end(), '\n')) < kMessages) {
    const std::string_view first = words_[0].text;
    if (first == "version")
      version();
    else if (!has_version_)
      (void)fail(words_[0], "comes before the version; begin the table with: version 1"), has_version_ = true;
    else if (first == "set")
      set();
    else
      row();
  }
  words_.clear();
}

void TableParser::version() {
  has_version_ = true;
  if (words_.size() != 2 || words_[1].text != "1") (void)fail(words_[0], "not a version that this aurochs reads; write: version 1");
}

void TableParser::set() {
  if (words_.size() < 3) return void(fail(words_[0], "needs a name and programs; write: set NAME PROGRAM..."));
  for (const ProgramSet& s : out_.sets_)
    if (s.name == words_[1].text) return void(fail(words_[1], "a second set of that name; write both in one"));
  ProgramSet set;
  set.name = words_[1].text;
  for (size_t i = 2; i < words_.size(); ++i) set.programs.add(words_[i].text);
  out_.sets_.push_back(std::move(set));
}

void TableParser::row() {
  Row row;
  row.line = words_[0].line;
  if (!operations(words_[0], row)) return;
  if (words_.size() < 4) return void(fail(words_[0], "a row needs access, type, group and at least one path"));
  if (!types(words_[1], row)) return;
  row.group = words_[2].text;
  if (!is_group(row.group)) return void(fail(words_[2], "not a group; write lower case words joined by dots, such as persistence.cron"));
  size_t end = 3;
  while (end < words_.size() && words_[end].text != "not") ++end;
  if (end == 3) return void(fail(words_[0], "a row needs at least one path before: not by"));
  if (out_.rows_.size() == limits::kWatchRows) return void(fail(words_[0], "more than " + std::to_string(limits::kWatchRows) + " rows; join some"));
  if (!patterns(3, end) || !programs(end, row)) return;
  out_.rows_.push_back(std::move(row));
}

bool TableParser::operations(const Word& word, Row& row) {
  if (word.text == "r" || word.text == "w" || word.text == "rw") {
    row.operations = word.text == "r" ? kReads : word.text == "w" ? kAll & ~kReads : kAll;
    return true;
  }
  for (std::string_view rest = word.text; !rest.empty();) {
    const std::string_view name = base::next_piece(rest, ',');
    size_t i = 0;
    while (i < kOperations && event::file_op_name(static_cast<FileOp>(i)) != name) ++i;
    if (i == kOperations) {
      const auto near = base::nearest_name(name.substr(0, kNameBytes), kOperations, [](size_t k) { return event::file_op_name(static_cast<FileOp>(k)); });
      return fail(word, "not an access" + did_you_mean(near) + "; write r, w, rw or operations joined by commas");
    }
    row.operations |= 1u << i;
  }
  return true;
}

bool TableParser::types(const Word& word, Row& row) {
  row.kind = word.text == "generic" ? Row::Kind::generic : word.text == "none" ? Row::Kind::none : Row::Kind::special;
  if (row.kind != Row::Kind::special) return true;
  size_t count = 0;
  for (std::string_view rest = word.text; !rest.empty() && count < 4; ++count) {
    const std::string_view name = base::next_piece(rest, '/');
    event::EventType type;
    if (!find_type(name, type)) {
      const auto near = base::nearest_name(name.substr(0, kNameBytes), event::kEventTypeCount, [](size_t i) { return event::event_row(static_cast<event::EventType>(i)).type; });
      return fail({name, word.line}, "no such type of event" + did_you_mean(near) + "; aurochsctl fields --types lists them");
    }
    if (count < 3) row.types[count] = type;
  }
  if (count == 1) row.types[1] = row.types[2] = row.types[0];
  return count == 1 || count == 3 || fail(word, "neither one type nor three; write TYPE or CREATED/CHANGED/REMOVED");
}

bool TableParser::patterns(size_t begin, size_t end) {
  for (size_t i = begin; i < end; ++i) {
    std::vector<std::string> written;
    if (!expand_braces(words_[i].text, written)) return fail(words_[i], "braces that do not match, or too many; write {a,b}");
    for (const std::string& text : written) {
      Pattern pattern;
      pattern.row = static_cast<uint32_t>(out_.rows_.size());
      std::string reason = parse_pattern(text, pattern);
      if (out_.patterns_.size() == limits::kWatchPatterns) reason = "more than " + std::to_string(limits::kWatchPatterns) + " patterns; use a directory or a glob";
      if (!reason.empty()) return fail(words_[i], reason);
      out_.patterns_.push_back(std::move(pattern));
    }
  }
  return true;
}

bool TableParser::programs(size_t begin, Row& row) {
  if (begin == words_.size()) return true;
  if (begin + 2 >= words_.size() || words_[begin + 1].text != "by") return fail(words_[begin], "write: not by PROGRAM... or not by @SET");
  ProgramSet own;
  bool has_own = false;
  for (size_t i = begin + 2; i < words_.size(); ++i) {
    const std::string_view word = words_[i].text;
    if (word[0] != '@') {
      own.programs.add(word);
      has_own = true;
      continue;
    }
    uint32_t at = 0;
    while (at < out_.sets_.size() && (out_.sets_[at].name.empty() || out_.sets_[at].name != word.substr(1))) ++at;
    if (at == out_.sets_.size()) {
      const auto near = base::nearest_name(word.substr(1, kNameBytes), at, [&](size_t k) { return std::string_view(out_.sets_[k].name); });
      return fail(words_[i], "no such set above" + did_you_mean(near) + "; write: set NAME PROGRAM...");
    }
    row.not_by.push_back(at);
  }
  if (!has_own) return true;
  row.not_by.push_back(static_cast<uint32_t>(out_.sets_.size()));
  out_.sets_.push_back(std::move(own));
  return true;
}

}  // namespace aurochs::watch
