// SPDX-License-Identifier: Apache-2.0
// The lines as the records of one audit event, through every family they name; then the first line's text under each record type.
#include <memory>

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/header.h"
#include "normalize/normalize.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace aurochs;
  static constexpr size_t kRecords = 64;
  static const auto event = std::make_unique<event::Event>();
  static normalize::Normalizer normalizer;
  audit::AuditEvent in;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (decode::Header h; !rest.empty() && in.records.size() < kRecords;) {
    if (!decode::parse_line(base::next_piece(rest, '\n'), h)) continue;
    audit::Record r;
    r.type = audit::record_type_number(h.type_text);
    r.body = h.body;
    r.enriched = h.enriched;
    in.records.push_back(r);
  }
  if (in.records.empty()) return 0;
  normalize::Result result;
  const auto all = [&] {
    size_t count = 0, bytes = 0;
    for (normalizer.begin(in); normalizer.next(*event, result); ++count)
      event->each([&](event::FieldId f) {
        if (event::field_row(f).type == event::Type::text) bytes += event->text(f).size();
      });
    return count <= 4 && bytes < (64u << 20);
  };
  if (!all()) __builtin_trap();
  in.records.resize(1);
  for (uint16_t type = 1000; type < 2500; ++type) {
    if (audit::record_type_name(type).empty() || type == audit::type::kExecve) continue;
    in.records[0].type = type;
    in.records[0].fields = nullptr;
    in.records[0].field_count = 0;
    if (!all()) __builtin_trap();
  }
  return 0;
}
