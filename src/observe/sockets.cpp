// SPDX-License-Identifier: Apache-2.0
#include "observe/sockets.h"

#include <linux/netlink.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "base/limits.h"
#include "base/text.h"
#include "observe/socket_owners.h"

namespace aurochs::observe {

using event::EventType;
using event::FieldId;
using net::Address;

namespace {

constexpr int64_t kEveryMs = 10000;
constexpr int64_t kConnectionsMs = 60000;  // at most so often: the table of a busy host has many rows
constexpr uint32_t kDestroyGroups = 1u << 0 | 1u << 2;  // SKNLGRP_INET_TCP_DESTROY, SKNLGRP_INET6_TCP_DESTROY
constexpr uint8_t kFamilies[] = {AF_INET, AF_INET6};

struct End {
  FieldId v4, v6, port;
};
constexpr End kSource{FieldId::net_src_ipv4, FieldId::net_src_ipv6, FieldId::net_src_port};
constexpr End kDestination{FieldId::net_dst_ipv4, FieldId::net_dst_ipv6, FieldId::net_dst_port};

void write_end(event::Event& e, const End& end, const Address& a, uint16_t port) {
  char text[Address::kTextBytes];
  e.set_copy(a.is_v4() ? end.v4 : end.v6, {text, a.text(text)});
  e.set_bool(FieldId::net_is_ipv6, !a.is_v4());
  e.set_number(end.port, port);
}

bool same_port(const Port& a, const Port& b) { return a.is_same(b); }
/// Rows of one look are one a port.
const Port* find_port(const std::vector<Port>& ports, const Port& wanted) {
  const auto before = [](const Port& a, const Port& b) { return std::tie(a.protocol, a.port, a.local.bytes) < std::tie(b.protocol, b.port, b.local.bytes); };
  const auto at = std::lower_bound(ports.begin(), ports.end(), wanted, before);
  return at != ports.end() && at->is_same(wanted) ? &*at : nullptr;
}
bool same_name(const AbstractName& a, const AbstractName& b) { return a.name == b.name; }

}  // namespace

bool Port::operator<(const Port& o) const {
  return std::tie(protocol, port, local.bytes, inode) < std::tie(o.protocol, o.port, o.local.bytes, o.inode);
}

void parse_port_range(std::string_view text, uint16_t& low, uint16_t& high) {
  low = 32768;
  high = 60999;
  text = base::trim(text);
  const size_t blank = text.find_first_of(" \t");
  uint64_t from = 0, to = 0;
  if (blank == std::string_view::npos || !base::parse_u64(text.substr(0, blank), from) || !base::parse_u64(base::trim(text.substr(blank)), to)) return;
  if (from > to || to > UINT16_MAX) return;
  low = static_cast<uint16_t>(from);
  high = static_cast<uint16_t>(to);
}

std::string shown_name(std::string_view abstract) {
  while (!abstract.empty() && abstract.back() == '\0') abstract.remove_suffix(1);
  std::string out = "@";
  for (const char c : abstract) out += c ? c : '@';
  return out;
}

int64_t Connections::see(uint64_t cookie, int64_t now_ms, int64_t long_ms) {
  auto at = rows_.find(cookie);
  if (at == rows_.end()) {
    if (rows_.size() >= limits::kConnections) return 0;
    at = rows_.emplace(cookie, Row{now_ms, look_, false}).first;
  }
  Row& row = at->second;
  row.look = look_;
  const int64_t lasted_ms = now_ms - row.since_ms;
  if (row.is_told || lasted_ms <= 0 || lasted_ms < long_ms) return 0;
  row.is_told = true;
  return lasted_ms;
}

void Connections::end() {
  for (auto at = rows_.begin(); at != rows_.end();) at = at->second.look == look_ ? std::next(at) : rows_.erase(at);
}

base::Status Sockets::open(const Options& options) {
  options_ = options;
  if (auto opened = diag_.open(); !opened) return opened;
  if (options_.network_close) {
    base::UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG));
    sockaddr_nl at{};
    at.nl_family = AF_NETLINK;
    at.nl_groups = kDestroyGroups;
    if (!fd || ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) < 0)
      return base::errno_error("ends of connections (SKNLGRP_INET_TCP_DESTROY)", errno);
    buffer_.resize(limits::kSocketAnswerBytes);
    ends_ = std::move(fd);
  }
  return base::Ok{};
}

void Sockets::begin(EventType type) {
  event_.clear(type);
  event_.set_time(FieldId::event_utc_time, options_.clock->unix_ms());
}

int64_t Sockets::poll(int64_t now_ms, const Sink& sink) {
  look_at_ports(sink);
  look_at_names(sink);
  if (now_ms >= connections_due_ms_) {
    look_at_connections(now_ms, sink);
    connections_due_ms_ = now_ms + std::clamp(options_.network_long_s * 1000 / 4, kEveryMs, kConnectionsMs);
  }
  return now_ms + kEveryMs;
}

bool collect_ports(net::SockDiag& diag, const std::string& root, std::vector<Port>& out) {
  uint16_t low = 0, high = 0;
  const auto range = base::read_file(root + "/proc/sys/net/ipv4/ip_local_port_range", limits::kProcFileBytes);
  parse_port_range(range ? *range : std::string(), low, high);
  bool all = true;
  for (const uint8_t protocol : {uint8_t{IPPROTO_TCP}, uint8_t{IPPROTO_UDP}})
    for (const uint8_t family : kFamilies) {
      net::SockDiag::Query query;
      query.family = family;
      query.protocol = protocol;
      query.states = 1u << (protocol == IPPROTO_TCP ? net::kListen : net::kUnconnected);
      const bool answered = diag.inet(query, [&](const net::Socket& s) {
        const bool is_client = protocol == IPPROTO_UDP && s.local_port >= low && s.local_port <= high;
        if (s.local_port && !is_client && out.size() < limits::kPorts) out.push_back({protocol, s.local, s.local_port, s.uid, s.inode, 0, 0});
        return true;
      });
      all = all && (answered || family == AF_INET6);  // a kernel without IPv6
    }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end(), same_port), out.end());
  return all;
}

void Sockets::look_at_ports(const Sink& sink) {
  std::vector<Port> now;
  if (!collect_ports(diag_, options_.root, now)) return;  // half a look would close every port
  if (has_ground_) {
    const std::string proc = options_.root + "/proc";
    SocketOwners owners;
    each_new(ports_, now, same_port, [&](const Port& p) { owners.want(p.inode); });
    owners.find(proc);
    for (Port& p : now) {
      if (const Port* old = find_port(ports_, p)) {
        p.pid = old->pid;
        p.start_ticks = old->start_ticks;
        continue;
      }
      p.pid = owners.pid_of(p.inode);
      p.start_ticks = p.pid ? start_ticks_of(proc, p.pid) : 0;
      tell_port(EventType::network_port_opened, p, sink);
    }
    each_new(now, ports_, same_port, [&](Port gone) {
      if (gone.pid && start_ticks_of(proc, gone.pid) != gone.start_ticks) gone.pid = 0;  // ended, and its number may be another's
      tell_port(EventType::network_port_closed, gone, sink);
    });
  }
  ports_ = std::move(now);
  has_ground_ = true;
}

void Sockets::tell_port(EventType type, const Port& port, const Sink& sink) {
  begin(type);
  describe_port(event_, port);
  sink(event_);
}

void describe_port(event::Event& e, const Port& port) {
  e.set_text(FieldId::net_proto, net::protocol_name(port.protocol));
  write_end(e, kSource, port.local, port.port);
  e.set_number(FieldId::net_inode, port.inode);
  if (port.pid) e.set_number(FieldId::proc_id, static_cast<uint64_t>(port.pid));
  e.set_number(FieldId::proc_usr_fs_id, port.uid);  // the kernel keeps the fsuid that made the socket
}

void Sockets::look_at_names(const Sink& sink) {
  std::vector<AbstractName> now;
  if (!diag_.unix_listening([&](const net::UnixSocket& s) {
        if (s.is_abstract && now.size() < limits::kPorts) now.push_back({shown_name(s.name), s.inode});
        return true;
      }))
    return;
  std::sort(now.begin(), now.end());
  if (has_names_) {
    SocketOwners owners;
    each_new(names_, now, same_name, [&](const AbstractName& n) { owners.want(n.inode); });
    owners.find(options_.root + "/proc");
    each_new(names_, now, same_name, [&](const AbstractName& n) {
      begin(EventType::abstract_socket_listen);
      event_.set_text(FieldId::net_family, "local");
      event_.set_copy(FieldId::net_path, n.name);
      event_.set_number(FieldId::net_inode, n.inode);
      if (const int pid = owners.pid_of(n.inode)) event_.set_number(FieldId::proc_id, static_cast<uint64_t>(pid));
      sink(event_);
    });
  }
  names_ = std::move(now);
  has_names_ = true;
}

void Sockets::look_at_connections(int64_t now_ms, const Sink& sink) {
  struct Long {
    net::Socket socket;
    int64_t lasted_ms;
  };
  std::vector<Long> found;
  bool all = true;
  connections_.begin();
  for (const uint8_t family : kFamilies) {
    net::SockDiag::Query query;
    query.family = family;
    query.protocol = IPPROTO_TCP;
    query.states = 1u << net::kEstablished;
    query.wants_bytes = true;
    const bool answered = diag_.inet(query, [&](const net::Socket& s) {
      if (const int64_t lasted_ms = connections_.see(s.cookie, now_ms, options_.network_long_s * 1000)) found.push_back({s, lasted_ms});
      return true;
    });
    all = all && (answered || family == AF_INET6);
  }
  if (all) connections_.end();
  SocketOwners owners;
  for (const Long& l : found) owners.want(l.socket.inode);
  owners.find(options_.root + "/proc");
  for (const Long& l : found) tell_connection(EventType::network_connection_long, l.socket, l.lasted_ms, owners.pid_of(l.socket.inode), sink);
}

bool is_port_of(const std::vector<Port>& ports, const net::Socket& s) {
  return std::any_of(ports.begin(), ports.end(), [&](const Port& p) { return p.protocol == s.protocol && p.port == s.local_port; });
}

void Sockets::tell_connection(EventType type, const net::Socket& s, int64_t lasted_ms, int pid, const Sink& sink) {
  begin(type);
  describe_connection(event_, s, is_port_of(ports_, s), community_id_);
  if (lasted_ms) {
    event_.set_text_if(FieldId::net_state, net::state_name(s.state));
    event_.set_number(FieldId::net_duration, static_cast<uint64_t>(lasted_ms / 1000));
    event_.set_number(FieldId::net_inode, s.inode);
    event_.set_number(FieldId::proc_usr_fs_id, s.uid);
  }
  if (pid) event_.set_number(FieldId::proc_id, static_cast<uint64_t>(pid));
  sink(event_);
}

void describe_connection(event::Event& e, const net::Socket& s, bool inbound, crypto::CommunityId& community_id) {
  e.set_text(FieldId::net_proto, net::protocol_name(s.protocol));
  e.set_text(FieldId::net_conn_direction, inbound ? "Inbound" : "Outbound");
  write_end(e, inbound ? kDestination : kSource, s.local, s.local_port);
  write_end(e, inbound ? kSource : kDestination, s.remote, s.remote_port);
  crypto::CommunityId::Flow flow;
  flow.protocol = s.protocol;
  flow.source = s.local.raw();
  flow.destination = s.remote.raw();
  flow.source_port = s.local_port;
  flow.destination_port = s.remote_port;
  if (community_id.make(flow)) {
    e.set_text(FieldId::net_conn_community_id, community_id.hex());
    e.set_text(FieldId::net_community_id, community_id.text());
  }
  if (!s.has_bytes) return;
  e.set_number(FieldId::net_tx_bytes, s.sent);
  e.set_number(FieldId::net_rx_bytes, s.received);
}

void Sockets::take(const Sink& sink) {
  for (;;) {
    sockaddr_nl from{};
    socklen_t from_size = sizeof from;
    const ssize_t n = ::recvfrom(ends_.get(), buffer_.data(), buffer_.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
    if (n < 0 && errno == ENOBUFS) {  // the kernel does not say how many it dropped
      begin(EventType::sensor_drop);
      event_.set_text(FieldId::sensor_loss_cause, "socket_ends_full");
      event_.set_number(FieldId::event_count, 1);
      sink(event_);
      continue;
    }
    if (n <= 0) return;
    if (from.nl_pid != 0) continue;
    net::walk_messages(std::string_view(buffer_).substr(0, static_cast<size_t>(n)), 0, [&](std::string_view payload) {
      net::Socket s;
      if (net::parse_inet_diag(payload, IPPROTO_TCP, s) && s.remote_port) tell_connection(EventType::network_connection_close, s, 0, 0, sink);
      return true;
    });
  }
}

}  // namespace aurochs::observe
