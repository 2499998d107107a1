// SPDX-License-Identifier: Apache-2.0
#include "event/catalogue.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace aurochs::event;

TEST_SUITE("event") {
  TEST_CASE("every type of event has a number and a name of its own, and says what makes it") {
    std::set<std::string> vendor_names;
    std::set<int> ids;
    for (size_t i = 0; i < kEventTypeCount; ++i) {
      const EventRow& row = event_row(static_cast<EventType>(i));
      CAPTURE(row.type);
      CHECK(ids.insert(row.id).second);
      CHECK(vendor_names.insert(std::string(row.vendor_type)).second);
      CHECK(row.id > 0);
      CHECK(row.type.size() > 3);
      CHECK(row.type.substr(row.type.size() - 3) == "Nix");
      CHECK(row.trigger.size() > 10);
      CHECK_FALSE(row.category.empty());
      CHECK(std::set<std::string>{"LinuxAudit", "LinuxProc", "LinuxNetlink", "LinuxSockDiag", "LinuxPacket", "LinuxLog", "Sensor"}.count(std::string(row.log_source)) == 1);
      CHECK(row.profiles.size() == 4);
      CHECK(row.profiles.find_first_not_of("01p") == std::string_view::npos);
      CHECK(row.rule_name.substr(0, row.vendor_type.size()) == row.vendor_type);
      CHECK_FALSE(volume_name(row.volume).empty());
    }
  }
  TEST_CASE("numbers that others know keep their meaning") {
    CHECK(event_row(EventType::process_create).id == 40);
    CHECK(event_row(EventType::process_create).type == "ProcessCreateNix");
    CHECK(event_row(EventType::process_info).id == 47);
    CHECK(event_row(EventType::sensor_drop).id == 1870);
    CHECK(event_row(EventType::sensor_drop).type == "SensorDropNix");
  }
  TEST_CASE("what tells of losses and of the sensor itself is on in every profile") {
    for (const EventType t : {EventType::sensor_start, EventType::sensor_stop, EventType::sensor_heartbeat, EventType::sensor_drop})
      CHECK(event_row(t).profiles == "1111");
  }
}
