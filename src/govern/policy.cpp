// SPDX-License-Identifier: Apache-2.0
#include "govern/policy.h"

#include "base/text.h"

namespace aurochs::govern {
namespace {

bool switch_type(Policy& policy, std::string_view name, bool on) {
  bool found = false;
  for (size_t i = 0; i < event::kEventTypeCount; ++i) {
    const event::EventRow& row = event::event_row(static_cast<event::EventType>(i));
    if (name != "all" && row.type != name && row.vendor_type != name) continue;
    policy.off[i] = !on;
    found = true;
  }
  return found;
}

}  // namespace

base::Result<Policy> parse_policy(std::string_view text) {
  Policy policy;
  for (int number = 1; !text.empty(); ++number) {
    std::string_view line = base::next_piece(text, '\n');
    line = base::trim(line.substr(0, line.find('#')));
    if (line.empty()) continue;
    const auto fail = [&](const std::string& why) { return base::Error{0, "line " + std::to_string(number) + ": " + std::string(line) + ": " + why}; };
    std::string_view rest = line;
    const std::string_view verb = base::next_piece(rest, ' ');
    if (verb != "on" && verb != "off") return fail("begins with neither on nor off");
    if (!switch_type(policy, base::trim(rest), verb == "on")) return fail("no such type of event; aurochsctl fields --types lists them");
  }
  return policy;
}

std::string profile_policy(unsigned profile) {
  std::string text;
  for (size_t i = 0; i < event::kEventTypeCount; ++i) {
    const event::EventRow& row = event::event_row(static_cast<event::EventType>(i));
    if (row.profiles[profile - 1] == '0') text.append("off ").append(row.vendor_type).append("\n");
  }
  return text;
}

std::string switch_types(std::string_view names, bool on) {
  std::string text;
  while (!names.empty()) {
    const std::string_view name = base::trim(base::next_piece(names, '|'));
    if (!name.empty()) text.append(on ? "on " : "off ").append(name).append("\n");
  }
  return text;
}

}  // namespace aurochs::govern
