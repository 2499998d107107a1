// SPDX-License-Identifier: Apache-2.0
// Feed: records as lines, from whoever has them before us: auditd's plugin pipe (our standard input), aurochs-audisp at our
// relay socket, auditd's plugin af_unix, auditd's log. It stands in the audit socket's place in Stream.
// What is cut or too long is passed over and counted. A sender that goes away is waited for; only the pipe has an end.
// Opened by the main thread, read by the capture thread; the words on its state from any.
#pragma once
#include <poll.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/fd.h"
#include "base/line_tail.h"
#include "base/result.h"
#include "capture/plugin_parser.h"
#include "capture/stream.h"

namespace aurochs::capture {

/// In the relay's stream: so many records could not be handed on at this place. False: another line.
bool read_relay_drops(std::string_view line, uint64_t& count);
/// Where the last whole record of `line` begins. Not 0: a sender that could not write cut what is before.
size_t last_record_of(std::string_view line);

class Feed {
 public:
  /// fd: not owned.
  static std::unique_ptr<Feed> of_pipe(int fd, PluginFormat format = PluginFormat::detect);
  /// Listens at `path`, made with mode 0600, its directory with 0755. A socket that nobody listens at is replaced;
  /// EBUSY: somebody does. Believes only senders of root's or our own.
  static base::Result<std::unique_ptr<Feed>> of_relay(const std::string& path);
  static std::unique_ptr<Feed> of_socket(std::string path);
  /// from: where an earlier one stopped; without it the end of the file.
  static std::unique_ptr<Feed> of_log(std::string path, const std::optional<base::TailPosition>& from);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  // --- capture thread
  static constexpr size_t kMaxFds = 1 + limits::kRelayClients;
  /// What to wait for; how many.
  size_t wait_for(pollfd* out, int64_t now_ms) const;
  /// At most so long. -1: until one of them is ready.
  int wait_ms(int64_t now_ms) const;
  /// Some of what has come. False: nothing.
  bool take(int64_t now_ms, FrameWriter& frames, StreamCounters& counters);
  /// Nothing new is to come: senders are told so, what they have sent is still taken.
  void finish();

  // --- any thread
  /// What is not taken now can be had later: a full ring need not lose it.
  bool is_patient() const { return kind_ == Kind::log || kind_ == Kind::relay; }
  /// The pipe was closed, or what came is damaged for good.
  bool has_ended() const { return has_ended_.load(std::memory_order_acquire); }
  /// errno: why nothing can be had at the moment; 0.
  int trouble() const { return trouble_.load(std::memory_order_relaxed); }
  size_t senders() const { return senders_.load(std::memory_order_relaxed); }
  /// Of a log; false while it is being written down.
  bool position(base::TailPosition& out) const;
  const std::string& path() const { return path_; }

 private:
  enum class Kind : uint8_t { pipe, relay, socket, log };
  struct Input {
    explicit Input(PluginFormat format) : parser(format) {}
    int fd = -1;
    PluginParser parser;
  };
  Feed(Kind kind, std::string path, PluginFormat format, size_t inputs);
  void accept_sender();
  void connect(int64_t now_ms);
  bool take_input(Input& input, FrameWriter& frames, StreamCounters& counters);
  bool take_log(int64_t now_ms, FrameWriter& frames, StreamCounters& counters);
  void close_input(Input& input);
  void end_of_input(Input& input, FrameWriter& frames, StreamCounters& counters);
  void pass_on(const audit::Frame& frame, FrameWriter& frames, StreamCounters& counters);
  void publish();

  const Kind kind_;
  const std::string path_;
  base::UniqueFd signal_;  ///< the listening socket, or inotify
  std::array<std::unique_ptr<Input>, limits::kRelayClients> inputs_;
  std::unique_ptr<base::LineTail> tail_;
  int64_t next_try_ms_ = 0, try_every_ms_ = 0;
  bool is_finishing_ = false;
  std::atomic<bool> has_ended_{false};
  std::atomic<int> trouble_{0};
  std::atomic<size_t> senders_{0};
  std::atomic<uint32_t> turn_{0};  ///< odd while position_ is written
  std::array<std::atomic<uint64_t>, 4> position_{};
};

}  // namespace aurochs::capture
