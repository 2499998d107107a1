// SPDX-License-Identifier: Apache-2.0
#include "govern/losses.h"

#include <doctest/doctest.h>

using namespace aurochs;
using audit::GapCause;
using event::FieldId;

TEST_SUITE("govern") {
  TEST_CASE("a loss is told once, with cause, count and begin") {
    govern::Losses losses;
    event::Event e;
    CHECK_FALSE(losses.next(e, 1));
    losses.add(GapCause::ring_full, 3, 1000);
    losses.add(GapCause::ring_full, 4, 2000);
    losses.add(GapCause::kernel_lost, 0, 2000);
    REQUIRE(losses.next(e, 5000));
    CHECK(e.text(FieldId::sensor_loss_cause) == "ring_full");
    CHECK(e.number(FieldId::event_count) == 7);
    CHECK(e.integer(FieldId::sensor_loss_since) == 1000);
    CHECK(e.integer(FieldId::event_utc_time) == 5000);
    CHECK_FALSE(losses.next(e, 6000));
    losses.add(GapCause::ring_full, 1, 7000);
    REQUIRE(losses.next(e, 8000));
    CHECK(e.integer(FieldId::sensor_loss_since) == 7000);
  }
  TEST_CASE("told and total add up over causes") {
    govern::Losses losses;
    event::Event e;
    uint64_t told = 0;
    for (uint64_t i = 1; i <= 100; ++i) {
      losses.add(static_cast<GapCause>(i % static_cast<uint64_t>(GapCause::count_)), i, static_cast<int64_t>(i));
      if (i % 7 == 0)
        while (losses.next(e, 0)) told += e.number(FieldId::event_count);
    }
    while (losses.next(e, 0)) told += e.number(FieldId::event_count);
    CHECK(told == 5050);
    CHECK(losses.total() == 5050);
  }
  TEST_CASE("a followed counter is lost by what it rose") {
    govern::Losses losses;
    losses.follow(GapCause::serial_gap, 5, 1);
    losses.follow(GapCause::serial_gap, 5, 2);
    losses.follow(GapCause::serial_gap, 9, 3);
    CHECK(losses.total(GapCause::serial_gap) == 9);
  }
}
