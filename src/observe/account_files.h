// SPDX-License-Identifier: Apache-2.0
// What passwd(5), shadow(5), group(5), gshadow(5) and sudoers(5) say, and what differs between two readings, as events.
// Of a password only its kind, its state and a digest are kept; a hash never leaves the bytes that were read. Lines that
// are not of the format are passed over; of a name that is there twice the first line counts, as it does for the system.
// Pure; one thread at a time.
#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/digest.h"
#include "event/event.h"

namespace aurochs::observe {

/// A password field without its secret.
struct Password {
  enum class State : uint8_t { none, usable, empty };  ///< none: '*', '!', 'x' and other text that no password gives
  State state = State::none;
  bool is_locked = false;                              ///< '!' before it
  std::string_view kind;                               ///< static name of the algorithm; "" where not usable
  std::array<uint8_t, 32> digest{};                    ///< of the field without its '!'
};

struct Account {
  uint64_t uid = 0, gid = 0;
  std::string description, home, shell;
  bool is_shadowed = false;  ///< 'x' in passwd
  bool has_shadow = false;
  Password password;
  /// Days; -1: empty. In the order of the file: last change, min, max, warn, inactive, expire.
  std::array<int64_t, 6> aging{-1, -1, -1, -1, -1, -1};
};

struct Group {
  uint64_t gid = 0;
  std::vector<std::string> members;  ///< sorted
  Password password;
};

class AccountFiles {
 public:
  /// Replaces all. `shadow` and `gshadow` may be empty: not there, not readable. False: more than limits::kAccounts, or no
  /// account at all: the reading is not to be believed.
  bool read(std::string_view passwd, std::string_view shadow, std::string_view group, std::string_view gshadow);

  std::map<std::string, Account, std::less<>> accounts;
  std::map<std::string, Group, std::less<>> groups;

 private:
  void read_passwd(std::string_view text);
  void read_shadow(std::string_view text);
  void read_group(std::string_view text);
  void read_gshadow(std::string_view text);
  Password password(std::string_view field);

  crypto::Digest sha256_{crypto::Algorithm::sha256};
};

/// Calls `give` with each difference in `e`, which it overwrites. today: days since 1970.
void compare(const AccountFiles& before, const AccountFiles& now, int64_t today, event::Event& e, const std::function<void()>& give);

/// Lines of sudoers that say something, blanks folded, continuation lines joined; sorted, each once, at most limits::kSudoersRules.
std::vector<std::string> sudoers_rules(std::string_view text);
/// What came and went: "+line|-line", cut at limits::kSudoersText; empty: nothing.
std::string sudoers_difference(const std::vector<std::string>& before, const std::vector<std::string>& now);

}  // namespace aurochs::observe
