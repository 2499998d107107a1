// SPDX-License-Identifier: Apache-2.0
#include "control/flat.h"

#include "base/arena.h"
#include "base/text.h"

namespace aurochs::control {
namespace {

void append_utf8(std::string& out, uint32_t c) {
  auto put = [&](uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xC0 | c >> 6);
  } else if (c < 0x10000) {
    put(0xE0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3F));
  } else {
    put(0xF0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3F));
    put(0x80 | (c >> 6 & 0x3F));
  }
  put(0x80 | (c & 0x3F));
}

class Parser {
 public:
  explicit Parser(std::string_view rest) : rest_(rest) {}

  bool object(Flat& out) {
    out.clear();
    if (!take('{')) return false;
    if (!take('}')) {
      do {
        Member m;
        if (!quoted(m.name) || !take(':') || !value(m) || find(out, m.name)) return false;
        out.push_back(std::move(m));
      } while (take(','));
      if (!take('}')) return false;
    }
    skip_blanks();
    return rest_.empty();
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r' || rest_[0] == '\n')) rest_.remove_prefix(1);
  }
  bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool value(Member& m) {
    skip_blanks();
    if (!rest_.empty() && rest_[0] == '"') return m.is_text = true, quoted(m.value);
    size_t n = 0;
    while (n < rest_.size() && (rest_[n] == '-' || rest_[n] == '+' || rest_[n] == '.' || (rest_[n] >= '0' && rest_[n] <= '9') || (rest_[n] >= 'a' && rest_[n] <= 'z') || rest_[n] == 'E')) ++n;
    m.value = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return m.value == "true" || m.value == "false" || m.value == "null" || is_number(m.value);
  }
  static bool is_number(std::string_view s) {
    auto digits = [&] {
      size_t n = 0;
      while (n < s.size() && s[n] >= '0' && s[n] <= '9') ++n;
      s.remove_prefix(n);
      return n;
    };
    if (!s.empty() && s[0] == '-') s.remove_prefix(1);
    const bool zero = !s.empty() && s[0] == '0';
    const size_t whole = digits();
    if (!whole || (zero && whole > 1)) return false;
    if (!s.empty() && s[0] == '.') {
      s.remove_prefix(1);
      if (!digits()) return false;
    }
    if (!s.empty() && (s[0] == 'e' || s[0] == 'E')) {
      s.remove_prefix(1);
      if (!s.empty() && (s[0] == '+' || s[0] == '-')) s.remove_prefix(1);
      if (!digits()) return false;
    }
    return s.empty();
  }
  bool quoted(std::string& out) {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      const char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') return base::valid_utf8_prefix(out) == out.size();
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c != '\\')
        out += c;
      else if (!escaped(out))
        return false;
    }
    return false;
  }
  bool escaped(std::string& out) {
    constexpr std::string_view kFrom = "\"\\/bfnrt", kTo = "\"\\/\b\f\n\r\t";
    if (rest_.empty()) return false;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (const size_t at = kFrom.find(c); at != std::string_view::npos) return out += kTo[at], true;
    uint32_t unit = 0, low = 0;
    if (c != 'u' || !four_digits(unit)) return false;
    if (unit >= 0xD800 && unit < 0xDC00) {
      if (!base::starts_with(rest_, "\\u")) return false;
      rest_.remove_prefix(2);
      if (!four_digits(low) || low < 0xDC00 || low > 0xDFFF) return false;
      unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    } else if (unit >= 0xDC00 && unit < 0xE000) {
      return false;
    }
    append_utf8(out, unit);
    return true;
  }
  bool four_digits(uint32_t& out) {
    uint64_t n = 0;
    if (rest_.size() < 4 || !base::parse_hex_u64(rest_.substr(0, 4), n)) return false;
    rest_.remove_prefix(4);
    out = static_cast<uint32_t>(n);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

bool parse_flat(std::string_view text, Flat& out) { return Parser(text).object(out); }

const Member* find(const Flat& flat, std::string_view name) {
  for (const Member& m : flat)
    if (m.name == name) return &m;
  return nullptr;
}

void FlatWriter::quoted(std::string_view s) {
  base::Arena arena(256);
  out_ += '"';
  for (const char c : base::repair_utf8(s, arena)) {
    if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr char kHex[] = "0123456789abcdef";
      out_ += "\\u00";
      out_ += kHex[c >> 4];
      out_ += kHex[c & 15];
    } else {
      out_ += c;
    }
  }
  out_ += '"';
}

void FlatWriter::name(std::string_view name) {
  if (out_.size() > 1) out_ += ',';
  quoted(name);
  out_ += ':';
}

FlatWriter& FlatWriter::text(std::string_view n, std::string_view value) {
  name(n);
  quoted(value);
  return *this;
}

FlatWriter& FlatWriter::number(std::string_view n, uint64_t value) {
  name(n);
  out_ += std::to_string(value);
  return *this;
}

std::string FlatWriter::take() {
  out_ += '}';
  return std::move(out_);
}

}  // namespace aurochs::control
