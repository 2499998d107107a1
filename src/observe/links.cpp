// SPDX-License-Identifier: Apache-2.0
#include "observe/links.h"

namespace aurochs::observe {

base::Status Links::open(const Options&) { return base::Ok{}; }

void Links::take(const Sink&) {}

int64_t Links::poll(int64_t, const Sink&) { return INT64_MAX; }

}  // namespace aurochs::observe
