// SPDX-License-Identifier: Apache-2.0
#include "daemon/watching.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/fd.h"
#include "base/limits.h"
#include "capture/rule_parser.h"
#include "watch/homes.h"

namespace aurochs::daemon {

namespace {

constexpr int64_t kLookMs = 30000;
constexpr const char* kPasswd = "/etc/passwd";

std::string passwd_stamp() {
  struct stat s {};
  if (::stat(kPasswd, &s) < 0) return {};
  return std::to_string(s.st_ino) + " " + std::to_string(s.st_mtim.tv_sec) + "." + std::to_string(s.st_mtim.tv_nsec) + " " + std::to_string(s.st_size);
}

}  // namespace

Watching::~Watching() {
  if (thread_.joinable()) thread_.join();
}

watch::WatchRules Watching::look() const {
  const auto passwd = base::read_file(kPasswd, limits::kPasswdBytes);
  return watch::kernel_rules(table_, passwd ? watch::home_lines(*passwd) : std::string(), room_, with_exe_, with_generic_.load(std::memory_order_relaxed));
}

void Watching::take(watch::WatchRules found) {
  moved_.clear();
  rules_.clear();
  for (const watch::WatchRule& rule : found.rules) {
    auto parsed = capture::parse_rules(rule.text, "watches", machine_);
    if (parsed.rules.empty()) continue;  // 32-bit twin of a machine that runs no such code
    const auto before = std::find_if(now_.rules.begin(), now_.rules.end(), [&](const watch::WatchRule& r) { return r.text == rule.text; });
    if (before != now_.rules.end() && before->place != rule.place) moved_.push_back(parsed.rules[0]);
    rules_.push_back(std::move(parsed.rules[0]));
  }
  now_ = std::move(found);
}

void Watching::start(size_t room, bool with_exe, int64_t now_ms) {
  room_ = room;
  with_exe_ = with_exe;
  machine_ = capture::this_machine();
  passwd_ = passwd_stamp();
  next_look_ms_ = now_ms + kLookMs;
  take(look());
}

void Watching::use_generic(bool on) {
  if (with_generic_.exchange(on, std::memory_order_relaxed) != on) next_look_ms_ = 0;
}

bool Watching::poll(int64_t now_ms) {
  if (is_ready_.load(std::memory_order_acquire)) {
    thread_.join();
    is_ready_.store(false, std::memory_order_relaxed);
    take(std::move(next_));
    return true;
  }
  if (thread_.joinable()) return false;
  std::string stamp = passwd_stamp();
  if (now_ms < next_look_ms_ && stamp == passwd_) return false;
  passwd_ = std::move(stamp);
  next_look_ms_ = now_ms + kLookMs;
  thread_ = std::thread([this] {
    next_ = look();
    is_ready_.store(true, std::memory_order_release);
  });
  return false;
}

}  // namespace aurochs::daemon
