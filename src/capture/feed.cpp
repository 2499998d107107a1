// SPDX-License-Identifier: Apache-2.0
#include "capture/feed.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace aurochs::capture {
namespace {

using audit::Frame;
using audit::FrameKind;
using audit::GapCause;

constexpr size_t kReadBytes = 16u << 10;  // of one sender, between two looks at the connector: 10 us
constexpr size_t kTailReads = 16;         // likewise of the log; so many are one turn of the stream
constexpr int64_t kFirstTryMs = 250, kLastTryMs = 5000;
constexpr int64_t kPauseMs = 20;  // at the end of a log, which is written a line at a time: not a wake-up for each
constexpr std::string_view kDropped = "aurochs-audisp dropped=";
constexpr std::string_view kStamp = " msg=audit(", kType = "type=";

bool address_of(const std::string& path, sockaddr_un& out) {
  out = {};
  out.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof out.sun_path) return false;
  std::memcpy(out.sun_path, path.data(), path.size());
  return true;
}

/// 0, or errno.
int connect_to(const std::string& path, base::UniqueFd& fd) {
  sockaddr_un address;
  if (!address_of(path, address)) return ENAMETOOLONG;
  fd.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return errno;
  return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0 : errno;
}

/// A socket that nobody listens at is left by a sensor that was killed.
base::Status make_way(const std::string& path) {
  struct stat st {};
  if (::lstat(path.c_str(), &st) < 0) return errno == ENOENT ? base::Status(base::Ok{}) : base::errno_error("capture.relay " + path, errno);
  if (!S_ISSOCK(st.st_mode)) return base::Error{EEXIST, "capture.relay " + path + ": is there and no socket; remove it, or name another path"};
  base::UniqueFd fd;
  if (connect_to(path, fd) != ECONNREFUSED)
    return base::Error{EBUSY, "capture.relay " + path + ": another aurochsd listens there; stop it first, or give this one another capture.relay"};
  if (::unlink(path.c_str()) < 0) return base::errno_error("capture.relay " + path, errno);
  return base::Ok{};
}

bool is_believed(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == 0 || peer.uid == ::geteuid());
}

}  // namespace

bool read_relay_drops(std::string_view line, uint64_t& count) {
  return base::starts_with(line, kDropped) && base::parse_u64(line.substr(kDropped.size()), count);
}

/// A blank in text that the kernel does not trust makes it write hex, so "type=X msg=audit(" can stand inside a record of
/// the kernel's only where one sender's write was cut and the next record follows.
size_t last_record_of(std::string_view line) {
  for (size_t at = line.rfind(kStamp); at != std::string_view::npos && at > 0; at = line.rfind(kStamp, at - 1)) {
    size_t word = at;
    while (word > 0 && ((line[word - 1] >= 'A' && line[word - 1] <= 'Z') || (line[word - 1] >= '0' && line[word - 1] <= '9') || line[word - 1] == '_' ||
                        line[word - 1] == '[' || line[word - 1] == ']'))
      --word;
    if (word == at || word < kType.size() || line.substr(word - kType.size(), kType.size()) != kType) continue;
    return line.find(kStamp) < at ? word - kType.size() : 0;
  }
  return 0;
}

Feed::Feed(Kind kind, std::string path, PluginFormat format, size_t inputs) : kind_(kind), path_(std::move(path)) {
  for (size_t i = 0; i < inputs; ++i) inputs_[i] = std::make_unique<Input>(format);
}

Feed::~Feed() {
  for (const auto& input : inputs_)
    if (input) close_input(*input);
  if (kind_ == Kind::relay) (void)::unlink(path_.c_str());
}

std::unique_ptr<Feed> Feed::of_pipe(int fd, PluginFormat format) {
  std::unique_ptr<Feed> feed(new Feed(Kind::pipe, "standard input", format, 1));
  (void)::fcntl(fd, F_SETFL, ::fcntl(fd, F_GETFL) | O_NONBLOCK);
  feed->inputs_[0]->fd = fd;
  feed->senders_ = 1;
  return feed;
}

base::Result<std::unique_ptr<Feed>> Feed::of_relay(const std::string& path) {
  sockaddr_un address;
  if (!address_of(path, address)) return base::Error{ENAMETOOLONG, "capture.relay \"" + path + "\": no path of a socket (1 to 107 bytes)"};
  if (const size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0 && ::mkdir(path.substr(0, slash).c_str(), 0755) < 0 && errno != EEXIST)
    return base::errno_error("capture.relay " + path + ": its directory", errno);
  if (auto free = make_way(path); !free) return free.error();
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  // The mode of the descriptor becomes that of the file (net/unix/af_unix.c): there is no moment in which others may connect.
  if (!fd || ::fchmod(fd.get(), 0600) < 0 || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) < 0 ||
      ::listen(fd.get(), limits::kRelayClients) < 0)
    return base::errno_error("capture.relay " + path, errno);
  std::unique_ptr<Feed> feed(new Feed(Kind::relay, path, PluginFormat::text, limits::kRelayClients));
  feed->signal_ = std::move(fd);
  return feed;
}

std::unique_ptr<Feed> Feed::of_socket(std::string path) {
  return std::unique_ptr<Feed>(new Feed(Kind::socket, std::move(path), PluginFormat::text, 1));
}

std::unique_ptr<Feed> Feed::of_log(std::string path, const std::optional<base::TailPosition>& from) {
  std::unique_ptr<Feed> feed(new Feed(Kind::log, std::move(path), PluginFormat::text, 0));
  feed->tail_ = std::make_unique<base::LineTail>(limits::kLineBytes, limits::kTailBytes / kTailReads);
  feed->tail_->set_path(feed->path_);
  if (from) feed->tail_->resume(*from);
  feed->signal_.reset(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  const std::string directory = feed->path_.substr(0, std::max<size_t>(feed->path_.rfind('/'), 1));
  if (!feed->signal_ || ::inotify_add_watch(feed->signal_.get(), directory.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ATTRIB) < 0) feed->signal_.reset();
  return feed;
}

size_t Feed::wait_for(pollfd* out, int64_t now_ms) const {
  size_t n = 0;
  const bool wants_signal = kind_ == Kind::log ? now_ms >= next_try_ms_ : senders_.load(std::memory_order_relaxed) < limits::kRelayClients;
  if (signal_ && wants_signal) out[n++] = {signal_.get(), POLLIN, 0};
  for (const auto& input : inputs_)
    if (input && input->fd >= 0) out[n++] = {input->fd, POLLIN, 0};
  return n;
}

int Feed::wait_ms(int64_t now_ms) const {
  if (kind_ == Kind::log && !signal_) return limits::kTailPollMs;
  if (kind_ == Kind::log) return now_ms < next_try_ms_ ? static_cast<int>(next_try_ms_ - now_ms) : -1;
  if (kind_ != Kind::socket || inputs_[0]->fd >= 0) return -1;
  return static_cast<int>(std::clamp<int64_t>(next_try_ms_ - now_ms, 0, kLastTryMs));
}

void Feed::accept_sender() {
  while (senders_.load(std::memory_order_relaxed) < limits::kRelayClients) {
    base::UniqueFd fd(::accept4(signal_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) return;
    if (!is_believed(fd.get())) continue;
    const auto place = std::find_if(inputs_.begin(), inputs_.end(), [](const auto& input) { return input->fd < 0; });
    (*place)->fd = fd.release();
    (*place)->parser.restart();
    senders_.fetch_add(1, std::memory_order_relaxed);
  }
}

void Feed::connect(int64_t now_ms) {
  if (now_ms < next_try_ms_) return;
  base::UniqueFd fd;
  const int failure = connect_to(path_, fd);
  trouble_.store(failure, std::memory_order_relaxed);
  try_every_ms_ = failure ? std::clamp(2 * try_every_ms_, kFirstTryMs, kLastTryMs) : kFirstTryMs;
  next_try_ms_ = now_ms + try_every_ms_;
  if (failure) return;
  inputs_[0]->parser.restart();
  inputs_[0]->fd = fd.release();
  senders_.store(1, std::memory_order_relaxed);
}

void Feed::close_input(Input& input) {
  if (input.fd < 0) return;
  if (kind_ != Kind::pipe) ::close(input.fd);
  input.fd = -1;
  senders_.fetch_sub(1, std::memory_order_relaxed);
}

void Feed::end_of_input(Input& input, FrameWriter& frames, StreamCounters& counters) {
  // Only the pipe's last line is whole without its end: a relay sends again what it could not finish.
  Frame frame;
  if (kind_ == Kind::pipe && input.parser.last(frame)) pass_on(frame, frames, counters);
  close_input(input);
  if (kind_ == Kind::pipe) has_ended_.store(true, std::memory_order_release);
}

void Feed::pass_on(const Frame& frame, FrameWriter& frames, StreamCounters& counters) {
  uint64_t dropped = 0;
  if (kind_ == Kind::relay && read_relay_drops(frame.payload, dropped)) return frames.report_loss(GapCause::relay_drops, dropped);
  std::string_view text = frame.payload;
  if (frame.kind == FrameKind::line)
    if (const size_t cut = last_record_of(text)) {
      counters.truncated.add();
      frames.report_loss(GapCause::truncated, 1);
      text.remove_prefix(cut);
    }
  counters.records.add();
  counters.bytes.add(text.size());
  frames.put(frame.kind, frame.type, text);
}

bool Feed::take_input(Input& input, FrameWriter& frames, StreamCounters& counters) {
  if (input.fd < 0) return false;
  size_t bytes = 0;
  char* room = input.parser.room(bytes);
  const ssize_t n = ::read(input.fd, room, std::min(bytes, kReadBytes));
  if (n < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (n <= 0) {
    end_of_input(input, frames, counters);
    return false;
  }
  input.parser.filled(static_cast<size_t>(n));
  const uint64_t over_long = input.parser.over_long();
  Frame frame;
  while (input.parser.next(frame)) pass_on(frame, frames, counters);
  if (const uint64_t lost = input.parser.over_long() - over_long) {
    counters.truncated.add(lost);
    frames.report_loss(GapCause::truncated, lost);
  }
  if (input.parser.has_failed()) {
    trouble_.store(EBADMSG, std::memory_order_relaxed);
    end_of_input(input, frames, counters);
  }
  return true;
}

bool Feed::take_log(int64_t now_ms, FrameWriter& frames, StreamCounters& counters) {
  if (now_ms < next_try_ms_ && !is_finishing_) return false;
  if (signal_) {
    char events[4096];
    (void)!::read(signal_.get(), events, sizeof events);  // that something happened is enough
  }
  const uint64_t over_long = tail_->over_long();
  Frame frame;
  frame.kind = FrameKind::line;
  const bool arrived = tail_->poll([&](std::string_view line) {
    frame.payload = line;
    frames.report_loss(GapCause::log_gap, tail_->take_missed());  // ahead of what came after it
    if (!line.empty()) pass_on(frame, frames, counters);
  });
  trouble_.store(tail_->error(), std::memory_order_relaxed);
  frames.report_loss(GapCause::log_gap, tail_->take_missed());
  if (const uint64_t lost = tail_->over_long() - over_long) {
    counters.truncated.add(lost);
    frames.report_loss(GapCause::truncated, lost);
  }
  publish();
  if (!arrived) next_try_ms_ = now_ms + kPauseMs;
  return arrived;
}

bool Feed::take(int64_t now_ms, FrameWriter& frames, StreamCounters& counters) {
  if (kind_ == Kind::log) return take_log(now_ms, frames, counters);
  if (kind_ == Kind::socket && inputs_[0]->fd < 0 && !is_finishing_) connect(now_ms);
  bool arrived = false;
  for (const auto& input : inputs_)
    if (input) arrived = take_input(*input, frames, counters) || arrived;
  if (kind_ == Kind::relay && !arrived && !is_finishing_) accept_sender();
  return arrived;
}

void Feed::finish() {
  if (std::exchange(is_finishing_, true) || kind_ == Kind::log || kind_ == Kind::pipe) return;
  for (const auto& input : inputs_)
    if (input && input->fd >= 0) (void)::shutdown(input->fd, SHUT_RD);
}

void Feed::publish() {
  const base::TailPosition now = tail_->position();
  turn_.fetch_add(1, std::memory_order_acq_rel);
  const uint64_t values[] = {now.dev, now.inode, now.offset, static_cast<uint64_t>(now.written_ns)};
  for (size_t i = 0; i < position_.size(); ++i) position_[i].store(values[i], std::memory_order_release);
  turn_.fetch_add(1, std::memory_order_release);
}

bool Feed::position(base::TailPosition& out) const {
  const uint32_t turn = turn_.load(std::memory_order_acquire);
  uint64_t values[4];
  for (size_t i = 0; i < position_.size(); ++i) values[i] = position_[i].load(std::memory_order_acquire);
  if (turn & 1 || turn != turn_.load(std::memory_order_acquire) || !values[1]) return false;
  out = {values[0], values[1], values[2], static_cast<int64_t>(values[3])};
  return true;
}

}  // namespace aurochs::capture
