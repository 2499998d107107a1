// SPDX-License-Identifier: Apache-2.0
#include "observe/logind.h"

#include <dirent.h>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {

using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kPollMs = 1000;

struct TextRow {
  std::string_view key;
  FieldId field;
};
constexpr TextRow kTexts[] = {{"USER", FieldId::usr_tgt_name}, {"TTY", FieldId::auth_term_name}, {"SERVICE", FieldId::auth_service}, {"TYPE", FieldId::auth_op}};

void read_number(event::Event& e, FieldId f, std::string_view value) {
  uint64_t n = 0;
  if (base::parse_u64(value, n)) e.set_number(f, n);
}

}  // namespace

/// The names are those of logind's session_save() since systemd 30.
void read_logind_session(std::string_view text, event::Event& e) {
  while (!text.empty()) {
    std::string_view value = base::next_piece(text, '\n');
    if (value.find('=') == std::string_view::npos) continue;
    const std::string_view key = base::next_piece(value, '=');
    for (const TextRow& row : kTexts)
      if (key == row.key) e.set_text_if(row.field, value);
    uint64_t microseconds = 0;
    if (key == "UID") read_number(e, FieldId::usr_tgt_id, value);
    if (key == "AUDIT") read_number(e, FieldId::proc_term_session_id, value);
    if (key == "LEADER") {
      read_number(e, FieldId::auth_pid, value);
      read_number(e, FieldId::proc_id, value);
    }
    if (key == "REALTIME" && base::parse_u64(value, microseconds)) e.set_time(FieldId::usr_tgt_logon_time, static_cast<int64_t>(microseconds / 1000));
    if (key == "REMOTE_HOST" && !value.empty()) {
      const bool is_address = value.find_first_not_of("0123456789abcdefABCDEF.:") == std::string_view::npos && value.find_first_of(".:") != std::string_view::npos;
      e.set_text(!is_address                                 ? FieldId::net_src_hostname
                 : value.find(':') == std::string_view::npos ? FieldId::net_src_ipv4
                                                             : FieldId::net_src_ipv6,
                 value);
    }
  }
}

base::Status Logind::open(const Options& options) {
  directory_ = options.root + "/run/systemd/sessions/";
  clock_ = options.clock;
  return base::Ok{};
}

/// Beside a session's file lie its pipe (ID.ref) and, for a moment, the next version of the file (.#ID...).
int64_t Logind::poll(int64_t now_ms, const Sink& sink) {
  std::map<std::string, std::string> now;
  DIR* d = ::opendir(directory_.c_str());
  while (const dirent* entry = d ? ::readdir(d) : nullptr) {
    const std::string id = entry->d_name;
    if (id[0] == '.' || base::ends_with(id, ".ref") || now.size() >= limits::kLogonSessions) continue;
    const auto known = sessions_.find(id);
    if (known != sessions_.end()) {
      now.insert(*known);
      continue;
    }
    auto text = base::read_file(directory_ + id, limits::kProcFileBytes);
    if (!text || text->find("USER=") == std::string::npos) continue;  // not written yet
    if (has_looked_) tell(id, *text, "new", sink);
    now.emplace(id, std::move(*text));
  }
  if (d) ::closedir(d);
  for (const auto& [id, text] : sessions_)
    if (!now.count(id)) tell(id, text, "removed", sink);
  sessions_ = std::move(now);
  has_looked_ = true;
  return now_ms + kPollMs;
}

void Logind::tell(const std::string& id, const std::string& text, std::string_view what, const Sink& sink) {
  event_.clear(EventType::logind_session);
  event_.set_time(FieldId::event_utc_time, clock_->unix_ms());
  event_.set_text(FieldId::op_name, what);
  event_.set_text(FieldId::op_value, id);
  read_logind_session(text, event_);
  sink(event_);
}

}  // namespace aurochs::observe
