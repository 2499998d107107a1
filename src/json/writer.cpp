// SPDX-License-Identifier: Apache-2.0
// RAPIDJSON_SSE2 stays off: with it RapidJSON 1.1.0, which distributions have, lets 0x1A to 0x1F through unescaped
// (writer.h compares with 0x19), and a command line may hold them.
#include "json/writer.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "base/arena.h"
#include "base/text.h"

namespace aurochs::json {

namespace {

/// Printable ASCII without '"' and '\\': needs neither escape nor repair. Nearly all text of an event is so, and 8 bytes
/// at a time it is told three times faster than RapidJSON writes it byte by byte.
bool is_clean(std::string_view s) {
  constexpr uint64_t kOnes = 0x0101010101010101u, kHigh = 0x8080808080808080u;
  const char* p = s.data();
  size_t left = s.size();
  for (; left >= 8; p += 8, left -= 8) {
    uint64_t x;
    std::memcpy(&x, p, sizeof x);
    const uint64_t quote = x ^ kOnes * '"', backslash = x ^ kOnes * '\\';
    if ((x | (x - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes)) & kHigh) return false;
  }
  for (; left; ++p, --left)
    if (static_cast<unsigned char>(*p) < 0x20 || static_cast<unsigned char>(*p) >= 0x80 || *p == '"' || *p == '\\') return false;
  return true;
}

class CleanWriter : public rapidjson::Writer<rapidjson::StringBuffer> {
 public:
  using rapidjson::Writer<rapidjson::StringBuffer>::Writer;
  void clean_string(std::string_view s) {
    Prefix(rapidjson::kStringType);
    char* p = os_->Push(s.size() + 2);
    *p = '"';
    if (!s.empty()) std::memcpy(p + 1, s.data(), s.size());
    p[s.size() + 1] = '"';
  }
};

}  // namespace

struct Writer::Impl {
  rapidjson::StringBuffer buffer;
  CleanWriter writer{buffer};
  base::Arena repaired{1024};
};

namespace {
rapidjson::SizeType size_of(std::string_view s) { return static_cast<rapidjson::SizeType>(s.size()); }
}  // namespace

Writer::Writer() : impl_(std::make_unique<Impl>()) {}
Writer::~Writer() = default;

void Writer::clear() {
  impl_->buffer.Clear();
  impl_->writer.Reset(impl_->buffer);
}
std::string_view Writer::text() const { return {impl_->buffer.GetString(), impl_->buffer.GetSize()}; }
void Writer::newline() {
  impl_->buffer.Put('\n');
  impl_->writer.Reset(impl_->buffer);
}
void Writer::begin_object() { impl_->writer.StartObject(); }
void Writer::end_object() { impl_->writer.EndObject(); }
void Writer::begin_array() { impl_->writer.StartArray(); }
void Writer::end_array() { impl_->writer.EndArray(); }
void Writer::key(std::string_view k) { impl_->writer.clean_string(k); }
void Writer::string(std::string_view s) {
  if (is_clean(s)) return impl_->writer.clean_string(s);
  if (base::valid_utf8_prefix(s) != s.size()) {
    s = base::repair_utf8(s, impl_->repaired);
    impl_->writer.String(s.data(), size_of(s));
    impl_->repaired.reset(4096);
    return;
  }
  impl_->writer.String(s.empty() ? "" : s.data(), size_of(s));
}
void Writer::bytes(std::string_view s) {
  if (base::valid_utf8_prefix(s) == s.size()) return string(s);
  // Lone surrogates \\udcNN, as Python's surrogateescape has them: the only form in JSON that gives the byte back.
  std::string out = "\"";
  char escape[8];
  while (!s.empty()) {
    const size_t good = base::valid_utf8_prefix(s);
    for (const char c : s.substr(0, good)) {
      if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') {
        out += c;
        continue;
      }
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned char>(c));
      out += escape;
    }
    s.remove_prefix(good);
    if (s.empty()) break;
    std::snprintf(escape, sizeof escape, "\\udc%02x", static_cast<unsigned char>(s[0]));
    out += escape;
    s.remove_prefix(1);
  }
  out += '"';
  impl_->writer.RawValue(out.data(), out.size(), rapidjson::kStringType);
}
void Writer::number(uint64_t v) { impl_->writer.Uint64(v); }
void Writer::integer(int64_t v) { impl_->writer.Int64(v); }
void Writer::real(double v) { impl_->writer.Double(v); }
void Writer::boolean(bool v) { impl_->writer.Bool(v); }
void Writer::null() { impl_->writer.Null(); }

}  // namespace aurochs::json
