// SPDX-License-Identifier: Apache-2.0
#include "daemon/record_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"
#include "daemon/log.h"
#include "version.h"

namespace aurochs::daemon {

using capture::AuditControl;
using capture::Feed;
using capture::Mode;
using capture::NetlinkTransport;

namespace {

constexpr size_t kPositionBytes = 128;
constexpr int kNoSender = -1;  // no errno: a relay that nobody has connected to

std::string program_of(uint32_t pid) {
  const auto comm = base::read_file("/proc/" + std::to_string(pid) + "/comm", limits::kProcFileBytes);
  return "process " + std::to_string(pid) + (comm ? " (" + std::string(base::trim(*comm)) + ")" : std::string());
}

}  // namespace

RecordSource::RecordSource(const config::Config& config, std::string position_file, base::Clock& clock)
    : config_(config), wanted_(capture::mode_of(config.capture_mode)), position_file_(std::move(position_file)), clock_(clock), watch_(wanted_) {}

std::string RecordSource::relay_path() const { return config_.capture_relay.empty() ? AUROCHS_RELAY_SOCKET : config_.capture_relay; }

base::Result<bool> RecordSource::probe(AuditControl& control) {
  if (group_works_ == false) return false;
  if (!group_) {
    auto opened = NetlinkTransport::open(NetlinkTransport::Group::read_log, limits::kSocketBufferBytes);
    if (!opened) return opened.error().code == EPERM || opened.error().code == ENOENT ? base::Result<bool>(false) : opened.error();
    group_ = std::move(*opened);
  }
  auto works = capture::multicast_works(control, *group_, clock_);
  if (works) group_works_ = *works;
  return works;
}

std::optional<Problem> RecordSource::register_us() {
  auto opened = NetlinkTransport::open(NetlinkTransport::Group::none, limits::kSocketBufferBytes);
  if (!opened) return Problem{kExitNoStream, opened.error().message};
  stream_ = std::move(*opened);
  AuditControl registration(*stream_);
  auto answer = registration.set_pid(static_cast<uint32_t>(::getpid()));
  if (!answer) return Problem{kExitNoStream, answer.error().message};
  if (*answer != capture::PidAnswer::done)
    return Problem{kExitNoStream, "audit: another process took the stream, or audit is locked; stop it, or use another capture.mode (aurochs.conf(5))"};
  is_registered_ = true;
  early_ = registration.take_strays();
  return std::nullopt;
}

std::optional<base::TailPosition> RecordSource::saved_position() const {
  const auto text = base::read_file(position_file_, kPositionBytes);
  if (!text) return std::nullopt;
  std::string_view rest = base::trim(*text);
  base::TailPosition out;
  const bool is_good = base::parse_u64(base::next_piece(rest, ' '), out.dev) && base::parse_u64(base::next_piece(rest, ' '), out.inode) &&
                       base::parse_u64(base::next_piece(rest, ' '), out.offset) && base::parse_i64(base::next_piece(rest, ' '), out.written_ns);
  return is_good && out.inode ? std::optional<base::TailPosition>(out) : std::nullopt;
}

std::optional<Problem> RecordSource::open_mode(Mode mode) {
  stream_.reset();
  feed_.reset();
  early_.clear();
  if (mode != Mode::multicast) group_.reset();
  switch (mode) {
    case Mode::multicast: stream_ = std::move(group_); break;
    case Mode::unicast:
      if (auto problem = register_us()) return problem;
      break;
    case Mode::relay: {
      auto feed = Feed::of_relay(relay_path());
      if (!feed) return Problem{feed.error().code == EBUSY ? kExitBusy : kExitNoStream, feed.error().message};
      feed_ = std::move(*feed);
      break;
    }
    case Mode::socket: feed_ = Feed::of_socket(config_.capture_socket); break;
    case Mode::log: feed_ = Feed::of_log(config_.capture_log, saved_position()); break;
    case Mode::plugin: feed_ = Feed::of_pipe(STDIN_FILENO); break;
  }
  mode_ = mode;
  told_trouble_ = 0;
  watch_.chosen(mode, clock_.monotonic_ms());
  return std::nullopt;
}

std::optional<Problem> RecordSource::open(AuditControl* control, const capture::KernelProfile& profile) {
  if (!control) return open_mode(*wanted_);
  const auto choice = capture::choose_mode(wanted_, profile, capture::look_for_offers(config_.capture_socket, config_.capture_log), [&] { return probe(*control); });
  if (!choice) return Problem{kExitNoStream, choice.error().message};
  if (!wanted_ && choice->mode != Mode::multicast) log(Level::notice, std::string("capture: ") + row_of(choice->mode).name + ": " + choice->why);
  return open_mode(choice->mode);
}

RecordSource::Taken RecordSource::take() {
  // The transport keeps its own descriptor, for the release of the registration; capture owns the copy.
  return {stream_ ? ::fcntl(stream_->fd(), F_DUPFD_CLOEXEC, 0) : -1, std::move(feed_), std::move(early_)};
}

bool RecordSource::must_change(AuditControl* control, capture::Stream& stream) {
  if (!control || mode_ == Mode::plugin) return false;
  const auto status = control->status();
  if (!status) return false;
  const capture::ModeWatch::Seen seen{status->pid, stream.take_asker(), stream.has_failed()};
  const auto verdict = watch_.look(seen, static_cast<uint32_t>(::getpid()), clock_.monotonic_ms());
  if (verdict == capture::ModeWatch::Verdict::stay) return false;
  if (verdict == capture::ModeWatch::Verdict::yield) {
    asker_ = seen.asker;
    log(Level::warning, program_of(asker_) + " wants the audit stream: we let go of it, so its next attempt works");
    close(control);
    if (auto opened = NetlinkTransport::open(NetlinkTransport::Group::read_log, limits::kSocketBufferBytes)) group_ = std::move(*opened);
  } else if (!is_idle_) {
    const std::string why = seen.has_failed            ? "its socket failed"
                            : mode_ != Mode::unicast   ? "no audit daemon has been registered for a while"
                            : seen.holder              ? program_of(seen.holder) + " has taken the audit stream"
                                                       : "our registration was removed";
    log(Level::warning, std::string("capture: ") + mode_name() + ": " + why + "; choosing anew");
  }
  return true;
}

void RecordSource::change(AuditControl* control) {
  close(control);
  auto profile = capture::probe_kernel(*control);
  auto choice = base::Result<capture::Choice>(base::Error{0, "audit can not be asked"});
  if (profile) {
    // A stream that nobody holds is left to who asked for it.
    const bool is_left = watch_.leaves_stream(clock_.monotonic_ms());
    if (is_left && !profile->status.pid) profile->status.pid = asker_;
    const bool is_held = is_left || (profile->status.pid && profile->status.pid != static_cast<uint32_t>(::getpid()));
    choice = capture::choose_mode(wanted_ == Mode::unicast && is_held ? std::nullopt : wanted_, *profile,
                                  capture::look_for_offers(config_.capture_socket, config_.capture_log), [&] { return probe(*control); });
  }
  auto problem = choice ? open_mode(choice->mode) : std::optional<Problem>(Problem{kExitNoStream, choice.error().message});
  is_idle_ = problem.has_value();
  if (problem) {
    stream_.reset();
    feed_.reset();
    watch_.chosen(std::nullopt, clock_.monotonic_ms());
    if (std::exchange(told_error_, problem->message) != problem->message) log(Level::error, problem->message + "; nothing is captured but forks and exits, tried again every 10 s");
    return;
  }
  told_error_.clear();
  log(Level::notice, std::string("capture: ") + mode_name() + " from now on: " + choice->why);
}

void RecordSource::say_trouble(const Feed& feed) {
  const int trouble = mode_ == Mode::relay ? (feed.senders() ? 0 : kNoSender) : feed.trouble();
  if (trouble == std::exchange(told_trouble_, trouble)) return;
  const std::string where = std::string("capture.") + (mode_ == Mode::plugin ? "mode plugin" : mode_name()) + ' ' + feed.path();
  if (!trouble) return log(Level::notice, where + ": records come again");
  if (trouble == kNoSender) return log(Level::notice, where + ": no aurochs-audisp is connected; waiting for it (aurochs-audisp(8) says how auditd starts it)");
  if (mode_ == Mode::plugin) return log(Level::error, where + ": damaged binary message; use format = string in the plugin's configuration, or restart auditd");
  log(Level::warning, where + ": " + std::strerror(trouble) + "; waiting for it; does auditd run, and is this its path?");
}

void RecordSource::save_position(const Feed& feed) {
  base::TailPosition at;
  if (mode_ != Mode::log || !feed.position(at)) return;
  std::string text = std::to_string(at.dev) + ' ' + std::to_string(at.inode) + ' ' + std::to_string(at.offset) + ' ' + std::to_string(at.written_ns);
  text.resize(kPositionBytes - 1, ' ');
  text += '\n';
  if (text == position_text_) return;
  // One write of one block, not flushed: a killed sensor finds it, and after a crash of the host a second is told twice.
  if (!position_fd_) position_fd_.reset(::open(position_file_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  const bool is_saved = position_fd_ && ::pwrite(position_fd_.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!is_saved && position_text_.empty()) log(Level::warning, position_file_ + ": " + std::strerror(errno) + "; after the next start the log is read from its end");
  position_text_ = std::move(text);
}

void RecordSource::follow(const capture::Stream& stream) {
  if (!stream.feed()) return;
  say_trouble(*stream.feed());
  save_position(*stream.feed());
}

void RecordSource::close(AuditControl* control) {
  if (std::exchange(is_registered_, false) && control) {
    // kernel < 4.6: the stream may have been taken from us, and whoever asks may take it away from its new holder.
    const auto status = control->status();
    const bool is_ours = status && status->pid == static_cast<uint32_t>(::getpid());
    if (auto answer = is_ours ? control->set_pid(0) : base::Result<capture::PidAnswer>(capture::PidAnswer::done); !answer) log(Level::warning, answer.error().message);
  }
  stream_.reset();
}

}  // namespace aurochs::daemon
