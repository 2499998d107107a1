// SPDX-License-Identifier: Apache-2.0
// FakeKernel: the audit subsystem behind Transport, with its manners (kernel/audit.c): answers from a thread after
// the acknowledgement, records whose length lies on the unicast stream, one holder of the stream, a locked state,
// a multicast group that may be silent though it can be joined. Nothing ever waits: an empty queue is a timeout.
#pragma once
#include <linux/netlink.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "capture/audit_control.h"
#include "capture/rule.h"
#include "capture/transport.h"

namespace aurochs::test {

class FakeKernel {
 public:
  struct Datagram {
    std::string bytes;
    uint32_t sender = 0;
  };

  /// One socket of a process.
  class Socket final : public capture::Transport {
   public:
    explicit Socket(FakeKernel& kernel) : kernel_(kernel) {}
    base::Status send(std::string_view bytes) override { return kernel_.take(*this, bytes); }
    base::Result<size_t> recv(char* buffer, size_t size, uint32_t& sender, int) override {
      if (fail_next_ != 0) {
        const int code = std::exchange(fail_next_, 0);
        if (code == ENOBUFS) queue.clear();  // what did not fit is gone
        return base::errno_error("fake socket", code);
      }
      if (queue.empty()) return size_t{0};
      const Datagram d = std::move(queue.front());
      queue.pop_front();
      std::memcpy(buffer, d.bytes.data(), std::min(size, d.bytes.size()));
      sender = d.sender;
      return d.bytes.size();
    }
    void fail_next_recv(int code) { fail_next_ = code; }

    std::deque<Datagram> queue;
    size_t queue_limit = 4096;  ///< datagrams, instead of bytes
    uint64_t drops = 0;

   private:
    FakeKernel& kernel_;
    int fail_next_ = 0;
  };

  std::unique_ptr<Socket> socket() { return std::make_unique<Socket>(*this); }
  /// Joining works on every kernel; what arrives is another matter (multicast_delivers).
  std::unique_ptr<Socket> group_socket() {
    auto s = socket();
    group_.push_back(s.get());
    return s;
  }

  /// How kernels differ for who captures: kernel/audit.c of each.
  enum class Release { el6, v3_10, el7, v3_16, v4_4, v5_10, v6_12 };
  void be(Release release) {
    status_bytes = release <= Release::v3_10 ? 32 : release == Release::el7 ? 36 : release <= Release::v4_4 ? 40 : 44;
    multicast_delivers = release >= Release::v3_16;
    asks_holder = release == Release::el7 || release >= Release::v5_10;
    multicast_length = release == Release::v3_16 ? kHeader : 0;
  }

  void other_auditd(uint32_t pid) { status.pid = pid; }
  /// Another daemon starts while somebody may hold the stream: errno of its AUDIT_SET.
  int daemon_starts(uint32_t pid) {
    if (status.pid != 0 && asks_holder) {
      if (stream_) push(*stream_, record(1329, std::string(reinterpret_cast<const char*>(&pid), sizeof pid), sizeof pid));
      return EEXIST;
    }
    status.pid = pid;
    stream_ = nullptr;
    return 0;
  }
  void immutable() { status.enabled = 2; }
  /// These come before the next answer.
  void interleave_before_ack(std::string bytes, uint32_t sender = 0) {
    interleaved_.push_back({std::move(bytes), sender});
  }

  /// Sends one record to whom it belongs. A full queue costs a reader of the group its copy; it costs the audited
  /// task its sleep when the holder of the stream does not read.
  void emit(uint16_t type, const std::string& text) {
    if (status.enabled == 0) return;
    if (multicast_delivers)
      for (Socket* s : group_) push(*s, record(type, text, multicast_length ? multicast_length : kHeader + text.size()));
    if (!stream_) return;
    if (status.backlog_limit != 0 && stream_->queue.size() > status.backlog_limit) ++stalled_tasks_;
    push(*stream_, record(type, text, text.size()));
  }
  uint64_t stalled_tasks() const { return stalled_tasks_; }

  /// A netlink message with any length written into it.
  static std::string record(uint16_t type, const std::string& text, size_t length, uint32_t sequence = 0) {
    nlmsghdr head{};
    head.nlmsg_len = static_cast<uint32_t>(length);
    head.nlmsg_type = type;
    head.nlmsg_seq = sequence;
    return std::string(reinterpret_cast<const char*>(&head), sizeof head) + text;
  }

  capture::AuditStatus status;
  size_t status_bytes = sizeof(capture::AuditStatus);  ///< of the answer to AUDIT_GET; beyond the struct: zeros
  std::vector<std::string> rules;
  bool multicast_delivers = true;
  bool asks_holder = true;      ///< 4.6 and RHEL 7: before the stream is given to another
  size_t multicast_length = 0;  ///< of every record on the group, whatever it has; 0: the right one
  bool can_control = true, can_write = true;
  bool answers = true;
  bool ack_last = false;  ///< the acknowledgement overtaken by the answer
  uint32_t unknown_field = 0xFFFF;
  int questions = 0;
  int sets = 0;

 private:
  static constexpr size_t kHeader = sizeof(nlmsghdr);
  static constexpr uint16_t kGet = 1000, kSet = 1001, kAdd = 1011, kDelete = 1012, kList = 1013;

  static void push(Socket& to, std::string bytes) {
    if (to.queue.size() >= to.queue_limit) {
      ++to.drops;
      return;
    }
    to.queue.push_back({std::move(bytes), 0});
  }

  base::Status take(Socket& from, std::string_view bytes) {
    nlmsghdr head{};
    std::memcpy(&head, bytes.data(), sizeof head);
    const std::string_view payload = bytes.substr(kHeader, head.nlmsg_len - kHeader);
    ++questions;
    if (!answers) return base::Ok{};
    for (Datagram& d : interleaved_) from.queue.push_back(std::move(d));
    interleaved_.clear();
    std::vector<std::string> replies;
    const int code = obey(from, head, payload, replies);
    std::string ack(reinterpret_cast<const char*>(&code), sizeof code);
    ack.append(bytes.substr(0, kHeader));
    ack = record(NLMSG_ERROR, ack, kHeader + ack.size(), head.nlmsg_seq);
    if (!ack_last) push(from, ack);
    for (std::string& r : replies) push(from, std::move(r));
    if (ack_last) push(from, ack);
    return base::Ok{};
  }

  int obey(Socket& from, const nlmsghdr& head, std::string_view payload, std::vector<std::string>& replies) {
    const auto reply = [&](uint16_t type, const std::string& body) {
      replies.push_back(record(type, body, kHeader + body.size(), head.nlmsg_seq));
    };
    const bool is_user = head.nlmsg_type >= 1100;
    if (is_user ? !can_write : !can_control) return -EPERM;
    if (is_user) {
      emit(head.nlmsg_type, "audit(1.000:1): pid=1 msg='" + std::string(payload) + "'");
      return 0;
    }
    switch (head.nlmsg_type) {
      case kGet: {
        std::string body(reinterpret_cast<const char*>(&status), sizeof status);
        body.resize(status_bytes, '\0');
        reply(kGet, body);
        return 0;
      }
      case kSet:
        return set(from, payload);
      case kList:
        for (const std::string& rule : rules) reply(kList, rule);
        reply(NLMSG_DONE, std::string(4, '\0'));
        return 0;
      case kAdd:
      case kDelete:
        return change_rule(head.nlmsg_type == kAdd, std::string(payload));
      default:
        return -EINVAL;
    }
  }

  int set(Socket& from, std::string_view payload) {
    ++sets;
    capture::AuditStatus wanted;
    std::memcpy(static_cast<void*>(&wanted), payload.data(), std::min(payload.size(), sizeof wanted));
    if (wanted.mask & 0x1) {
      emit(1305, "audit(1.000:2): op=set audit_enabled=1 old=1 res=1");
      if (status.enabled == 2) return -EPERM;
      status.enabled = wanted.enabled;
    }
    if (wanted.mask & 0x10) {
      if (status.enabled == 2) return -EPERM;
      status.backlog_limit = wanted.backlog_limit;
    }
    if (!(wanted.mask & 0x4)) return 0;
    const bool is_other = status.pid != 0 && !stream_;
    if (wanted.pid == 0 && is_other) return -EACCES;
    if (wanted.pid != 0 && is_other && asks_holder) return -EEXIST;
    status.pid = wanted.pid;
    stream_ = wanted.pid != 0 ? &from : nullptr;
    return 0;
  }

  int change_rule(bool add, std::string rule) {
    if (status.enabled == 2) return -EPERM;
    capture::RuleHead head;
    std::string_view strings;
    if (!capture::read_rule(rule, head, strings)) return -EINVAL;
    for (uint32_t i = 0; i < head.field_count; ++i)
      if (head.fields[i] == unknown_field) return -EINVAL;
    const auto twin =
        std::find_if(rules.begin(), rules.end(), [&](const std::string& r) { return capture::same_rule(r, rule); });
    if (add && twin != rules.end()) return -EEXIST;
    if (!add && twin == rules.end()) return -ENOENT;
    if (add)
      rules.push_back(std::move(rule));
    else
      rules.erase(twin);
    return 0;
  }

  std::vector<Socket*> group_;
  Socket* stream_ = nullptr;
  std::vector<Datagram> interleaved_;
  uint64_t stalled_tasks_ = 0;
};

}  // namespace aurochs::test
