// SPDX-License-Identifier: Apache-2.0
// Dns: questions and answers of this host, from a packet socket over all interfaces of its network namespace, with a filter that
// is attached before the socket is bound (dns_packet.h tells what it cannot see). Asked of every packet that the host sends or
// receives, the filter costs some ten instructions.
// Told: questions of this host and those it forwards (containers, virtual machines behind NAT), each once, however many
// interfaces it crosses and however often it is repeated; not those that others ask a server here, nor what passes a bridge.
// An answer is believed only to a question that was seen, with the same number, ports, server and name: DnsQueryFail for
// NXDOMAIN, SERVFAIL and REFUSED, else DnsResponse.
// The process is the holder of the socket (dns_asker.h), for questions of this host; one that closed its socket before
// it was looked for is not named. Packets that found no room in the socket, and TCP segments to port 53 that hold no whole
// message, are counted as losses.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "observe/dns_asker.h"
#include "observe/dns_domains.h"
#include "observe/dns_message.h"
#include "observe/dns_packet.h"
#include "observe/source.h"

namespace aurochs::observe {

/// Questions that wait for their answer, limits::kDnsQuestionMs long; a full bucket forgets its oldest.
class DnsWaiting {
 public:
  struct Question {
    std::string key;  ///< empty: free
    std::string src;
    int64_t asked_ms = 0;
    int32_t pid = 0;
    bool is_outbound = false, is_answered = false;
  };
  DnsWaiting();
  /// nullptr: not asked, or too long ago.
  Question* find(std::string_view key, int64_t now_ms);
  Question& add(std::string_view key, int64_t now_ms);

 private:
  Question* bucket(std::string_view key);
  std::vector<Question> questions_;
};

class Dns {
 public:
  enum class Way { sent, received };

  base::Status open(const Options& options);
  int fd() const { return fd_.get(); }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);
  uint64_t take_losses();

  /// Without a socket: what a test needs.
  void prepare(const Options& options);
  /// What take() does with one packet, from its IP header on.
  void hear(std::string_view bytes, Way way, int64_t now_ms, const Sink& sink);

 private:
  void hear_message(const Packet& p, std::string_view bytes, Way way, int64_t now_ms, const Sink& sink);
  void hear_question(const Packet& p, size_t size, Way way, int64_t now_ms, const Sink& sink);
  void hear_answer(const Packet& p, int64_t now_ms, const Sink& sink);
  void hear_multicast(const Packet& p, const Sink& sink);
  void put_flow(const Packet& p, std::string_view src, std::string_view dst, uint16_t src_port, uint16_t dst_port);
  void put_question(const DnsQuestion& question);
  bool listen(bool on);
  bool is_here(std::string_view address, int64_t now_ms);

  base::UniqueFd fd_;
  base::Clock* clock_ = nullptr;
  bool with_multicast_ = false, hears_ = false;
  Options options_;
  DnsMessage message_;
  DnsWaiting waiting_;
  DnsDomains domains_;
  DnsAsker asker_;
  std::vector<std::string> own_addresses_;
  int64_t own_addresses_ms_ = 0;
  event::Event event_;
  uint64_t lost_ = 0;
};

}  // namespace aurochs::observe
