// SPDX-License-Identifier: Apache-2.0
#include "observe/dns_domains.h"

#include <algorithm>
#include <functional>

#include "base/limits.h"
#include "observe/dns_message.h"

namespace aurochs::observe {
using event::FieldId;

DnsDomains::Map::iterator DnsDomains::forget(Map::iterator domain) {
  names_ -= domain->second.names.size();
  return domains_.erase(domain);
}

void DnsDomains::add(std::string_view name, std::string_view server, size_t bytes, int32_t pid, int64_t now_ms) {
  const std::string_view domain = registered_domain(name);
  if (domain.empty() || domain == name) return;
  auto at = domains_.find(domain);
  if (at == domains_.end()) {
    const auto by_names = [](const auto& a, const auto& b) { return a.second.names.size() < b.second.names.size(); };
    if (domains_.size() >= limits::kDnsDomains) forget(std::min_element(domains_.begin(), domains_.end(), by_names));
    at = domains_.emplace(domain, Domain()).first;
    at->second.begin_ms = now_ms;
    at->second.pid = pid;
    at->second.server = server;
  }
  Domain& d = at->second;
  ++d.questions;
  d.bytes += bytes;
  if (d.pid != pid) d.pid = 0;
  if (d.server != server) d.server.clear();
  if (names_ < limits::kDnsNamesCounted) names_ += d.names.insert(std::hash<std::string_view>()(name)).second;
}

bool DnsDomains::next(event::Event& e, int64_t now_ms) {
  for (auto at = domains_.begin(); at != domains_.end();) {
    const Domain& d = at->second;
    if (now_ms - d.begin_ms < limits::kDnsWindowMs) {
      ++at;
      continue;
    }
    const bool is_told = d.names.size() >= limits::kDnsTunnelNames;
    if (is_told) {
      e.clear(event::EventType::dns_tunnel_stat);
      e.set_copy(FieldId::dns_rname, at->first);
      e.set_number(FieldId::event_count, d.questions);
      e.set_number(FieldId::dns_labels, d.names.size());
      e.set_number(FieldId::net_tx_bytes, d.bytes);
      e.set_number(FieldId::net_duration, static_cast<uint64_t>(limits::kDnsWindowMs / 1000));
      if (!d.server.empty()) e.set_copy(FieldId::dns_server, d.server);
      if (d.pid) e.set_number(FieldId::proc_id, static_cast<uint64_t>(d.pid));
    }
    at = forget(at);
    if (is_told) return true;
  }
  return false;
}

}  // namespace aurochs::observe
