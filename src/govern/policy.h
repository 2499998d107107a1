// SPDX-License-Identifier: Apache-2.0
// Policy: what goes out and how much of it, as a text of lines. # begins a comment; TYPE is the name of a type of event (with or without Nix), or all.
//   profile NAME                            which of the load profiles this is (first line of profile_policy() only)
//   on TYPE | off TYPE                      the later one wins
//   defaults                                folds and caps of the catalogue, by category and volume
//   fold TYPE SECONDS                       equal events of a window become one with event_count; 0: each goes out
//   cap TYPE NUMBER                         most events a minute; 0: no bound
//   drop TYPE [where CONDITIONS]            not told
//   sample NUMBER TYPE [where CONDITIONS]   one of NUMBER, with event_count = NUMBER
//   lean TYPE [where CONDITIONS]            without environment, ancestors and digests
//   keep TYPE [where CONDITIONS]            none of the lines behind it applies; never folded or capped
// CONDITIONS: FIELD = VALUE, FIELD != VALUE, FIELD ~ PATTERN (with * for anything), joined by "and"; a VALUE with blanks stands in
// double quotes. The first of drop, sample, keep that holds decides. An absent field equals nothing.
// Immutable while it is in force; a new one replaces it whole.
#pragma once
#include <array>
#include <bitset>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "event/event.h"

namespace aurochs::govern {

struct Condition {
  enum class Test : uint8_t { equals, differs, like };
  event::FieldId field;
  Test test;
  std::string value;

  bool holds(const event::Event& e) const;
};

enum class Action : uint8_t { drop, sample, lean, keep };

struct TelemetryRule {
  Action action;
  uint32_t every = 1;  ///< sample
  std::vector<Condition> conditions;

  bool holds(const event::Event& e) const;
};

struct Policy {
  struct Type {
    bool off = false;
    uint32_t fold_s = 0, cap = 0;        ///< 0: none
    std::vector<uint16_t> rules;         ///< in the order of the text
  };
  std::array<Type, event::kEventTypeCount> types;  ///< default: everything goes out, as for a log that is decoded
  std::vector<TelemetryRule> rules;
  unsigned profile = 1;

  const Type& of(event::EventType type) const { return types[static_cast<size_t>(type)]; }
  /// A type by name is on.
  bool wants(std::string_view name) const;
};

inline constexpr unsigned kProfiles = 4, kHighNetwork = 2, kHighProcess = 3, kHighFile = 4;
/// "default", "highnet", "highproc", "highfile" for 1 to 4.
std::string_view profile_name(unsigned profile);
/// 0: no such name.
unsigned profile_by_name(std::string_view name);

/// Types of policy frame beside audit::kPolicyTaken and kPolicyRefused. Switched: payload = why, a line feed, the text of the new policy,
/// which names the profile. Tight memory: payload empty; what can be forgotten is.
inline constexpr uint16_t kPolicySwitched = 2, kMemoryTight = 3;

/// Error: "line N: TEXT: reason; what to do".
base::Result<Policy> parse_policy(std::string_view text);
/// Text: the profile's name, off what the catalogue marks 0 in it, with defaults.
std::string profile_policy(unsigned profile);
/// Text: `names` joined by '|' on or off.
std::string switch_types(std::string_view names, bool on);
/// '*' stands for anything. Linear.
bool matches_pattern(std::string_view text, std::string_view pattern);

}  // namespace aurochs::govern
