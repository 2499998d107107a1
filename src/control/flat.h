// SPDX-License-Identifier: Apache-2.0
// Flat JSON: one object whose values are texts, numbers, true, false or null; what the control socket speaks, both ways.
// Refuses everything else: nesting, text around the object, escapes that are none, names given twice. A value that is no text
// keeps its spelling. Pure; any thread.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::control {

struct Member {
  std::string name, value;
  bool is_text = false;
};
using Flat = std::vector<Member>;

/// False: not such an object; `out` is then not to be used.
bool parse_flat(std::string_view text, Flat& out);
/// nullptr: not there.
const Member* find(const Flat& flat, std::string_view name);

/// Builds one.
class FlatWriter {
 public:
  FlatWriter& text(std::string_view name, std::string_view value);
  FlatWriter& number(std::string_view name, uint64_t value);
  /// The object; nothing may be added after.
  std::string take();

 private:
  void name(std::string_view name);
  void quoted(std::string_view s);
  std::string out_ = "{";
};

}  // namespace aurochs::control
