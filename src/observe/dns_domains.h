// SPDX-License-Identifier: Apache-2.0
// DnsDomains: how many different names are asked below one registered domain: data that leave in names need many.
// Counted in windows of limits::kDnsWindowMs, each from a domain's first question on; told are domains with at least
// limits::kDnsTunnelNames different names. A full table gives up the domain with the fewest names. Above
// limits::kDnsNamesCounted names in all, further ones count as questions only. No clock; one thread.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_set>

#include "event/event.h"

namespace aurochs::observe {

class DnsDomains {
 public:
  /// pid 0: nobody known. name: in lower case.
  void add(std::string_view name, std::string_view server, size_t bytes, int32_t pid, int64_t now_ms);
  /// Next domain whose window is over and that is worth telling; false: none. Without a call windows do not end.
  bool next(event::Event& e, int64_t now_ms);
  bool empty() const { return domains_.empty(); }

 private:
  struct Domain {
    std::unordered_set<uint64_t> names;
    uint64_t questions = 0, bytes = 0;
    int64_t begin_ms = 0;
    int32_t pid = 0;  ///< 0 where it was not always the same
    std::string server;
  };
  using Map = std::map<std::string, Domain, std::less<>>;
  Map::iterator forget(Map::iterator domain);

  Map domains_;
  size_t names_ = 0;
};

}  // namespace aurochs::observe
