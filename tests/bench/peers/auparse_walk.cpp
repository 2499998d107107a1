// SPDX-License-Identifier: Apache-2.0
// auparse_walk raw|interpret LOG: reads every field of an audit log with libauparse, as a yardstick.
// Prints the number of records, of events, and of bytes that it was given (so that no compiler can skip the work).
#include <auparse.h>

#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

struct Totals {
  uint64_t events = 0, records = 0, bytes = 0;
};

void walk_record(auparse_state_t* parser, bool interpret, Totals& totals) {
  ++totals.records;
  if (auparse_first_field(parser) != 1) return;
  do {
    const char* text = interpret ? auparse_interpret_field(parser) : auparse_get_field_str(parser);
    if (text != nullptr) totals.bytes += std::strlen(text);
  } while (auparse_next_field(parser) == 1);
}

}  // namespace

int main(int argc, char** argv) {
  const bool interpret = argc == 3 && std::strcmp(argv[1], "interpret") == 0;
  if (argc != 3 || (!interpret && std::strcmp(argv[1], "raw") != 0)) {
    std::fprintf(stderr, "usage: auparse_walk raw|interpret LOG\n");
    return 2;
  }
  auparse_state_t* parser = auparse_init(AUSOURCE_FILE, argv[2]);
  if (parser == nullptr) {
    std::perror(argv[2]);
    return 1;
  }
  Totals totals;
  while (auparse_next_event(parser) > 0) {
    ++totals.events;
    if (auparse_first_record(parser) <= 0) continue;
    do {
      walk_record(parser, interpret, totals);
    } while (auparse_next_record(parser) > 0);
  }
  auparse_destroy(parser);
  std::printf("%llu records, %llu events, %llu bytes\n", static_cast<unsigned long long>(totals.records),
              static_cast<unsigned long long>(totals.events), static_cast<unsigned long long>(totals.bytes));
  return 0;
}
