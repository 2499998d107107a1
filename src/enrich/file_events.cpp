// SPDX-License-Identifier: Apache-2.0
#include "enrich/file_events.h"

namespace aurochs::enrich {

bool FileEvents::take(event::Event&, const event::FileDetails&) { return true; }

bool FileEvents::next(event::Event&, int64_t) { return false; }

}  // namespace aurochs::enrich
