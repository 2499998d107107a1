// SPDX-License-Identifier: Apache-2.0
#include "decode/argv.h"

#include <algorithm>
#include <cstring>

#include "audit/record_types.h"
#include "base/limits.h"
#include "base/text.h"
#include "decode/fields.h"

namespace aurochs::decode {

using audit::Field;

namespace {

using Piece = ArgumentPiece;

/// "aN" or "aN[M]"; false for argc, aN_len and anything else.
bool parse_name(std::string_view name, Piece& piece) {
  if (name.size() < 2 || name[0] != 'a') return false;
  name.remove_prefix(1);
  piece.part = 0;
  if (name.back() == ']') {
    const size_t open = name.find('[');
    if (open == std::string_view::npos || !base::parse_u64(name.substr(open + 1, name.size() - open - 2), piece.part)) return false;
    name = name.substr(0, open);
  }
  return base::parse_u64(name, piece.argument) && piece.argument < limits::kArguments;
}

/// A list begins with argc=; further in, it is the text of an argument.
/// Appends the pieces of one record; true when it held argc=, which begins a list.
bool read_record(const audit::Record& r, base::Arena& arena, std::vector<Piece>& pieces, uint64_t& argc, bool& truncated) {
  bool starts = false;
  split_pairs(r.body, 0, [&](std::string_view name, std::string_view raw, uint8_t flags) {
    Piece piece;
    if (!parse_name(name, piece)) {
      uint64_t n = 0;
      starts = starts || name == "argc";
      if (name == "argc" && argc == UINT64_MAX && base::parse_u64(raw, n)) argc = n;
      return;
    }
    if (flags & Field::kQuoted) {
      piece.text = raw;
      truncated = truncated || (flags & Field::kTruncated);
    } else if (base::is_kernel_hex(raw)) {
      piece.text = base::unhex(raw, arena);
    } else if (raw != "(null)") {
      piece.text = raw;
    }
    pieces.push_back(piece);
  });
  return starts;
}

/// Joins pieces [first, last) of one argument, ordered by part; a later duplicate of a part wins.
std::string_view join(const Piece* first, const Piece* last, base::Arena& arena, bool& hole) {
  if (last - first == 1 && first->part == 0) return first->text;
  size_t size = 0;
  uint64_t expected = 0;
  for (const Piece* p = first; p != last; ++p) {
    if (p + 1 != last && p[1].part == p->part) continue;
    size += p->text.size();
    hole = hole || p->part != expected;
    expected = p->part + 1;
  }
  char* const out = arena.allocate(size, 1);
  char* at = out;
  for (const Piece* p = first; p != last; ++p) {
    if (p + 1 != last && p[1].part == p->part) continue;
    if (!p->text.empty()) std::memcpy(at, p->text.data(), p->text.size());
    at += p->text.size();
  }
  return {out, size};
}

}  // namespace

bool collect_argv(audit::AuditEvent& event, Argv& out) {
  out.arguments.clear();
  out.truncated = false;
  std::vector<Piece>& pieces = out.pieces;
  pieces.clear();
  uint64_t argc = UINT64_MAX;
  bool any = false, list_has_argc = false;
  for (const audit::Record& r : event.records) {
    if (r.type != audit::type::kExecve) continue;
    const size_t before = pieces.size();
    const bool truncated = out.truncated;
    const bool starts = read_record(r, event.arena, pieces, argc, out.truncated);
    if (starts && list_has_argc) {  // the stale second list of old kernels
      pieces.resize(before);
      out.truncated = truncated;
      break;
    }
    list_has_argc = list_has_argc || starts;
    any = true;
  }
  if (!any) return false;
  const auto before = [](const Piece& a, const Piece& b) {
    return a.argument != b.argument ? a.argument < b.argument : a.part < b.part;
  };
  if (!std::is_sorted(pieces.begin(), pieces.end(), before)) std::stable_sort(pieces.begin(), pieces.end(), before);
  const uint64_t top = pieces.empty() ? 0 : pieces.back().argument + 1;
  uint64_t count = argc != UINT64_MAX && argc >= top ? argc : top;
  if (count > limits::kArguments) count = top;
  out.arguments.resize(count);
  std::fill(out.arguments.begin(), out.arguments.end(), Argument{});
  for (size_t i = 0; i < pieces.size();) {
    size_t j = i + 1;
    while (j < pieces.size() && pieces[j].argument == pieces[i].argument) ++j;
    Argument& a = out.arguments[pieces[i].argument];
    a.text = join(&pieces[i], &pieces[i] + (j - i), event.arena, out.truncated);
    a.missing = false;
    i = j;
  }
  for (const Argument& a : out.arguments) out.truncated = out.truncated || a.missing;
  return true;
}

namespace {

/// Writes an argument as a shell would need it; the buffer has room for 4 * size + 3.
char* quote(std::string_view s, char* p) {
  bool plain = !s.empty();
  for (const char c : s) plain = plain && static_cast<unsigned char>(c) > 0x20 && c != '\'' && c != '"' && c != 0x7F;
  if (plain) {
    std::memcpy(p, s.data(), s.size());
    return p + s.size();
  }
  *p++ = '\'';
  for (const char c : s) {
    if (c == '\'') {
      std::memcpy(p, "'\\''", 4);
      p += 4;
    } else {
      *p++ = c;
    }
  }
  *p++ = '\'';
  return p;
}

class CommandLine {
 public:
  CommandLine(size_t text_bytes, size_t arguments, size_t max_bytes, base::Arena& arena)
      : arena_(arena), max_(max_bytes), out_(arena.allocate(std::min(text_bytes, max_bytes) * 4 + arguments * 3 + 4, 1)), at_(out_) {}

  /// False when the line is full.
  bool add(std::string_view argument) {
    if (taken_ >= max_) return false;
    const bool whole = argument.size() <= max_ - taken_;
    argument = base::cut_utf8(argument, max_ - taken_);
    taken_ += argument.size() + 1;
    if (at_ != out_) *at_++ = ' ';
    at_ = quote(argument, at_);
    return whole;
  }
  std::string_view finish(bool& cut) {
    const std::string_view all(out_, static_cast<size_t>(at_ - out_));
    const std::string_view text = base::cut_utf8(all, max_);
    cut = cut || text.size() != all.size();
    arena_.shrink_last(out_, text.size());
    return text;
  }

 private:
  base::Arena& arena_;
  size_t max_, taken_ = 0;
  char* out_;
  char* at_;
};

}  // namespace

std::string_view command_line(const Argv& argv, size_t max_bytes, base::Arena& arena, bool& cut) {
  size_t bytes = 0;
  for (const Argument& a : argv.arguments) bytes += a.text.size();
  CommandLine line(bytes, argv.arguments.size(), max_bytes, arena);
  for (const Argument& a : argv.arguments) {
    if (a.missing) continue;
    if (!line.add(a.text)) {
      cut = true;
      break;
    }
  }
  return line.finish(cut);
}

std::string_view command_line(std::string_view nul_separated, size_t max_bytes, base::Arena& arena, bool& cut) {
  while (!nul_separated.empty() && nul_separated.back() == '\0') nul_separated.remove_suffix(1);
  if (nul_separated.empty()) return {};
  const auto arguments = static_cast<size_t>(std::count(nul_separated.begin(), nul_separated.end(), '\0')) + 1;
  CommandLine line(nul_separated.size(), arguments, max_bytes, arena);
  for (size_t i = 0; i < arguments; ++i)
    if (!line.add(base::next_piece(nul_separated, '\0'))) {
      cut = true;
      break;
    }
  return line.finish(cut);
}

}  // namespace aurochs::decode
