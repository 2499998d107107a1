// SPDX-License-Identifier: Apache-2.0
#include "capture/rule.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"

namespace aurochs::capture {

bool is_string_field(uint32_t field) {
  using namespace rule_field;
  return (field >= kSubjUser && field <= kSubjClr) || (field >= kObjUser && field <= kObjLevHigh) || field == kPath ||
         field == kDir || field == kExe || field == kKey;
}

bool names_all_syscalls(const RuleHead& head) {
  return std::all_of(head.mask, head.mask + kSyscalls / 32, [](uint32_t word) { return word == UINT32_MAX; });
}

bool read_rule(std::string_view bytes, RuleHead& head, std::string_view& strings) {
  if (bytes.size() < sizeof head) return false;
  std::memcpy(static_cast<void*>(&head), bytes.data(), sizeof head);
  strings = bytes.substr(sizeof head);
  if (head.field_count > RuleHead::kFields || head.strings_bytes > strings.size()) return false;
  strings = strings.substr(0, head.strings_bytes);
  size_t used = 0;
  for (uint32_t i = 0; i < head.field_count; ++i)
    if (is_string_field(head.fields[i])) used += head.values[i];
  return used <= strings.size();
}

namespace {

std::string canonical(std::string_view bytes) {
  RuleHead head;
  std::string_view strings;
  if (!read_rule(bytes, head, strings)) return {};
  head.flags &= ~rule_list::kPrepend;
  for (uint32_t* column : {head.fields, head.values, head.operators})
    std::fill(column + head.field_count, column + RuleHead::kFields, 0u);
  return std::string(reinterpret_cast<const char*>(&head), sizeof head).append(strings);
}

}  // namespace

bool same_rule(std::string_view a, std::string_view b) {
  const std::string left = canonical(a);
  return !left.empty() && left == canonical(b);
}

std::vector<std::string> rule_keys(std::string_view bytes) {
  std::vector<std::string> out;
  RuleHead head;
  std::string_view strings;
  if (!read_rule(bytes, head, strings)) return out;
  for (uint32_t i = 0; i < head.field_count; ++i) {
    if (!is_string_field(head.fields[i])) continue;
    std::string_view text = strings.substr(0, head.values[i]);
    strings.remove_prefix(text.size());
    if (head.fields[i] != rule_field::kKey) continue;
    while (!text.empty()) out.emplace_back(base::next_piece(text, '\x01'));
  }
  return out;
}

bool is_ours(std::string_view bytes) {
  const auto keys = rule_keys(bytes);
  return std::any_of(keys.begin(), keys.end(),
                     [](const std::string& key) { return base::starts_with(key, kKeyPrefix); });
}

}  // namespace aurochs::capture
