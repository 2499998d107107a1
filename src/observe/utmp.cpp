// SPDX-License-Identifier: Apache-2.0
#include "observe/utmp.h"

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"
#include "event/pack.h"

namespace aurochs::observe {

using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kPollMs = 500, kPortionMs = 100;
constexpr size_t kPortion = 256;  // events of about 200 bytes: a twentieth of the ring

void set_address(event::Event& e, std::string_view address) {
  if (!address.empty()) e.set_copy(address.find(':') == std::string_view::npos ? FieldId::net_src_ipv4 : FieldId::net_src_ipv6, address);
}

std::string usual(const Options& options, const std::string& given, const char* path) { return given.empty() ? options.root + path : given; }

}  // namespace

base::Status Utmp::open(const Options& options) {
  clock_ = options.clock;
  window_ms_ = options.logon_window_s * 1000;
  btmp_.set_path(usual(options, options.btmp, "/var/log/btmp"));
  wtmp_.set_path(usual(options, options.wtmp, "/var/log/wtmp"));
  utmp_path_ = usual(options, options.utmp, "/run/utmp");
  return base::Ok{};
}

int64_t Utmp::poll(int64_t now_ms, const Sink& sink) {
  constexpr std::string_view kHow[] = {"truncated", "rewritten", "removed"};
  const auto visit = [&](UtmpFile& file, auto record, auto restart) {
    file.poll(clock_->unix_ms(), {record, restart, [&](UtmpFile::Tamper how, uint64_t old_bytes, uint64_t new_bytes) {
                                    tampered(file.path(), kHow[static_cast<size_t>(how)], old_bytes, new_bytes, sink);
                                  }});
  };
  visit(btmp_, [&](const UtmpRecord& r, bool is_old) { failure(r, is_old, sink); }, [](uint64_t) {});
  visit(wtmp_, [&](const UtmpRecord& r, bool is_old) { logon(r, is_old, sink); },
        [&](uint64_t inode) {
          wtmp_inode_ = inode;
          wtmp_is_new_ = true;
          old_users_.clear();
          old_addresses_.clear();
        });
  if (wtmp_is_new_) whole_wtmp();
  look_at_utmp(sink);
  return now_ms + (give_history(sink) ? kPortionMs : kPollMs);
}

void Utmp::begin(EventType type, const UtmpRecord& r, std::string_view source) {
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, r.time_ms);
  event_.set_text(FieldId::event_log_source, "LinuxLog");
  event_.set_text(FieldId::auth_sources, source);
  event_.set_integer(FieldId::op_id, static_cast<int64_t>(r.type));
  event_.set_text(FieldId::op_name, utmp_type_name(r.type));
  if (r.pid > 0) event_.set_number(FieldId::auth_pid, static_cast<uint64_t>(r.pid));
  event_.set_text_if(FieldId::usr_tgt_name, r.user);
  event_.set_text_if(FieldId::auth_term_name, r.line);
  if (base::starts_with(r.line, "ssh:")) event_.set_text(FieldId::auth_service, "sshd");
  const std::string address = utmp_address(r.address);
  set_address(event_, address);
  if (r.host != address) event_.set_text_if(FieldId::net_src_hostname, r.host);
}

/// btmp. Programs disagree about the type: sshd and login write LOGIN_PROCESS, some USER_PROCESS.
void Utmp::failure(const UtmpRecord& r, bool is_old, const Sink& sink) {
  if (r.type != UtmpType::login && r.type != UtmpType::user) return;
  begin(EventType::logon_failure, r, "btmp");
  if (!is_old) {
    if (r.pid > 0) event_.set_number(FieldId::proc_id, static_cast<uint64_t>(r.pid));
    return sink(event_);
  }
  if (r.time_ms < clock_->unix_ms() - window_ms_) return;
  event_.set_bool(FieldId::proc_issnapshot, true);
  history_.emplace_back();
  event::pack(event_, history_.back());
  if (history_.size() > limits::kLogonFailures) history_.pop_front();
}

void Utmp::logon(const UtmpRecord& r, bool is_old, const Sink& sink) {
  if (!is_old && wtmp_is_new_) whole_wtmp();  // before the first one that is news
  switch (r.type) {
    case UtmpType::user: return login(r, is_old, sink);
    case UtmpType::dead: return logout(r, is_old, sink);
    case UtmpType::boot:
    case UtmpType::run_level:
      sessions_.clear();
      if (!is_old) host_state(r, sink);
      return;
    default: return;
  }
}

void Utmp::login(const UtmpRecord& r, bool is_old, const Sink& sink) {
  std::string address = utmp_address(r.address);
  if (sessions_.size() >= limits::kLogonSessions) sessions_.erase(sessions_.begin());
  sessions_[std::string(r.line)] = {r.pid, r.time_ms, std::string(r.user), address, std::string(r.host == address ? std::string_view() : r.host)};
  if (is_old) {
    auto add = [](std::map<std::string, uint64_t>& counts, std::string key) {
      if (!key.empty() && counts.size() < limits::kLogonNames) ++counts[std::move(key)];
    };
    add(old_users_, std::string(r.user));
    return add(old_addresses_, std::move(address));
  }
  begin(EventType::logon_success, r, "wtmp");
  if (r.pid > 0) event_.set_number(FieldId::proc_id, static_cast<uint64_t>(r.pid));
  sink(event_);
}

/// Its user is blank: the session of the same line tells whose it was.
void Utmp::logout(const UtmpRecord& r, bool is_old, const Sink& sink) {
  const auto session = sessions_.find(r.line);
  if (is_old) {
    if (session != sessions_.end()) sessions_.erase(session);
    return;
  }
  begin(EventType::logoff, r, "wtmp");
  if (session != sessions_.end()) {
    const Session& s = session->second;
    event_.set_copy(FieldId::usr_tgt_name, s.user);
    set_address(event_, s.address);
    if (!s.host.empty()) event_.set_copy(FieldId::net_src_hostname, s.host);
    event_.set_time(FieldId::usr_tgt_logon_time, s.since_ms);
    if (r.time_ms >= s.since_ms) event_.set_number(FieldId::usr_tgt_logon_uptime, static_cast<uint64_t>(r.time_ms - s.since_ms) / 1000);
    sessions_.erase(session);
  } else if (r.user.empty() && r.pid == 0) {
    return;  // init clears the lines that it no longer has
  }
  sink(event_);
}

/// The host of these records is the kernel's release; a run level is a character, that before it lies 8 bits higher.
void Utmp::host_state(const UtmpRecord& r, const Sink& sink) {
  const auto level = [](int32_t c) { return c > ' ' && c < 127 ? std::string(1, static_cast<char>(c)) : std::string("N"); };
  const bool is_boot = r.type == UtmpType::boot, is_shutdown = !is_boot && r.user == "shutdown";
  begin(is_boot ? EventType::system_boot : is_shutdown ? EventType::system_shutdown : EventType::run_level_change, r, "wtmp");
  for (const FieldId f : {FieldId::auth_pid, FieldId::usr_tgt_name, FieldId::auth_term_name, FieldId::net_src_hostname, FieldId::net_src_ipv4, FieldId::net_src_ipv6})
    event_.remove(f);
  event_.set_text_if(FieldId::op_text, r.host);
  if (is_boot) event_.set_time(FieldId::dev_boot_time, r.time_ms);
  if (!is_boot && !is_shutdown) {
    event_.set_copy(FieldId::op_value, level(r.pid & 0xff));
    event_.set_copy(FieldId::op_value_old, level(r.pid >> 8 & 0xff));
  }
  sink(event_);
}

void Utmp::tampered(const std::string& path, std::string_view how, uint64_t old_bytes, uint64_t new_bytes, const Sink& sink) {
  event_.clear(EventType::utmp_tamper);
  event_.set_time(FieldId::event_utc_time, clock_->unix_ms());
  event_.set_text(FieldId::file_path, path);
  event_.set_text(FieldId::file_name, base::base_name(path));
  event_.set_text(FieldId::op_name, how);
  event_.set_number(FieldId::file_size, new_bytes);
  event_.set_copy(FieldId::op_value, std::to_string(new_bytes));
  event_.set_copy(FieldId::op_value_old, std::to_string(old_bytes));
  sink(event_);
}

void Utmp::whole_wtmp() {
  wtmp_is_new_ = false;
  auto add = [this](std::string_view user, std::string_view address, uint64_t count, uint64_t inode) {
    event_.clear(EventType::logon_success);
    event_.set_time(FieldId::event_utc_time, clock_->unix_ms());
    event_.set_bool(FieldId::proc_issnapshot, true);
    event_.set_text(FieldId::auth_sources, "wtmp");
    event_.set_number(FieldId::event_count, count);
    if (inode) event_.set_number(FieldId::file_inode, inode);
    event_.set_text_if(FieldId::usr_tgt_name, user);
    set_address(event_, address);
    history_.emplace_back();
    event::pack(event_, history_.back());
  };
  add({}, {}, 0, wtmp_inode_);
  for (const auto& [user, count] : old_users_) add(user, {}, count, 0);
  for (const auto& [address, count] : old_addresses_) add({}, address, count, 0);
  old_users_.clear();
  old_addresses_.clear();
}

/// A session ends as DEAD_PROCESS; blank bytes where one was are no program's way of ending it.
void Utmp::look_at_utmp(const Sink& sink) {
  const auto file = base::read_file(utmp_path_, limits::kUtmpNowBytes);
  if (!file) return;
  const UtmpLayout layout = utmp_layout(*file);
  std::vector<int16_t> types;
  for (std::string_view rest = *file; rest.size() >= stride(layout); rest.remove_prefix(stride(layout))) {
    UtmpRecord r;
    types.push_back(read_utmp(rest.substr(0, stride(layout)), layout, r) ? static_cast<int16_t>(r.type) : int16_t{-1});
  }
  const auto user = static_cast<int16_t>(UtmpType::user);
  bool is_wiped = false;
  for (size_t i = 0; i < utmp_types_.size(); ++i) is_wiped = is_wiped || (utmp_types_[i] == user && (i >= types.size() || types[i] == 0));
  if (is_wiped) tampered(utmp_path_, "wiped", utmp_types_.size() * stride(layout), file->size(), sink);
  utmp_types_ = std::move(types);
}

/// True: there is more.
bool Utmp::give_history(const Sink& sink) {
  for (size_t i = 0; i < kPortion && !history_.empty(); ++i) {
    if (event::unpack(history_.front(), event_)) sink(event_);
    history_.pop_front();
  }
  return !history_.empty();
}

}  // namespace aurochs::observe
