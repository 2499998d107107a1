// SPDX-License-Identifier: Apache-2.0
// Logind: sessions of systemd-logind, by the files that it keeps of them in /run/systemd/sessions: a session that began
// (op_name "new") or is gone ("removed"). Sessions of the first look are no news. Where there is no logind nothing is told;
// one that is started later is seen. One thread (observer).
#pragma once
#include <map>
#include <string>
#include <string_view>

#include "event/event.h"
#include "observe/source.h"

namespace aurochs::observe {

/// Fields of a session's file; lines that are not understood are passed over. Pure; `e` views `text`.
void read_logind_session(std::string_view text, event::Event& e);

class Logind {
 public:
  base::Status open(const Options& options);
  int fd() const { return -1; }
  void take(const Sink&) {}
  int64_t poll(int64_t now_ms, const Sink& sink);

 private:
  void tell(const std::string& id, const std::string& text, std::string_view what, const Sink& sink);

  std::string directory_;
  base::Clock* clock_ = nullptr;
  std::map<std::string, std::string> sessions_;  ///< text of the file as first seen, by id
  bool has_looked_ = false;
  event::Event event_;
};

}  // namespace aurochs::observe
