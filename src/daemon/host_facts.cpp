// SPDX-License-Identifier: Apache-2.0
#include "daemon/host_facts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <ctime>

#include "base/fd.h"
#include "base/text.h"

namespace aurochs::daemon {
namespace {

constexpr size_t kFileBytes = 4u << 20;

std::string read_or_empty(const char* path) {
  auto text = base::read_file(path, kFileBytes);
  return text ? std::move(*text) : std::string();
}

/// NAME=value or NAME="value" of os-release(5).
std::string release_value(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view line = base::trim(base::next_piece(text, '\n'));
    if (base::next_piece(line, '=') != name) continue;
    if (line.size() >= 2 && (line.front() == '"' || line.front() == '\'')) line = line.substr(1, line.size() - 2);
    return std::string(line);
  }
  return {};
}

/// A dotted name that /etc/hosts gives for the node name; the node name itself where there is none.
std::string full_name(const std::string& node) {
  if (node.find('.') != std::string::npos) return node;
  const std::string hosts = read_or_empty("/etc/hosts");
  for (std::string_view rest = hosts; !rest.empty();) {
    std::string_view line = base::next_piece(rest, '\n');
    line = line.substr(0, line.find('#'));
    std::string dotted;
    bool is_ours = false;
    while (!line.empty()) {
      const size_t end = line.find_first_of(" \t");
      const std::string_view name = line.substr(0, end);
      line = end == std::string_view::npos ? std::string_view() : line.substr(end + 1);
      is_ours = is_ours || name == node;
      if (base::starts_with(name, node + '.')) dotted = std::string(name);
    }
    if ((is_ours || !dotted.empty()) && !dotted.empty()) return dotted;
  }
  return node;
}

/// Source address of the default route: connecting a UDP socket picks the route and sends nothing.
template <class Address>
std::string source_address(int family, Address to) {
  const base::UniqueFd fd(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  socklen_t size = sizeof to;
  if (!fd || ::connect(fd.get(), reinterpret_cast<sockaddr*>(&to), size) < 0) return {};
  if (::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&to), &size) < 0) return {};
  char text[INET6_ADDRSTRLEN];
  const void* address = family == AF_INET ? static_cast<const void*>(&reinterpret_cast<sockaddr_in&>(to).sin_addr)
                                          : static_cast<const void*>(&reinterpret_cast<sockaddr_in6&>(to).sin6_addr);
  return ::inet_ntop(family, address, text, sizeof text) ? text : "";
}

std::string own_ipv4() {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_port = htons(9);
  (void)::inet_pton(AF_INET, "192.0.2.1", &a.sin_addr);  // TEST-NET-1, RFC 5737
  return source_address(AF_INET, a);
}

std::string own_ipv6() {
  sockaddr_in6 a{};
  a.sin6_family = AF_INET6;
  a.sin6_port = htons(9);
  (void)::inet_pton(AF_INET6, "2001:db8::1", &a.sin6_addr);  // RFC 3849
  return source_address(AF_INET6, a);
}

bool is_virtual() {
  const std::string vendor = read_or_empty("/sys/class/dmi/id/sys_vendor") + read_or_empty("/sys/class/dmi/id/product_name");
  for (const char* word : {"QEMU", "KVM", "VMware", "VirtualBox", "Xen", "Microsoft Corporation Virtual", "Bochs", "Amazon EC2", "OpenStack", "Parallels"})
    if (vendor.find(word) != std::string::npos) return true;
  const std::string cpu = read_or_empty("/proc/cpuinfo");
  return cpu.find(" hypervisor") != std::string::npos || ::access("/sys/hypervisor/type", F_OK) == 0;
}

std::string time_zone() {
  const time_t now = std::time(nullptr);
  tm local{};
  localtime_r(&now, &local);
  const long minutes = local.tm_gmtoff / 60;
  char out[32];
  std::snprintf(out, sizeof out, "%c%02ld:%02ld", minutes < 0 ? '-' : '+', std::labs(minutes) / 60, std::labs(minutes) % 60);
  return out;
}

std::string os_text(const utsname& u) {
  const std::string release = read_or_empty("/etc/os-release");
  std::string name = release_value(release, "PRETTY_NAME");
  for (const char* old : {"/etc/redhat-release", "/etc/altlinux-release", "/etc/SuSE-release", "/etc/astra_version"})
    if (name.empty()) {
      const std::string text = read_or_empty(old);
      name = std::string(base::trim(std::string_view(text).substr(0, text.find('\n'))));
    }
  if (name.empty()) name = "Linux";
  return name + ' ' + u.machine + " #" + u.release;
}

}  // namespace

HostFacts read_host_facts() {
  HostFacts f;
  f.boot_id = std::string(base::trim(read_or_empty("/proc/sys/kernel/random/boot_id")));
  const std::string stat = read_or_empty("/proc/stat");
  const size_t at = stat.find("\nbtime ");
  uint64_t seconds = 0;
  if (at != std::string::npos) {
    std::string_view rest = std::string_view(stat).substr(at + 7);
    if (base::parse_u64(base::next_piece(rest, '\n'), seconds)) f.boot_time_ms = static_cast<int64_t>(seconds) * 1000;
  }
  const long ticks = ::sysconf(_SC_CLK_TCK);
  if (ticks > 0) f.ticks_per_second = static_cast<uint32_t>(ticks);
  return f;
}

void add_device_settings(enrich::Settings& settings, const HostFacts& facts) {
  utsname u{};
  ::uname(&u);
  const std::string release = read_or_empty("/etc/os-release");
  auto set = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) (void)settings.set(name, value);
  };
  set("dev_fqdn", full_name(u.nodename));
  set("dev_ipv4", own_ipv4());
  set("dev_ipv6", own_ipv6());
  set("dev_os", os_text(u));
  set("dev_os_type", "linux");
  set("dev_os_family", release_value(release, "ID"));
  set("dev_os_version", release_value(release, "VERSION_ID"));
  set("dev_boot_time", std::to_string(facts.boot_time_ms));
  set("dev_isvirtual", is_virtual() ? "true" : "false");
  set("dev_time_zone", time_zone());
}

}  // namespace aurochs::daemon
