// SPDX-License-Identifier: Apache-2.0
// Modes of capture: the ways in which records can reach us, which one is taken on this host and why, and when that must be
// decided anew. The audit daemon of a site always wins: a stream that another process holds is never taken, and one that
// another process wants is let go of. Looks at files and asks; changes nothing. Main thread.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "capture/kernel_profile.h"

namespace aurochs::capture {

enum class Mode : uint8_t { multicast, unicast, relay, socket, log, plugin };

struct ModeRow {
  Mode mode;
  const char* name;
  bool is_second_hand;  ///< auditd has the records before us
  const char* sentence;
};
const std::vector<ModeRow>& mode_rows();
const ModeRow& row_of(Mode mode);
/// Nothing for "auto".
std::optional<Mode> mode_of(std::string_view name);

/// What the audit daemon of this host gives to others.
struct Offers {
  std::string plugin;      ///< file of its configuration that starts aurochs-audisp; empty: none does
  std::string idle_plugin; ///< the same, but switched off there
  bool socket = false;     ///< something is at the path of the af_unix plugin's socket
  bool log = false;        ///< its log can be read
};
/// root: in front of the directories of plugins (tests).
Offers look_for_offers(const std::string& socket, const std::string& log, const std::string& root = "");

struct Choice {
  Mode mode = Mode::multicast;
  std::string why;
};
/// wanted: nothing for auto. probe: multicast_works, or why it could not be asked; called at most once.
base::Result<Choice> choose_mode(std::optional<Mode> wanted, const KernelProfile& profile, const Offers& offers,
                                 const std::function<base::Result<bool>()>& probe);

/// When the mode must be chosen again. Pure.
class ModeWatch {
 public:
  enum class Verdict : uint8_t {
    stay,
    yield,   ///< let go of the stream, now: another daemon wants it
    choose,
  };
  struct Seen {
    uint32_t holder = 0;  ///< AUDIT_GET pid
    uint32_t asker = 0;   ///< Stream::take_asker()
    bool has_failed = false;
  };
  explicit ModeWatch(std::optional<Mode> wanted) : wanted_(wanted) {}

  /// mode: nothing where none works at the moment.
  void chosen(std::optional<Mode> mode, int64_t now_ms);
  Verdict look(const Seen& seen, uint32_t own_pid, int64_t now_ms);
  /// A stream that nobody holds is not for us: who asked for it may come again.
  bool leaves_stream(int64_t now_ms) const { return now_ms < left_until_ms_; }

 private:
  const std::optional<Mode> wanted_;
  std::optional<Mode> mode_;
  int64_t chosen_ms_ = 0, left_until_ms_ = 0;
  int64_t free_since_ms_ = -1;  ///< nobody holds the stream; -1: somebody does
};

}  // namespace aurochs::capture
