// SPDX-License-Identifier: Apache-2.0
// Requests and answers of the control socket: any bytes; what is read is written and read again to the same.
#include <cstdlib>

#include "control/flat.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace aurochs::control;
  Flat flat, again;
  if (!parse_flat({reinterpret_cast<const char*>(data), size}, flat)) return 0;
  FlatWriter w;
  for (const Member& m : flat) w.text(m.name, m.value);
  if (!parse_flat(w.take(), again) || again.size() != flat.size()) std::abort();
  for (size_t i = 0; i < flat.size(); ++i)
    if (again[i].name != flat[i].name || again[i].value != flat[i].value) std::abort();
  return 0;
}
