// SPDX-License-Identifier: Apache-2.0
#include "capture/mode.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::capture {
namespace {

constexpr const char* kPluginDirectories[] = {"/etc/audit/plugins.d", "/etc/audisp/plugins.d"};  // auditd >= 3.0; 2.x
constexpr size_t kPluginFileBytes = 64u << 10, kPluginFiles = 256;
constexpr std::string_view kRelayProgram = "aurochs-audisp";
constexpr int64_t kLeaveMs = 60000;  // after another daemon asked for the stream: its unit is started again within that
constexpr int64_t kFreeMs = 15000;   // auditd is gone, not restarted
constexpr int64_t kAgainMs = 10000;  // between two choices after a failure

std::string holder(const KernelProfile& profile) {
  return "process " + std::to_string(profile.status.pid) + (profile.holder_comm.empty() ? std::string() : " (" + profile.holder_comm + ")");
}

struct PluginFile {
  bool is_ours = false, is_active = false;
};
PluginFile read_plugin_file(std::string_view text) {
  PluginFile out;
  while (!text.empty()) {
    std::string_view value = base::next_piece(text, '\n');
    const std::string name(base::trim(base::next_piece(value, '=')));
    const std::string_view word = base::trim(value);
    if (name == "path") out.is_ours = base::base_name(word) == kRelayProgram;
    if (name == "active") out.is_active = word == "yes";
  }
  return out;
}

void look_for_plugin(const std::string& directory, Offers& out) {
  DIR* entries = ::opendir(directory.c_str());
  if (!entries) return;
  size_t files = 0;
  for (const dirent* entry = ::readdir(entries); entry && files < kPluginFiles; entry = ::readdir(entries)) {
    if (!base::ends_with(entry->d_name, ".conf")) continue;
    ++files;
    const std::string path = directory + '/' + entry->d_name;
    const auto text = base::read_file(path, kPluginFileBytes);
    const PluginFile file = text ? read_plugin_file(*text) : PluginFile{};
    if (file.is_ours) (file.is_active ? out.plugin : out.idle_plugin) = path;
  }
  ::closedir(entries);
}

base::Result<Choice> choose_offer(const KernelProfile& profile, const Offers& offers, const std::string& held) {
  if (!offers.plugin.empty()) return Choice{Mode::relay, held + "; its plugin aurochs-audisp (" + offers.plugin + ") hands its records on"};
  if (offers.socket) return Choice{Mode::socket, held + "; its plugin af_unix hands its records on"};
  if (offers.log) return Choice{Mode::log, held + "; its log is read; its plugin aurochs-audisp would be sooner and lose less"};
  const std::string remedy = !offers.idle_plugin.empty() ? "set active = yes in " + offers.idle_plugin + " and send auditd a SIGHUP"
                                                         : "make aurochs-audisp a plugin of the audit daemon, aurochs-audisp(8)";
  return base::Error{EEXIST, "audit stream: held by " + holder(profile) + ", multicast does not work here, and neither a plugin, nor a socket, nor a log can be read; " + remedy};
}

}  // namespace

const std::vector<ModeRow>& mode_rows() {
  static const std::vector<ModeRow> kRows = {
      {Mode::multicast, "multicast", false, "a reader beside any audit daemon (Linux 3.16)"},
      {Mode::unicast, "unicast", false, "the sensor is the audit daemon"},
      {Mode::relay, "relay", true, "auditd's plugin aurochs-audisp hands records on"},
      {Mode::socket, "socket", true, "auditd's plugin af_unix hands records on"},
      {Mode::log, "log", true, "auditd's log is read as it is written"},
      {Mode::plugin, "plugin", true, "auditd starts the sensor and feeds it on standard input"},
  };
  return kRows;
}

const ModeRow& row_of(Mode mode) { return mode_rows()[static_cast<size_t>(mode)]; }

std::optional<Mode> mode_of(std::string_view name) {
  for (const ModeRow& row : mode_rows())
    if (name == row.name) return row.mode;
  return std::nullopt;
}

Offers look_for_offers(const std::string& socket, const std::string& log, const std::string& root) {
  Offers out;
  for (const char* directory : kPluginDirectories) look_for_plugin(root + directory, out);
  struct stat st {};
  out.socket = ::stat(socket.c_str(), &st) == 0 && S_ISSOCK(st.st_mode);
  out.log = ::stat(log.c_str(), &st) == 0 && S_ISREG(st.st_mode) && ::access(log.c_str(), R_OK) == 0;
  return out;
}

base::Result<Choice> choose_mode(std::optional<Mode> wanted, const KernelProfile& profile, const Offers& offers,
                                 const std::function<base::Result<bool>()>& probe) {
  if (wanted && row_of(*wanted).is_second_hand) return Choice{*wanted, "capture.mode"};
  if (wanted != Mode::unicast) {
    const auto works = probe();
    if (works && *works) return Choice{Mode::multicast, "records arrive on the multicast group"};
    if (wanted == Mode::multicast)
      return works ? base::Error{0, "audit multicast: no record arrives; this kernel is older than 3.16 (or RHEL 7's), or we are not in the first net namespace: "
                                    "set the capture mode to auto or plugin"}
                   : works.error();
  }
  const bool is_free = profile.status.pid == 0 || profile.status.pid == static_cast<uint32_t>(::getpid());
  if (is_free) return Choice{Mode::unicast, wanted ? "capture.mode" : "multicast does not work here, and no audit daemon is registered"};
  const std::string held = "audit stream: held by " + holder(profile);
  if (wanted == Mode::unicast) return base::Error{EEXIST, held + "; stop that daemon, or set the capture mode to auto"};
  return choose_offer(profile, offers, "multicast does not work here, and " + holder(profile) + " holds the stream");
}

void ModeWatch::chosen(std::optional<Mode> mode, int64_t now_ms) {
  mode_ = mode;
  chosen_ms_ = now_ms;
  free_since_ms_ = -1;
}

ModeWatch::Verdict ModeWatch::look(const Seen& seen, uint32_t own_pid, int64_t now_ms) {
  if (seen.has_failed || !mode_) return now_ms - chosen_ms_ >= kAgainMs ? Verdict::choose : Verdict::stay;
  if (mode_ == Mode::unicast) {
    if (seen.asker) {
      left_until_ms_ = now_ms + kLeaveMs;
      return Verdict::yield;
    }
    // kernel < 4.6: a second registration takes the stream without a question.
    return seen.holder == own_pid ? Verdict::stay : Verdict::choose;
  }
  const bool would_hold = wanted_ == Mode::unicast || (!wanted_ && mode_ != Mode::multicast);
  if (!would_hold) return Verdict::stay;
  if (seen.holder != 0) {
    free_since_ms_ = -1;
    return Verdict::stay;
  }
  if (free_since_ms_ < 0) free_since_ms_ = now_ms;
  return now_ms - free_since_ms_ >= kFreeMs && !leaves_stream(now_ms) ? Verdict::choose : Verdict::stay;
}

}  // namespace aurochs::capture
