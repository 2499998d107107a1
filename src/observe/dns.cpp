// SPDX-License-Identifier: Apache-2.0
#include "observe/dns.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

#include "base/limits.h"

namespace aurochs::observe {
namespace {
using event::EventType;
using event::FieldId;

constexpr size_t kBucket = 4;
constexpr int kPacketsAtOnce = 512;
constexpr int64_t kLookMs = 5000, kOwnAddressesMs = 10000;
constexpr uint16_t kServfail = 2, kNxdomain = 3, kRefused = 5;

net::Address address(std::string_view bytes) { return bytes.size() == 4 ? net::v4_address(bytes.data()) : net::v6_address(bytes.data()); }

std::string address_of(std::string_view bytes) {
  char text[net::Address::kTextBytes];
  return std::string(text, address(bytes).text(text));
}

std::string server_text(std::string_view address, uint16_t port) {
  const std::string text = address_of(address);
  return (address.size() == 4 ? text : "[" + text + "]") + ":" + std::to_string(port);
}

/// Without the client's address: it is another one behind NAT, for the same question.
std::string key_of(const DnsMessage& m, bool is_tcp, uint16_t client_port, std::string_view server, uint16_t server_port) {
  std::string key;
  for (const uint16_t n : {m.id, client_port, server_port, m.questions[0].type, static_cast<uint16_t>(is_tcp)}) key.append({static_cast<char>(n >> 8), static_cast<char>(n)});
  return key.append(server).append(lower_name(m.questions[0].name));
}

std::vector<std::string> read_own_addresses() {
  std::vector<std::string> out;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) < 0) return out;
  for (const ifaddrs* one = all; one; one = one->ifa_next) {
    if (!one->ifa_addr) continue;
    if (one->ifa_addr->sa_family == AF_INET)
      out.emplace_back(reinterpret_cast<const char*>(&reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr), 4);
    else if (one->ifa_addr->sa_family == AF_INET6)
      out.emplace_back(reinterpret_cast<const char*>(&reinterpret_cast<const sockaddr_in6*>(one->ifa_addr)->sin6_addr), 16);
  }
  ::freeifaddrs(all);
  return out;
}

}  // namespace

DnsWaiting::DnsWaiting() : questions_(limits::kDnsQuestionsWaiting) {
  static_assert(limits::kDnsQuestionsWaiting % kBucket == 0);
}

DnsWaiting::Question* DnsWaiting::bucket(std::string_view key) {
  return &questions_[std::hash<std::string_view>()(key) % (questions_.size() / kBucket) * kBucket];
}

DnsWaiting::Question* DnsWaiting::find(std::string_view key, int64_t now_ms) {
  Question* const q = bucket(key);
  for (size_t i = 0; i < kBucket; ++i)
    if (q[i].key == key && now_ms - q[i].asked_ms < limits::kDnsQuestionMs) return &q[i];
  return nullptr;
}

DnsWaiting::Question& DnsWaiting::add(std::string_view key, int64_t now_ms) {
  Question* const q = bucket(key);
  Question* oldest = std::min_element(q, q + kBucket, [](const Question& a, const Question& b) { return a.asked_ms < b.asked_ms; });
  for (size_t i = 0; i < kBucket; ++i)
    if (q[i].key.empty() || q[i].is_answered) oldest = &q[i];
  oldest->key = key;
  oldest->asked_ms = now_ms;
  oldest->is_answered = false;
  return *oldest;
}

void Dns::prepare(const Options& options) {
  clock_ = options.clock;
  with_multicast_ = options.dns_multicast;
  options_ = options;
  asker_ = DnsAsker(options.root);
}

base::Status Dns::open(const Options& options) {
  prepare(options);
  if (!options.dns) return base::Ok{};
  // Protocol 0: nothing comes before the filter is there. ETH_P_ALL afterwards: what the host sends goes to such sockets only.
  base::UniqueFd fd(::socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return base::errno_error("packet socket for DNS", errno);
  const int size = limits::kObserverSocketBytes;
  if (::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) (void)::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  fd_ = std::move(fd);
  if (!listen(true)) {
    const int code = errno;
    fd_.reset();
    return base::errno_error("filter for DNS", code);
  }
  sockaddr_ll all{};
  all.sll_family = AF_PACKET;
  all.sll_protocol = htons(ETH_P_ALL);
  if (::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&all), sizeof all) < 0) {
    const int code = errno;
    fd_.reset();
    return base::errno_error("packet socket for DNS", code);
  }
  return base::Ok{};
}

/// Off: a filter that lets nothing through; what is dropped so is no loss.
bool Dns::listen(bool on) {
  std::vector<sock_filter> filter = on ? dns_filter(with_multicast_) : std::vector<sock_filter>{BPF_STMT(BPF_RET | BPF_K, 0)};
  const sock_fprog program{static_cast<unsigned short>(filter.size()), filter.data()};
  if (::setsockopt(fd_.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) < 0) return false;
  hears_ = on;
  return true;
}

void Dns::take(const Sink& sink) {
  char bytes[limits::kDnsPacketBytes];
  const int64_t now_ms = clock_->monotonic_ms();
  for (int i = 0; i < kPacketsAtOnce; ++i) {
    sockaddr_ll from{};
    socklen_t from_size = sizeof from;
    const ssize_t n = ::recvfrom(fd_.get(), bytes, sizeof bytes, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &from_size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return;
    const bool is_sent = from.sll_pkttype == PACKET_OUTGOING;
    // The loopback shows each packet twice. Packets for others are those of a bridge or a promiscuous card.
    if (!is_sent && (from.sll_hatype == ARPHRD_LOOPBACK || from.sll_pkttype != PACKET_HOST)) continue;
    hear({bytes, static_cast<size_t>(n)}, is_sent ? Way::sent : Way::received, now_ms, sink);
  }
}

int64_t Dns::poll(int64_t now_ms, const Sink& sink) {
  if (fd_ && hears_ == options_.polls(Polling::network)) (void)listen(!hears_);
  while (domains_.next(event_, now_ms)) sink(event_);
  tpacket_stats stats{};
  socklen_t size = sizeof stats;
  if (fd_ && ::getsockopt(fd_.get(), SOL_PACKET, PACKET_STATISTICS, &stats, &size) == 0) lost_ += stats.tp_drops;
  return fd_ ? now_ms + kLookMs : INT64_MAX;
}

uint64_t Dns::take_losses() { return std::exchange(lost_, 0); }

bool Dns::is_here(std::string_view address, int64_t now_ms) {
  if (own_addresses_.empty() || now_ms - own_addresses_ms_ >= kOwnAddressesMs) {
    own_addresses_ = read_own_addresses();
    own_addresses_ms_ = now_ms;
  }
  return std::find(own_addresses_.begin(), own_addresses_.end(), address) != own_addresses_.end();
}

void Dns::hear(std::string_view bytes, Way way, int64_t now_ms, const Sink& sink) {
  Packet p;
  if (!parse_packet(bytes, p) || p.payload.empty()) return;
  if (p.dst_port == kMdnsPort || p.dst_port == kLlmnrPort) {
    if (with_multicast_ && way == Way::sent && !p.is_tcp) hear_multicast(p, sink);
    return;
  }
  if (p.src_port != kDnsPort && p.dst_port != kDnsPort) return;
  if (!p.is_tcp) return hear_message(p, p.payload, way, now_ms, sink);
  std::string_view rest = p.payload, message;
  while (next_tcp_message(rest, message)) hear_message(p, message, way, now_ms, sink);
  lost_ += !rest.empty() && p.dst_port == kDnsPort && way == Way::sent;
}

void Dns::hear_message(const Packet& p, std::string_view bytes, Way way, int64_t now_ms, const Sink& sink) {
  if (!parse_dns(bytes, message_) || message_.opcode != 0 || message_.questions.empty()) return;
  if (message_.is_response && p.src_port == kDnsPort) return hear_answer(p, now_ms, sink);
  if (!message_.is_response && p.dst_port == kDnsPort) hear_question(p, bytes.size(), way, now_ms, sink);
}

void Dns::put_flow(const Packet& p, std::string_view src, std::string_view dst, uint16_t src_port, uint16_t dst_port) {
  event_.set_text(FieldId::net_proto, p.is_tcp ? "TCP" : "UDP");
  event_.set_bool(FieldId::net_is_ipv6, p.is_ipv6);
  event_.set_copy(p.is_ipv6 ? FieldId::net_src_ipv6 : FieldId::net_src_ipv4, address_of(src));
  event_.set_copy(p.is_ipv6 ? FieldId::net_dst_ipv6 : FieldId::net_dst_ipv4, address_of(dst));
  event_.set_number(FieldId::net_src_port, src_port);
  event_.set_number(FieldId::net_dst_port, dst_port);
}

void Dns::put_question(const DnsQuestion& question) {
  event_.set_copy(FieldId::dns_rname, question.name);
  event_.set_copy(FieldId::dns_rtype, dns_type_name(question.type));
  event_.set_number(FieldId::dns_id, message_.id);
}

void Dns::hear_question(const Packet& p, size_t size, Way way, int64_t now_ms, const Sink& sink) {
  if (way == Way::received && is_here(p.dst, now_ms)) return;
  const std::string key = key_of(message_, p.is_tcp, p.src_port, p.dst, p.dst_port);
  if (waiting_.find(key, now_ms)) return;
  DnsWaiting::Question& question = waiting_.add(key, now_ms);
  question.src = p.src;
  question.is_outbound = way == Way::sent;
  question.pid = way == Way::sent ? asker_.find({p.is_ipv6, p.is_tcp, address(p.src), address(p.dst), p.src_port, p.dst_port}, now_ms) : 0;
  const std::string server = server_text(p.dst, p.dst_port);
  domains_.add(lower_name(message_.questions[0].name), server, size, question.pid, now_ms);
  event_.clear(EventType::dns_query);
  put_question(message_.questions[0]);
  put_flow(p, p.src, p.dst, p.src_port, p.dst_port);
  event_.set_copy(FieldId::dns_server, server);
  if (question.is_outbound) event_.set_text(FieldId::net_conn_direction, "Outbound");
  if (question.pid) event_.set_number(FieldId::proc_id, static_cast<uint64_t>(question.pid));
  sink(event_);
}

void Dns::hear_answer(const Packet& p, int64_t now_ms, const Sink& sink) {
  DnsWaiting::Question* const question = waiting_.find(key_of(message_, p.is_tcp, p.dst_port, p.src, p.src_port), now_ms);
  if (!question || question->is_answered) return;
  question->is_answered = true;
  const bool is_failure = message_.rcode == kNxdomain || message_.rcode == kServfail || message_.rcode == kRefused;
  event_.clear(is_failure ? EventType::dns_query_fail : EventType::dns_response);
  put_question(message_.questions[0]);
  put_flow(p, question->src, p.src, p.dst_port, p.src_port);
  event_.set_copy(FieldId::dns_server, server_text(p.src, p.src_port));
  event_.set_copy(FieldId::dns_rcode, dns_rcode_name(message_.rcode));
  if (!message_.addresses.empty()) event_.set_copy(FieldId::dns_raddr, message_.addresses);
  if (!message_.names.empty()) event_.set_copy(FieldId::dns_rcname, message_.names);
  if (question->is_outbound) event_.set_text(FieldId::net_conn_direction, "Outbound");
  if (question->pid) event_.set_number(FieldId::proc_id, static_cast<uint64_t>(question->pid));
  sink(event_);
}

void Dns::hear_multicast(const Packet& p, const Sink& sink) {
  if (!parse_dns(p.payload, message_) || message_.is_response || message_.opcode != 0) return;
  for (const DnsQuestion& question : message_.questions) {
    event_.clear(EventType::dns_multicast_query);
    put_question(question);
    put_flow(p, p.src, p.dst, p.src_port, p.dst_port);
    event_.set_text(FieldId::net_conn_direction, "Outbound");
    sink(event_);
  }
}

}  // namespace aurochs::observe
