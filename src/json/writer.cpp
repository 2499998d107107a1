// SPDX-License-Identifier: Apache-2.0
#ifdef __SSE2__
#define RAPIDJSON_SSE2
#endif
#include "json/writer.h"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/arena.h"
#include "base/text.h"

namespace aurochs::json {

struct Writer::Impl {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer{buffer};
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
void Writer::key(std::string_view k) { impl_->writer.Key(k.data(), size_of(k)); }
void Writer::string(std::string_view s) {
  if (base::valid_utf8_prefix(s) != s.size()) {
    s = base::repair_utf8(s, impl_->repaired);
    impl_->writer.String(s.data(), size_of(s));
    impl_->repaired.reset(4096);
    return;
  }
  impl_->writer.String(s.empty() ? "" : s.data(), size_of(s));
}
void Writer::number(uint64_t v) { impl_->writer.Uint64(v); }
void Writer::integer(int64_t v) { impl_->writer.Int64(v); }
void Writer::real(double v) { impl_->writer.Double(v); }
void Writer::boolean(bool v) { impl_->writer.Bool(v); }
void Writer::null() { impl_->writer.Null(); }

}  // namespace aurochs::json
