// SPDX-License-Identifier: Apache-2.0
#include "normalize/words.h"

#include <cstdio>

namespace aurochs::normalize {

namespace {
/// A text of at most kTextBytes; more is cut at a word.
class Text {
 public:
  void add(std::string_view word) {
    if (size_ + word.size() + 1 > sizeof text_) return;
    if (size_) text_[size_++] = '|';
    word.copy(text_ + size_, word.size());
    size_ += word.size();
  }
  std::string_view view() const { return {text_, size_}; }

 private:
  static constexpr size_t kTextBytes = 512;
  char text_[kTextBytes];
  size_t size_ = 0;
};

std::string_view hex_text(uint64_t value, char (&text)[24]) {
  const int n = std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return {text, static_cast<size_t>(n)};
}
}  // namespace

void set_flags(event::Event& out, event::FieldId field, const Word* table, size_t count, uint64_t flags) {
  Text text;
  for (size_t i = 0; i < count; ++i) {
    if (!table[i].value || (flags & table[i].value) != table[i].value) continue;
    text.add(table[i].name);
    flags &= ~table[i].value;
  }
  char rest[24];
  if (flags) text.add(hex_text(flags, rest));
  if (!text.view().empty()) out.set_copy(field, text.view());
}

void set_word(event::Event& out, event::FieldId field, const Word* table, size_t count, uint64_t value) {
  for (size_t i = 0; i < count; ++i)
    if (table[i].value == value) return out.set_text(field, table[i].name);
  set_hex(out, field, value);
}

void set_decimal(event::Event& out, event::FieldId field, int64_t value) {
  char text[24];
  const int n = std::snprintf(text, sizeof text, "%lld", static_cast<long long>(value));
  out.set_copy(field, {text, static_cast<size_t>(n)});
}

void set_hex(event::Event& out, event::FieldId field, uint64_t value) {
  char text[24];
  out.set_copy(field, hex_text(value, text));
}

}  // namespace aurochs::normalize
