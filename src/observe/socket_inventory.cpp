// SPDX-License-Identifier: Apache-2.0
#include "observe/socket_inventory.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/limits.h"
#include "observe/socket_owners.h"

namespace aurochs::observe {

using event::EventType;
using event::FieldId;

namespace {

constexpr int64_t kIdleMs = 1000, kTellMs = 100, kLooksAPoll = 3;
constexpr size_t kTellAtOnce = 50;

bool is_before(const net::Socket& a, const net::Socket& b) { return a.cookie < b.cookie; }
bool same_port(const Port& a, const Port& b) { return a.is_same(b); }

}  // namespace

base::Status SocketInventory::open(const Options& options) {
  options_ = options;
  return diag_.open();
}

bool SocketInventory::collect_connections(std::vector<net::Socket>& out) {
  bool all = true;
  for (const uint8_t protocol : {uint8_t{IPPROTO_TCP}, uint8_t{IPPROTO_UDP}})
    for (const uint8_t family : {uint8_t{AF_INET}, uint8_t{AF_INET6}}) {
      net::SockDiag::Query query;
      query.family = family;
      query.protocol = protocol;
      query.states = 1u << net::kEstablished;
      query.wants_bytes = true;
      const bool answered = diag_.inet(query, [&](const net::Socket& s) {
        if (s.remote_port) out.push_back(s);
        return out.size() < limits::kConnections;
      });
      all = all && (answered || family == AF_INET6);
    }
  std::sort(out.begin(), out.end(), is_before);
  if (out.size() > limits::kPolledConnections) {  // the oldest: they stay the same from look to look
    lost_ += out.size() - limits::kPolledConnections;
    out.resize(limits::kPolledConnections);
  }
  return all;
}

void SocketInventory::look() {
  std::vector<Port> ports;
  std::vector<net::Socket> connections;
  // Half a look would tell that everything went.
  if (!collect_ports(diag_, options_.root, ports) || !collect_connections(connections)) return;
  const char* const added = connections_.empty() && ports_.empty() ? "Snapshot" : "Added";
  const size_t first = news_.size();
  each_new(ports_, ports, same_port, [&](const Port& p) { news_.push_back({added, true, {}, p}); });
  std::vector<net::Socket> changed;
  std::set_difference(connections.begin(), connections.end(), connections_.begin(), connections_.end(), std::back_inserter(changed), is_before);
  for (const net::Socket& s : changed) news_.push_back({added, false, s, {}});
  SocketOwners owners;
  for (size_t i = first; i < news_.size(); ++i) owners.want(news_[i].is_port ? news_[i].port.inode : news_[i].socket.inode);
  owners.find(options_.root + "/proc");
  for (size_t i = first; i < news_.size(); ++i) news_[i].port.pid = owners.pid_of(news_[i].is_port ? news_[i].port.inode : news_[i].socket.inode);
  each_new(ports, ports_, same_port, [&](const Port& p) { news_.push_back({"Removed", true, {}, p}); });
  changed.clear();
  std::set_difference(connections_.begin(), connections_.end(), connections.begin(), connections.end(), std::back_inserter(changed), is_before);
  for (const net::Socket& s : changed) news_.push_back({"Removed", false, s, {}});
  connections_ = std::move(connections);
  ports_ = std::move(ports);
}

void SocketInventory::tell(const News& news, const Sink& sink) {
  event_.clear(news.is_port ? EventType::network_port_open_info : EventType::network_connection_info);
  event_.set_time(FieldId::event_utc_time, options_.clock->unix_ms());
  event_.set_text(FieldId::inventory_op_type, news.op);
  if (news.is_port) {
    describe_port(event_, news.port);
  } else {
    describe_connection(event_, news.socket, is_port_of(ports_, news.socket), community_id_);
    event_.set_number(FieldId::net_inode, news.socket.inode);
    event_.set_number(FieldId::proc_usr_fs_id, news.socket.uid);
    if (news.port.pid) event_.set_number(FieldId::proc_id, static_cast<uint64_t>(news.port.pid));
  }
  sink(event_);
}

void SocketInventory::forget() {
  is_on_ = false;
  news_.clear();
  connections_ = {};
  ports_ = {};
}

int64_t SocketInventory::poll(int64_t now_ms, const Sink& sink) {
  if (!options_.polls(Polling::network)) {
    if (is_on_) forget();
    return now_ms + kIdleMs;
  }
  if (!is_on_ || now_ms >= next_look_ms_) {
    is_on_ = true;
    next_look_ms_ = now_ms + options_.poll_s * 1000 * kLooksAPoll;
    if (news_.empty()) look();  // else the host changes faster than it may be told
  }
  for (size_t i = 0; i < kTellAtOnce && !news_.empty(); ++i, news_.pop_front()) tell(news_.front(), sink);
  return now_ms + (news_.empty() ? std::min(kIdleMs, next_look_ms_ - now_ms) : kTellMs);
}

}  // namespace aurochs::observe
