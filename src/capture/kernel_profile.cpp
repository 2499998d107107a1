// SPDX-License-Identifier: Apache-2.0
#include "capture/kernel_profile.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "audit/record_types.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "capture/rule_parser.h"

namespace aurochs::capture {

namespace {

constexpr unsigned kCapAuditWrite = 29, kCapAuditControl = 30, kCapAuditRead = 37;
// Fixed since kernel 3.8 (include/linux/proc_ns.h).
constexpr std::string_view kFirstUserNs = "user:[4026531837]", kFirstPidNs = "pid:[4026531836]";
constexpr std::string_view kFirstNetNs = "net:[4026531833]";  // 6.18; below every number that is given out later

std::string read_small(const std::string& path) {
  auto text = base::read_file(path, limits::kProcFileBytes);
  return text ? std::move(*text) : std::string();
}

uint64_t effective_capabilities(const std::string& status) {
  constexpr std::string_view kLabel = "\nCapEff:";
  const size_t at = status.find(kLabel);
  if (at == std::string::npos) return 0;
  std::string_view rest = std::string_view(status).substr(at + kLabel.size());
  uint64_t bits = 0;
  return base::parse_hex_u64(base::trim(base::next_piece(rest, '\n')), bits) ? bits : 0;
}

std::string link_text(const std::string& path) {
  std::array<char, 64> text{};
  const ssize_t n = ::readlink(path.c_str(), text.data(), text.size());
  return n > 0 ? std::string(text.data(), static_cast<size_t>(n)) : std::string();
}

Answer is_link(const std::string& path, std::string_view wanted) {
  const std::string text = link_text(path);
  if (text.empty()) return Answer::unknown;
  return text == wanted ? Answer::yes : Answer::no;
}

/// Kernel < 6.18: the number of the first net namespace is not fixed; process 1 is in it, unless we are in a container.
Answer is_first_net(const std::string& proc, Answer first_pid) {
  if (is_link(proc + "/self/ns/net", kFirstNetNs) == Answer::yes) return Answer::yes;
  const std::string first = link_text(proc + "/1/ns/net");
  if (first.empty() || first_pid != Answer::yes) return Answer::unknown;
  return is_link(proc + "/self/ns/net", first);
}

/// A record on the group: it need not be the one that we caused. The socket is registered for nothing else, and
/// only the kernel sends from port 0.
base::Result<bool> hears_the_kernel(Transport& group, base::Clock& clock, int64_t deadline_ms) {
  std::array<char, 64> buffer;
  for (;;) {
    const int64_t left = deadline_ms - clock.monotonic_ms();
    uint32_t sender = 1;
    if (left <= 0) return false;
    const auto size = group.recv(buffer.data(), buffer.size(), sender, static_cast<int>(left));
    if (!size && size.error().code == ENOBUFS) return true;
    if (!size && size.error().code != EINTR) return size.error();
    if (size && *size == 0) return false;
    if (size && sender == 0) return true;
  }
}

}  // namespace

base::Result<KernelProfile> probe_kernel(AuditControl& control, const std::string& proc) {
  const auto status = control.status();
  if (!status) return status.error();
  KernelProfile out;
  out.machine = this_machine();
  out.status = *status;
  if (status->pid != 0) out.holder_comm = base::trim(read_small(proc + "/" + std::to_string(status->pid) + "/comm"));
  const uint64_t capabilities = effective_capabilities(read_small(proc + "/self/status"));
  out.can_read = capabilities >> kCapAuditRead & 1;
  out.can_write = capabilities >> kCapAuditWrite & 1;
  out.can_control = capabilities >> kCapAuditControl & 1;
  out.first_user_namespace = is_link(proc + "/self/ns/user", kFirstUserNs);
  out.first_pid_namespace = is_link(proc + "/self/ns/pid", kFirstPidNs);
  out.first_net_namespace = is_first_net(proc, out.first_pid_namespace);
  return out;
}

base::Result<bool> multicast_works(AuditControl& control, Transport& group, base::Clock& clock) {
  const int64_t start = clock.monotonic_ms();
  const auto sent = control.send_user_message(audit::type::kTrustedApp, "op=aurochs-probe res=success");
  if (!sent && sent.error().code == ETIMEDOUT) return sent.error();
  if (sent) {
    // Half of the time: a rule on the exclude list may swallow the message.
    const auto heard = hears_the_kernel(group, clock, start + limits::kProbeTimeoutMs / 2);
    if (!heard || *heard) return heard;
  }
  // Setting enabled to what it is leaves a CONFIG_CHANGE record, refused (enabled=2) or not.
  const auto status = control.status();
  if (!status) return status.error();
  const auto set = control.set_enabled(status->enabled);
  if (!set && set.error().code == ETIMEDOUT) return set.error();
  return hears_the_kernel(group, clock, start + limits::kProbeTimeoutMs);
}

}  // namespace aurochs::capture
