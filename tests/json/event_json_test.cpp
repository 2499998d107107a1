// SPDX-License-Identifier: Apache-2.0
#include "json/event_json.h"

#include <doctest/doctest.h>
#include <rapidjson/document.h>

#include <memory>
#include <string>

using namespace aurochs;
using event::FieldId;

namespace {
std::string written(const event::Event& e) {
  json::Writer w;
  json::write_event(e, w);
  return std::string(w.text());
}
}  // namespace

TEST_SUITE("json") {
  TEST_CASE("an event is one flat object, keys in the order of the table, values by their type") {
    const auto e = std::make_unique<event::Event>();
    e->clear(event::EventType::process_create);
    CHECK(written(*e) == "{}");
    e->set_number(FieldId::proc_file_ace_mask, 0104755);
    e->set_text(FieldId::cmdline, "a\xFF");
    e->set_bool(FieldId::proc_file_exists, true);
    e->set_bool(FieldId::proc_issnapshot, false);
    e->set_time(FieldId::event_utc_time, 1737565037519);
    e->set_integer(FieldId::op_exit, -2);
    e->set_number(FieldId::event_id, 40);
    CHECK(written(*e) ==
          "{\"event_id\":40,\"event_utc_time\":\"2025-01-22T16:57:17.519Z\",\"op_exit\":-2,\"cmdline\":\"a\\\\xff\",\"proc_issnapshot\":false,"
          "\"proc_file_exists\":true,\"proc_file_ace_mask\":\"0104755\"}");
  }
  TEST_CASE("modes are octal text of seven digits") {
    const auto e = std::make_unique<event::Event>();
    const struct {
      uint64_t mode;
      const char* text;
    } rows[] = {{0, "0000000"}, {0644, "0000644"}, {0120777, "0120777"}, {0xFFFFFFFF, "37777777777"}};
    for (const auto& row : rows) {
      e->clear(event::EventType::process_create);
      e->set_number(FieldId::proc_file_tgt_ace_mask, row.mode);
      CHECK(written(*e) == std::string("{\"proc_file_tgt_ace_mask\":\"") + row.text + "\"}");
    }
  }
  TEST_CASE("an event with every field is valid JSON, each key once and of its type") {
    const auto e = std::make_unique<event::Event>();
    e->clear(event::EventType::process_create);
    for (size_t i = 0; i < event::kFieldCount; ++i) {
      const auto f = static_cast<FieldId>(i);
      if (event::field_row(f).type == event::Type::text)
        e->set_text(f, "x\"\n\xFE");
      else
        e->set_number(f, 1);
    }
    rapidjson::Document d;
    const std::string text = written(*e);
    d.Parse<rapidjson::kParseValidateEncodingFlag>(text.c_str());
    REQUIRE_FALSE(d.HasParseError());
    CHECK(d.MemberCount() == event::kFieldCount);
    for (size_t i = 0; i < event::kFieldCount; ++i) {
      const event::FieldRow& row = event::field_row(static_cast<FieldId>(i));
      const std::string name(row.name);
      CAPTURE(name);
      REQUIRE(d.HasMember(name.c_str()));
      const auto& v = d[name.c_str()];
      switch (row.type) {
        case event::Type::number:
        case event::Type::integer: CHECK(v.IsInt64()); break;
        case event::Type::boolean: CHECK(v.IsBool()); break;
        default: CHECK(v.IsString());
      }
    }
  }
}
