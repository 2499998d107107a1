// SPDX-License-Identifier: Apache-2.0
// Calls on sockets. The kernel copies the address that a call passed or got into the SOCKADDR record; the other end, and
// the protocol, are not in the records at all. i386 has one call for all of them, socketcall(2), whose arguments stand in
// a SOCKETCALL record: it is told like the call it stands for. Connects to unix sockets are told for listed sockets and
// those of another user only: by the key of our rule, which the kernel matched by inode, or by name.
#include <cerrno>

#include "audit/record_types.h"
#include "base/text.h"
#include "decode/fields.h"
#include "decode/sockaddr.h"
#include "normalize/parts.h"

namespace aurochs::normalize {

using audit::Key;
using decode::SocketAddress;
using event::Event;
using event::EventType;
using event::FieldId;

namespace {

constexpr uint16_t kUnspecified = 0, kLocal = 1, kInet = 2, kInet6 = 10, kNetlink = 16, kPacket = 17, kAlg = 38, kVsock = 40;
constexpr uint32_t kDnsOverTlsPort = 853;

bool is_internet(uint16_t family) { return family == kInet || family == kInet6; }

bool address_of(Source& in, const Result& result, SocketAddress& out) {
  const audit::Record* r = in.audit.find(audit::type::kSockaddr);
  const audit::Field* f = r ? r->find(Key::saddr) : nullptr;
  return f && decode::parse_sockaddr(f->raw, audit::arch_is_little_endian(result.syscall.arch), in.audit.arena, out);
}

/// ::ffff:1.2.3.4 is how a socket for both speaks IPv4.
std::string_view unmapped(const SocketAddress& a) {
  constexpr std::string_view kMapped = "::ffff:";
  if (a.family == kInet6 && base::starts_with(a.address, kMapped) && a.address.find('.') != std::string_view::npos)
    return a.address.substr(kMapped.size());
  return a.address;
}

void write_end(const SocketAddress& a, FieldId v4, FieldId v6, FieldId port, Event& out) {
  const std::string_view text = unmapped(a);
  const bool is_ipv6 = text.find(':') != std::string_view::npos;
  out.set_text_if(FieldId::net_family, a.name);
  out.set_bool(FieldId::net_is_ipv6, is_ipv6);
  out.set_text_if(is_ipv6 ? v6 : v4, text);
  out.set_number(port, a.port);
}

void write_descriptor(uint64_t fd, Event& out) {
  if (fd <= INT32_MAX) out.set_number(FieldId::net_fd, fd);
}

enum class Outcome : uint8_t { no_attempt, connected, failed };

/// A call that asks again on its way (EALREADY), comes twice (EISCONN) or never was an attempt (EBADF, EFAULT,
/// EAFNOSUPPORT) is none. An interrupted one goes on by itself, like one in progress.
Outcome outcome_of(const SyscallFacts& s) {
  if (s.success) return Outcome::connected;
  switch (s.has_exit ? -s.exit : 0) {
    case EINPROGRESS:
    case EINTR: return Outcome::connected;
    case ECONNREFUSED:
    case ETIMEDOUT:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ECONNRESET:
    case EACCES:
    case EPERM:
    case EADDRNOTAVAIL:
    case ENETDOWN:
    case EHOSTDOWN: return Outcome::failed;
    default: return Outcome::no_attempt;
  }
}

/// Addresses at which clouds tell an instance its credentials: AWS and most others; AWS by IPv6; Alibaba.
constexpr std::string_view kMetadata[] = {"169.254.169.254", "fd00:ec2::254", "100.100.100.200", "169.254.170.2"};
/// Public resolvers that speak DNS over HTTPS at port 443: Cloudflare, Google, Quad9, OpenDNS, AdGuard, Mullvad, NextDNS, Yandex.
constexpr std::string_view kDnsOverHttps[] = {
    "1.1.1.1",        "1.0.0.1",        "1.1.1.2",         "1.0.0.2",         "1.1.1.3",        "1.0.0.3",       "8.8.8.8",
    "8.8.4.4",        "9.9.9.9",        "149.112.112.112", "9.9.9.10",        "9.9.9.11",       "208.67.222.222", "208.67.220.220",
    "94.140.14.14",   "94.140.15.15",   "194.242.2.2",     "45.90.28.0",      "45.90.30.0",     "77.88.8.8",     "77.88.8.1",
    "2606:4700:4700::1111", "2606:4700:4700::1001", "2001:4860:4860::8888", "2001:4860:4860::8844", "2620:fe::fe", "2620:fe::9",
    "2620:119:35::35", "2a10:50c0::ad1:ff", "2a07:e340::2"};

template <size_t n>
bool holds(const std::string_view (&list)[n], std::string_view text) {
  for (const std::string_view one : list)
    if (one == text) return true;
  return false;
}

EventType connect_type(std::string_view address, uint32_t port, Outcome outcome) {
  if (holds(kMetadata, address)) return EventType::network_metadata_access;
  if (port == kDnsOverTlsPort || (port == 443 && holds(kDnsOverHttps, address))) return EventType::dns_over_tls;
  return outcome == Outcome::connected ? EventType::network_connect : EventType::network_connect_fail;
}

// --- unix sockets

struct Listed {
  std::string_view path;
  EventType type;
};
/// Who may write to one of these is root, or nearly so. "/var/run" is read as "/run".
constexpr Listed kListed[] = {
    {"/run/docker.sock", EventType::container_socket_access},
    {"/run/docker/containerd/containerd.sock", EventType::container_socket_access},
    {"/run/containerd/containerd.sock", EventType::container_socket_access},
    {"/run/k3s/containerd/containerd.sock", EventType::container_socket_access},
    {"/run/crio/crio.sock", EventType::container_socket_access},
    {"/run/podman/podman.sock", EventType::container_socket_access},
    {"/run/buildkit/buildkitd.sock", EventType::container_socket_access},
    {"/var/lib/lxd/unix.socket", EventType::container_socket_access},
    {"/var/lib/incus/unix.socket", EventType::container_socket_access},
    {"/run/libvirt/libvirt-sock", EventType::unix_socket_connect},
    {"/run/libvirt/virtqemud-sock", EventType::unix_socket_connect},
    {"/run/snapd.socket", EventType::unix_socket_connect},
    {"/run/systemd/private", EventType::unix_socket_connect},
    {"/run/mysqld/mysqld.sock", EventType::unix_socket_connect},
    {"/var/lib/mysql/mysql.sock", EventType::unix_socket_connect}};

/// Engines and their helpers talk to each other all the time; only from where packages put programs.
bool is_container_runtime(std::string_view exe) {
  constexpr std::string_view kPlaces[] = {"/usr/bin/", "/usr/sbin/", "/usr/libexec/", "/usr/local/bin/", "/var/lib/rancher/"};
  constexpr std::string_view kNames[] = {"dockerd", "containerd", "docker-proxy", "kubelet", "crio", "conmon", "podman", "buildkitd", "k3s"};
  bool in_place = false;
  for (const std::string_view place : kPlaces) in_place |= base::starts_with(exe, place);
  const std::string_view name = base::base_name(exe);
  return in_place && (holds(kNames, name) || base::starts_with(name, "containerd-shim"));
}

/// Where ssh-agent, gpg-agent and gnome-keyring put theirs.
bool is_agent_socket(std::string_view path) {
  return (base::starts_with(path, "/tmp/ssh-") && path.find("/agent.") != std::string_view::npos) ||
         path.find("/.ssh/agent/") != std::string_view::npos || base::ends_with(path, "/keyring/ssh") ||
         base::ends_with(path, "/S.gpg-agent.ssh") || base::ends_with(path, "/ssh-agent.socket");
}

/// The socket's owner by its PATH record is neither the real nor the effective user.
bool is_of_another_user(const Source& in) {
  const audit::Record* path = path_of_type(in.audit, "NORMAL");
  if (!path) path = path_item(in.audit, "0");  // kernel < 3.10: no nametype=
  uint64_t owner = 0, real = 0, effective = 0;
  return path && decode::number_of(path->find(Key::ouid), owner) && decode::number_of(in.syscall->find(Key::uid), real) &&
         decode::number_of(in.syscall->find(Key::euid), effective) && owner != real && owner != effective;
}

EventType unix_type(const Source& in, const Result& result, std::string_view path, std::string_view key) {
  constexpr std::string_view kVarRun = "/var/run/";
  EventType type = EventType::count_;
  for (const Listed& row : kListed)
    if (path == row.path || (base::starts_with(path, kVarRun) && path.substr(4) == row.path)) type = row.type;
  // The kernel knows the inode: a socket mounted into a container under any name is the same one.
  if (key.find("aurochs-container-socket") != std::string_view::npos) type = EventType::container_socket_access;
  if (type == EventType::container_socket_access) return is_container_runtime(result.syscall.exe) ? EventType::count_ : type;
  if (is_agent_socket(path)) return is_of_another_user(in) ? EventType::ssh_agent_socket_access : EventType::count_;
  if (key.find("aurochs-unix-socket") != std::string_view::npos) return EventType::unix_socket_connect;
  return type;
}

void write_unix(std::string_view path, Event& out) {
  out.set_text(FieldId::net_family, "local");
  out.set_text(FieldId::net_path, path);
}

void connect_unix(Source& in, Event& out, Result& result, const SocketAddress& peer) {
  const bool refused = result.syscall.has_exit && (result.syscall.exit == -EACCES || result.syscall.exit == -EPERM);
  if (peer.address.empty() || peer.is_abstract || (!result.syscall.success && !refused)) return;
  const std::string_view path = absolute_path(peer.address, working_directory(in.audit), in.audit.arena);
  const EventType type = unix_type(in, result, path, decode::text_of(*in.syscall, in.syscall->find(Key::key), in.audit.arena));
  if (type == EventType::count_) return;
  begin_act(in, out, result, type);
  write_unix(path, out);
  out.set_integer(FieldId::net_op_status, result.syscall.exit);
  write_descriptor(result.syscall.a0, out);
}

// --- kinds of sockets

EventType socket_type(uint64_t family, uint64_t type) {
  constexpr uint64_t kRaw = 3, kObsoletePacket = 10;
  switch (family) {
    case kUnspecified:
    case kLocal:
    case kNetlink: return EventType::count_;
    case kInet:
    case kInet6:
      if (type == kObsoletePacket) return EventType::network_packet_socket;  // net/socket.c turns it into AF_PACKET
      return type == kRaw ? EventType::network_raw_socket : EventType::count_;
    case kPacket: return EventType::network_packet_socket;
    case kAlg: return EventType::network_alg_socket;
    case kVsock: return EventType::network_vsock_socket;
    default: return EventType::network_unusual_socket;
  }
}

std::string_view socket_type_name(uint64_t type) {
  constexpr std::string_view kNames[] = {"", "STREAM", "DGRAM", "RAW", "RDM", "SEQPACKET", "DCCP", "", "", "", "PACKET"};
  return type < sizeof kNames / sizeof *kNames ? kNames[type] : std::string_view();
}

}  // namespace

void connect_family(Source& in, Event& out, Result& result) {
  SocketAddress peer;
  if (!in.syscall || !address_of(in, result, peer)) return;
  if (peer.family == kLocal) return connect_unix(in, out, result, peer);
  // Port 0 is how getaddrinfo asks which of its answers can be reached.
  if (!is_internet(peer.family) || !peer.has_port || peer.port == 0) return;
  const Outcome outcome = outcome_of(result.syscall);
  if (outcome == Outcome::no_attempt) return;
  begin_act(in, out, result, connect_type(unmapped(peer), peer.port, outcome));
  out.set_number(FieldId::op_status, outcome == Outcome::connected);  // in progress is no failure
  write_end(peer, FieldId::net_dst_ipv4, FieldId::net_dst_ipv6, FieldId::net_dst_port, out);
  out.set_text(FieldId::net_conn_direction, "Outbound");
  out.set_integer(FieldId::net_op_status, result.syscall.exit);
  write_descriptor(result.syscall.a0, out);
}

void accept_family(Source& in, Event& out, Result& result) {
  if (!in.syscall || !result.syscall.success || result.syscall.exit < 0) return;
  SocketAddress peer;
  // Without SOCKADDR the caller did not want to know the peer; enrich asks the socket, and drops what is not of a network.
  const bool has_peer = address_of(in, result, peer);
  if (has_peer && (!is_internet(peer.family) || !peer.has_port)) return;
  begin_act(in, out, result, EventType::network_accept);
  if (has_peer) write_end(peer, FieldId::net_src_ipv4, FieldId::net_src_ipv6, FieldId::net_src_port, out);
  out.set_text(FieldId::net_conn_direction, "Inbound");
  write_descriptor(static_cast<uint64_t>(result.syscall.exit), out);
}

void bind_family(Source& in, Event& out, Result& result) {
  SocketAddress own;
  if (!in.syscall || !result.syscall.success || !address_of(in, result, own)) return;
  if (own.family == kLocal) {
    // Abstract names come and go with every client of systemd's bus; those that listen are seen by sock_diag.
    if (own.address.empty() || own.is_abstract) return;
    begin_act(in, out, result, EventType::unix_socket_create);
    write_unix(absolute_path(own.address, working_directory(in.audit), in.audit.arena), out);
    return;
  }
  // Port 0: the kernel chooses one, as it does for every client that never binds.
  if (!is_internet(own.family) || !own.has_port || own.port == 0) return;
  begin_act(in, out, result, EventType::network_bind);
  write_end(own, FieldId::net_src_ipv4, FieldId::net_src_ipv6, FieldId::net_src_port, out);
  write_descriptor(result.syscall.a0, out);
}

void listen_family(Source& in, Event& out, Result& result) {
  if (!in.syscall || !result.syscall.success) return;
  begin_act(in, out, result, EventType::network_listen);  // which socket: enrich asks the host
  write_descriptor(result.syscall.a0, out);
}

void socket_family(Source& in, Event& out, Result& result) {
  if (!in.syscall) return;
  const SyscallFacts& s = result.syscall;
  const uint64_t kind = s.a1 & 15;  // above: SOCK_NONBLOCK, SOCK_CLOEXEC
  const EventType type = socket_type(s.a0, kind);
  if (type == EventType::count_) return;
  begin_act(in, out, result, type);  // attempts that failed too: op_status says so
  out.set_text_if(FieldId::net_family, decode::address_family_name(static_cast<uint16_t>(s.a0)));
  constexpr uint64_t kIcmp = 1, kIcmp6 = 58;
  const bool is_icmp = is_internet(static_cast<uint16_t>(s.a0)) && (s.a2 == kIcmp || s.a2 == kIcmp6);
  out.set_text_if(FieldId::net_proto, is_icmp ? std::string_view("ICMP") : socket_type_name(kind));
  out.set_integer(FieldId::op_id, static_cast<int64_t>(s.a2 & UINT32_MAX));
  if (s.success && s.exit >= 0) write_descriptor(static_cast<uint64_t>(s.exit), out);
}

void sockopt_family(Source& in, Event& out, Result& result) {
  constexpr uint64_t kSocketLevel = 1, kAttachFilter = 26, kAttachBpf = 50;
  const SyscallFacts& s = result.syscall;
  if (!in.syscall || !s.success || s.a1 != kSocketLevel || (s.a2 != kAttachFilter && s.a2 != kAttachBpf)) return;
  begin_act(in, out, result, EventType::network_socket_filter);
  out.set_integer(FieldId::op_id, static_cast<int64_t>(s.a2));
  out.set_text(FieldId::op_name, s.a2 == kAttachBpf ? "SO_ATTACH_BPF" : "SO_ATTACH_FILTER");
  write_descriptor(s.a0, out);
}

void send_family(Source& in, Event& out, Result& result) {
  SocketAddress peer;
  if (!in.syscall || !result.syscall.success || !address_of(in, result, peer)) return;
  if (!is_internet(peer.family) || !peer.has_port || peer.port == 0) return;
  begin_act(in, out, result, EventType::network_udp_send);
  write_end(peer, FieldId::net_dst_ipv4, FieldId::net_dst_ipv6, FieldId::net_dst_port, out);
  out.set_text(FieldId::net_conn_direction, "Outbound");
  if (result.syscall.exit > 0) out.set_number(FieldId::net_tx_bytes, static_cast<uint64_t>(result.syscall.exit));
  write_descriptor(result.syscall.a0, out);
}

void socketcall_family(Source& in, Event& out, Result& result) {
  struct Row {
    uint64_t number;
    Family family;
    std::string_view name;
  };
  // include/uapi/linux/net.h, SYS_*
  static constexpr Row kCalls[] = {{1, socket_family, "socket"},   {2, bind_family, "bind"},         {3, connect_family, "connect"},
                                   {4, listen_family, "listen"},   {5, accept_family, "accept"},     {11, send_family, "sendto"},
                                   {14, sockopt_family, "setsockopt"}, {16, send_family, "sendmsg"}, {18, accept_family, "accept4"}};
  const audit::Record* r = in.audit.find(audit::type::kSocketcall);
  if (!in.syscall || !r) return;
  for (const Row& row : kCalls) {
    if (row.number != result.syscall.a0) continue;
    uint64_t* const arguments[] = {&result.syscall.a0, &result.syscall.a1, &result.syscall.a2, &result.syscall.a3};
    constexpr Key kKeys[] = {Key::a0, Key::a1, Key::a2, Key::a3};
    for (size_t i = 0; i < 4; ++i) {
      *arguments[i] = 0;  // what stands there are the arguments of socketcall itself
      const bool is_there = decode::hex_of(r->find(kKeys[i]), *arguments[i]);
      if (i == 0 && !is_there) return;
    }
    row.family(in, out, result);
    if (result.has_event) out.set_text(FieldId::op_func_name, row.name);
    return;
  }
}

}  // namespace aurochs::normalize
