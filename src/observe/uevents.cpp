// SPDX-License-Identifier: Apache-2.0
#include "observe/uevents.h"

namespace aurochs::observe {

base::Status Uevents::open(const Options&) { return base::Ok{}; }

void Uevents::take(const Sink&) {}

int64_t Uevents::poll(int64_t, const Sink&) { return INT64_MAX; }

}  // namespace aurochs::observe
