// SPDX-License-Identifier: Apache-2.0
#include "enrich/network_events.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "net/socket.h"

namespace aurochs::enrich {

using event::Event;
using event::EventType;
using event::FieldId;
using net::Address;

namespace {

constexpr int64_t kHostsEveryMs = 60000;         // /etc/hosts is read anew so often, while something connects
constexpr int64_t kForeignEveryMs = 3600 * 1000;  // a process that asks a foreign server is told so often
constexpr uint64_t kDnsPort = 53;

struct End {
  FieldId v4, v6, port;
};
constexpr End kSource{FieldId::net_src_ipv4, FieldId::net_src_ipv6, FieldId::net_src_port};
constexpr End kDestination{FieldId::net_dst_ipv4, FieldId::net_dst_ipv6, FieldId::net_dst_port};

bool address_at(const Event& e, const End& end, Address& out) {
  const std::string_view v4 = e.text(end.v4);
  return net::parse_address(v4.empty() ? e.text(end.v6) : v4, out);
}

void write_address(Event& e, const End& end, const Address& address, uint16_t port) {
  if (!address.is_unspecified() && !e.has(end.v4) && !e.has(end.v6)) {
    char text[Address::kTextBytes];
    e.set_copy(address.is_v4() ? end.v4 : end.v6, {text, address.text(text)});
    e.set_bool(FieldId::net_is_ipv6, !address.is_v4());
  }
  if (port && !e.has(end.port)) e.set_number(end.port, port);
}

bool is_internet(const state::SocketFacts& s) { return s.family == AF_INET || s.family == AF_INET6; }

/// connect() answers so for what knows a state of connection; UDP never does. Its socket may be closed by now.
bool is_stream_status(int64_t status) { return status == -EINPROGRESS || status == -ECONNREFUSED || status == -ETIMEDOUT; }

std::string_view next_word(std::string_view& line) {
  const size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return line = {};
  line.remove_prefix(begin);
  const size_t end = line.find_first_of(" \t\r");
  const std::string_view word = line.substr(0, end);
  line.remove_prefix(word.size());
  return word;
}

}  // namespace

bool NetworkEvents::take(Event& e) {
  switch (e.type()) {
    case EventType::dns_response: learn(e); return true;
    case EventType::network_connect:
    case EventType::network_connect_fail:
    case EventType::network_metadata_access:
    case EventType::dns_over_tls:
    case EventType::network_udp_send: return connect(e);
    case EventType::network_accept: return accept(e);
    case EventType::network_listen: return listen(e);
    case EventType::network_bind: bind(e); return true;
    case EventType::network_socket_filter: return filter(e);
    case EventType::network_connection_long:
    case EventType::network_connection_close: {
      Address remote;
      if (address_at(e, e.text(FieldId::net_conn_direction) == "Inbound" ? kSource : kDestination, remote)) write_name(e, remote);
      return true;
    }
    default: return true;
  }
}

bool NetworkEvents::look(Event& e, std::string_view tables, const Address* peer, uint64_t peer_port) {
  socket_ = {};
  if (!e.has(FieldId::net_fd) || !e.has(FieldId::proc_id)) return false;
  question_ = std::to_string(e.number(FieldId::net_fd));
  question_.append(" ").append(tables);
  if (peer) {
    char text[Address::kTextBytes];
    question_.append(" ").append(text, peer->text(text)).append(" ").append(std::to_string(peer_port));
  }
  if (!reader_.ask(state::Ask::socket, static_cast<int64_t>(e.number(FieldId::proc_id)), question_, answer_) || answer_.size() != sizeof socket_)
    return false;
  std::memcpy(&socket_, answer_.data(), sizeof socket_);
  return true;
}

void NetworkEvents::write_socket(Event& e) {
  if (socket_.family) e.set_number(FieldId::net_inode, socket_.inode);  // in no table: another socket may have that number by now
  if (!is_internet(socket_)) return;
  e.set_text_if(FieldId::net_proto, net::protocol_name(static_cast<uint8_t>(socket_.protocol)));
  if (!e.has(FieldId::net_family)) e.set_text(FieldId::net_family, socket_.family == AF_INET ? "inet" : "inet6");
  if (socket_.protocol == IPPROTO_TCP) e.set_text_if(FieldId::net_state, net::state_name(static_cast<uint8_t>(socket_.state)));
  const bool inbound = e.text(FieldId::net_conn_direction) == "Inbound";
  write_address(e, inbound ? kDestination : kSource, net::v6_address(socket_.local), socket_.local_port);
  write_address(e, inbound ? kSource : kDestination, net::v6_address(socket_.remote), socket_.remote_port);
}

void NetworkEvents::write_flow(Event& e) {
  Address source, destination;
  const std::string_view protocol = e.text(FieldId::net_proto);
  const uint8_t number = protocol == "TCP" ? IPPROTO_TCP : protocol == "UDP" ? IPPROTO_UDP : protocol == "SCTP" ? IPPROTO_SCTP : 0;
  if (!number || !e.has(FieldId::net_src_port) || !e.has(FieldId::net_dst_port)) return;
  if (!address_at(e, kSource, source) || !address_at(e, kDestination, destination)) return;
  crypto::CommunityId::Flow flow;
  flow.protocol = number;
  flow.source = source.raw();
  flow.destination = destination.raw();
  flow.source_port = static_cast<uint16_t>(e.number(FieldId::net_src_port));
  flow.destination_port = static_cast<uint16_t>(e.number(FieldId::net_dst_port));
  if (!community_id_.make(flow)) return;
  e.set_copy(FieldId::net_conn_community_id, community_id_.hex());
  e.set_copy(FieldId::net_community_id, community_id_.text());
}

bool NetworkEvents::connect(Event& e) {
  Address peer;
  if (!address_at(e, kDestination, peer)) return true;
  const uint64_t port = e.number(FieldId::net_dst_port);
  const int64_t status = e.integer(FieldId::net_op_status);
  const bool sends = e.type() == EventType::network_udp_send;
  // A socket that sends to whom it likes has no peer.
  if (look(e, sends ? "u" : is_stream_status(status) ? "t" : port == kDnsPort ? "ut" : "tu", sends ? nullptr : &peer, port))
    write_socket(e);
  if (!e.has(FieldId::net_proto) && is_stream_status(status)) e.set_text(FieldId::net_proto, "TCP");
  const bool is_udp = e.text(FieldId::net_proto) == "UDP";
  // No packet goes out when UDP connects: a failure is a route that is not there, asked for by getaddrinfo for every answer.
  if (is_udp && e.type() == EventType::network_connect_fail) return false;
  write_flow(e);
  write_name(e, peer);
  if (port == kDnsPort && is_foreign_server(e, peer)) {
    e.retype(EventType::dns_foreign_server);
    char text[Address::kTextBytes];
    const std::string_view address(text, peer.text(text));
    question_.assign(peer.is_v4() ? "" : "[").append(address).append(peer.is_v4() ? ":53" : "]:53");
    e.set_copy(FieldId::dns_server, question_);
  }
  if (sends) return true;
  const size_t targets = scans_.take(e.number(FieldId::proc_id), peer, static_cast<uint16_t>(port), e.integer(FieldId::event_utc_time));
  if (targets && (e.type() == EventType::network_connect || e.type() == EventType::network_connect_fail)) {
    e.retype(EventType::network_scan_outbound);
    e.set_number(FieldId::event_count, targets);
  }
  return true;
}

bool NetworkEvents::accept(Event& e) {
  Address peer;
  const bool has_peer = address_at(e, kSource, peer);
  const bool is_known = look(e, has_peer ? "t" : "to", has_peer ? &peer : nullptr, e.number(FieldId::net_src_port));
  if (!has_peer && (!is_known || !is_internet(socket_))) return false;
  if (is_known) write_socket(e);
  if (!e.has(FieldId::net_proto)) e.set_text(FieldId::net_proto, "TCP");
  write_flow(e);
  if (address_at(e, kSource, peer))
    if (const std::string* name = names_.find(peer)) e.set_copy(FieldId::net_src_hostname, *name);
  return true;
}

bool NetworkEvents::listen(Event& e) {
  if (!look(e, "lo", nullptr, 0)) return true;
  if (socket_.family && !is_internet(socket_)) return false;
  write_socket(e);
  return true;
}

void NetworkEvents::bind(Event& e) {
  // Until it listens or connects, a TCP socket stands in no table.
  if (!look(e, "ul", nullptr, 0) || socket_.local_port != e.number(FieldId::net_src_port)) return;
  write_socket(e);
}

bool NetworkEvents::filter(Event& e) {
  if (!look(e, "oul", nullptr, 0)) return true;
  // libudev and systemd put one on every netlink socket of theirs.
  if (socket_.family == AF_NETLINK || socket_.family == AF_UNIX) return false;
  if (socket_.family == AF_PACKET) e.set_text(FieldId::net_family, "packet");
  write_socket(e);
  return true;
}

void NetworkEvents::write_name(Event& e, const Address& address) {
  const int64_t now_ms = e.integer(FieldId::event_utc_time);
  if (now_ms >= hosts_due_ms_) {
    read_hosts();
    hosts_due_ms_ = now_ms + kHostsEveryMs;
  }
  const std::string* name = names_.find(address);
  if (name && !e.has(FieldId::net_dst_hostname) && e.text(FieldId::net_conn_direction) != "Inbound") e.set_copy(FieldId::net_dst_hostname, *name);
}

void NetworkEvents::put_name(const Address& address, std::string_view name) {
  constexpr size_t kNameBytes = 255;  // RFC 1035
  if (name.empty() || name.size() > kNameBytes) return;
  bool is_new = false;
  names_.put(address, is_new).assign(name);
}

void NetworkEvents::learn(const Event& response) {
  std::string_view name = response.text(FieldId::dns_rname), addresses = response.text(FieldId::dns_raddr);
  if (name.size() > 1 && name.back() == '.') name.remove_suffix(1);
  while (!addresses.empty()) {
    Address a;
    if (net::parse_address(base::next_piece(addresses, '|'), a)) put_name(a, name);
  }
}

void NetworkEvents::read_hosts() {
  if (!reader_.ask(state::Ask::hosts, 0, {}, answer_) || answer_ == hosts_) return;
  hosts_ = answer_;
  for (std::string_view rest = hosts_; !rest.empty();) {
    std::string_view line = base::next_piece(rest, '\n');
    line = line.substr(0, line.find('#'));
    Address a;
    if (!net::parse_address(next_word(line), a)) continue;
    const std::string_view name = next_word(line);
    // A list of refused names maps them all to one address of nobody.
    if (!a.is_unspecified() && !names_.find(a)) put_name(a, name);
  }
}

bool NetworkEvents::is_foreign_server(const Event& e, const Address& address) {
  if (e.type() != EventType::network_connect && e.type() != EventType::network_connect_fail && e.type() != EventType::network_udp_send) return false;
  if (address.is_loopback() || address.is_unspecified() || !reader_.ask(state::Ask::dns_servers, 0, {}, answer_)) return false;
  for (std::string_view rest = answer_; !rest.empty();) {
    Address server;
    if (net::parse_address(base::next_piece(rest, ' '), server) && server == address) return false;
  }
  bool is_new = false;
  const int64_t now_ms = e.integer(FieldId::event_utc_time);
  int64_t& told_ms = foreign_.put({e.number(FieldId::proc_id), address}, is_new);
  if (!is_new && now_ms - told_ms < kForeignEveryMs && now_ms >= told_ms) return false;
  told_ms = now_ms;
  return true;
}

}  // namespace aurochs::enrich
