// SPDX-License-Identifier: Apache-2.0
// The rule parser on any bytes: what it accepts must read back as the same rule, also where several became one.
#include <cstdlib>
#include <string>

#include "capture/rule_parser.h"
#include "capture/rule_set.h"

using namespace aurochs::capture;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto parsed = parse_rules(text, "fuzz.rules", "x86_64").rules;
  merge_rules(parsed);
  for (const Rule& rule : parsed) {
    const auto again = parse_rules("# reason: again\n" + rule.text, "again.rules", "x86_64").rules;
    if (!is_ours(rule.data) || again.size() != 1 || !same_rule(rule.data, again[0].data)) std::abort();
  }
  rule_text(text);
  rule_keys(text);
  return 0;
}
