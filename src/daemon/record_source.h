// SPDX-License-Identifier: Apache-2.0
// RecordSource: where the records come from. It chooses the mode, opens what that needs, and says when another must be
// chosen: our registration is wanted or was taken by another daemon, a socket failed, the audit daemon we listened to is gone.
// The registration is given back before anything else is done about it. Remembers how far auditd's log was read, in a
// file of the state directory. Main thread; what take() gives goes to the capture thread.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "capture/audit_control.h"
#include "capture/feed.h"
#include "capture/kernel_profile.h"
#include "capture/mode.h"
#include "capture/transport.h"
#include "config/config.h"
#include "daemon/problem.h"

namespace aurochs::daemon {

class RecordSource {
 public:
  RecordSource(const config::Config& config, std::string position_file, base::Clock& clock);

  /// Does not need the kernel's audit: auditd has the records.
  bool is_second_hand_by_config() const { return wanted_ && capture::row_of(*wanted_).is_second_hand; }
  /// control: null where the kernel can not be asked, with is_second_hand_by_config() alone.
  std::optional<Problem> open(capture::AuditControl* control, const capture::KernelProfile& profile);
  capture::Mode mode() const { return mode_; }
  const char* mode_name() const { return capture::row_of(mode_).name; }

  struct Taken {
    int audit_fd = -1;
    std::unique_ptr<capture::Feed> feed;
    std::vector<std::string> early;  ///< datagrams that came while we registered
  };
  /// Once after open() and after each change().
  Taken take();

  /// Once a second. True: stop the capture thread, change(), give it what take() has.
  bool must_change(capture::AuditControl* control, capture::Stream& stream);
  void change(capture::AuditControl* control);
  /// Why nothing comes at the moment, said once; how far the log was read.
  void follow(const capture::Stream& stream);
  void save_position(const capture::Feed& feed);
  void close(capture::AuditControl* control);

 private:
  std::optional<Problem> open_mode(capture::Mode mode);
  std::optional<Problem> register_us();
  base::Result<bool> probe(capture::AuditControl& control);
  std::optional<base::TailPosition> saved_position() const;
  void say_trouble(const capture::Feed& feed);
  std::string relay_path() const;

  const config::Config& config_;
  const std::optional<capture::Mode> wanted_;
  const std::string position_file_;
  base::Clock& clock_;
  capture::Mode mode_ = capture::Mode::multicast;
  std::unique_ptr<capture::NetlinkTransport> stream_, group_;
  std::unique_ptr<capture::Feed> feed_;
  std::vector<std::string> early_;
  capture::ModeWatch watch_;
  std::optional<bool> group_works_;  ///< asked once: a kernel does not learn it
  base::UniqueFd position_fd_;
  std::string position_text_, told_error_;
  uint32_t asker_ = 0;
  int told_trouble_ = 0;
  bool is_registered_ = false, is_idle_ = false;
};

}  // namespace aurochs::daemon
