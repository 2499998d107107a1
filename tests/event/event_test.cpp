// SPDX-License-Identifier: Apache-2.0
#include "event/event.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace aurochs::event;

TEST_SUITE("event") {
  TEST_CASE("a field that was not set is absent; a zero, a false and an empty text are there") {
    const auto e = std::make_unique<Event>();
    e->clear(EventType::process_create);
    CHECK(e->field_count() == 0);
    CHECK_FALSE(e->has(FieldId::proc_id));
    CHECK(e->number(FieldId::proc_id) == 0);
    CHECK(e->text(FieldId::cmdline).empty());
    e->set_number(FieldId::proc_usr_r_id, 0);
    e->set_bool(FieldId::proc_issnapshot, false);
    e->set_text(FieldId::cmdline, "");
    e->set_text_if(FieldId::proc_cwd, "");
    CHECK(e->field_count() == 3);
    CHECK(e->has(FieldId::cmdline));
    CHECK_FALSE(e->has(FieldId::proc_cwd));
  }
  TEST_CASE("values come back as they were set, the extremes too") {
    const auto e = std::make_unique<Event>();
    e->clear(EventType::process_create);
    e->set_number(FieldId::proc_cap_pe, UINT64_MAX);
    e->set_integer(FieldId::op_exit, INT64_MIN);
    e->set_time(FieldId::event_utc_time, -1);
    CHECK(e->number(FieldId::proc_cap_pe) == UINT64_MAX);
    CHECK(e->integer(FieldId::op_exit) == INT64_MIN);
    CHECK(e->integer(FieldId::event_utc_time) == -1);
    e->remove(FieldId::op_exit);
    CHECK_FALSE(e->has(FieldId::op_exit));
    CHECK(e->integer(FieldId::op_exit) == 0);
  }
  TEST_CASE("set_copy outlives its source, and clear forgets everything") {
    const auto e = std::make_unique<Event>();
    e->clear(EventType::process_create);
    {
      std::string gone = "some text that goes away";
      e->set_copy(FieldId::cmdline, gone);
      gone.assign(gone.size(), '#');
    }
    CHECK(e->text(FieldId::cmdline) == "some text that goes away");
    e->retype(EventType::script_inline);
    CHECK(e->type() == EventType::script_inline);
    CHECK(e->has(FieldId::cmdline));
    e->clear(EventType::sensor_drop);
    CHECK(e->type() == EventType::sensor_drop);
    CHECK(e->field_count() == 0);
  }
  TEST_CASE("each visits every field once, in the order of the table") {
    const auto e = std::make_unique<Event>();
    e->clear(EventType::process_create);
    for (size_t i = kFieldCount; i-- > 0;) e->set_number(static_cast<FieldId>(i), i);
    CHECK(e->field_count() == kFieldCount);
    std::vector<FieldId> seen;
    e->each([&](FieldId f) { seen.push_back(f); });
    REQUIRE(seen.size() == kFieldCount);
    for (size_t i = 0; i < kFieldCount; ++i) {
      CHECK(seen[i] == static_cast<FieldId>(i));
      CHECK(e->number(seen[i]) == i);
    }
  }
}
