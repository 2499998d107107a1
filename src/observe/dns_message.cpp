// SPDX-License-Identifier: Apache-2.0
#include "observe/dns_message.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

constexpr size_t kHeadBytes = 12, kNameBytes = 255, kLabelBytes = 63;
constexpr uint16_t kA = 1, kCname = 5, kAaaa = 28, kOpt = 41, kInternet = 1;

struct Name {
  uint16_t number;
  std::string_view name;
};
constexpr Name kTypes[] = {{1, "A"},       {2, "NS"},      {5, "CNAME"},   {6, "SOA"},     {12, "PTR"},    {13, "HINFO"},  {15, "MX"},     {16, "TXT"},
                           {17, "RP"},     {18, "AFSDB"},  {24, "SIG"},    {25, "KEY"},    {28, "AAAA"},   {29, "LOC"},    {33, "SRV"},    {35, "NAPTR"},
                           {37, "CERT"},   {39, "DNAME"},  {41, "OPT"},    {43, "DS"},     {44, "SSHFP"},  {46, "RRSIG"},  {47, "NSEC"},   {48, "DNSKEY"},
                           {50, "NSEC3"},  {51, "NSEC3PARAM"}, {52, "TLSA"}, {59, "CDS"},  {60, "CDNSKEY"}, {61, "OPENPGPKEY"}, {64, "SVCB"}, {65, "HTTPS"},
                           {99, "SPF"},    {10, "NULL"},   {249, "TKEY"},  {250, "TSIG"},  {251, "IXFR"},  {252, "AXFR"},  {255, "ANY"},   {256, "URI"}, {257, "CAA"}};
constexpr Name kRcodes[] = {{0, "NOERROR"},  {1, "FORMERR"},  {2, "SERVFAIL"}, {3, "NXDOMAIN"}, {4, "NOTIMP"},  {5, "REFUSED"}, {6, "YXDOMAIN"},
                            {7, "YXRRSET"},  {8, "NXRRSET"},  {9, "NOTAUTH"},  {10, "NOTZONE"}, {16, "BADVERS"}, {23, "BADCOOKIE"}};

template <size_t N>
std::string name_of(const Name (&table)[N], uint16_t number, const char* other) {
  for (const Name& row : table)
    if (row.number == number) return std::string(row.name);
  return other + std::to_string(number);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  size_t left() const { return bytes_.size() - at_; }
  bool number(uint16_t& out) {
    if (left() < 2) return false;
    out = static_cast<uint16_t>(byte(at_) << 8 | byte(at_ + 1));
    at_ += 2;
    return true;
  }
  bool skip(size_t n) {
    if (left() < n) return false;
    at_ += n;
    return true;
  }
  bool bytes(size_t n, std::string_view& out) {
    out = bytes_.substr(at_, n);
    return skip(n);
  }
  /// out: appended; nullptr passes over it.
  bool name(std::string* out);

 private:
  unsigned byte(size_t at) const { return static_cast<unsigned char>(bytes_[at]); }
  std::string_view bytes_;
  size_t at_ = 0;
};

void put_label(std::string_view label, std::string& out) {
  for (const char c : label) {
    if (c > ' ' && c < 0x7F && c != '.' && c != '\\') {
      out += c;
    } else {
      out += "\\x";
      base::append_hex(out, {&c, 1});
    }
  }
}

bool Reader::name(std::string* out) {
  size_t at = at_, lowest = at_, total = 1;
  bool jumped = false, first = true;
  for (;;) {
    if (at >= bytes_.size()) return false;
    const unsigned length = byte(at);
    if (length >= 0xC0) {
      if (at + 1 >= bytes_.size()) return false;
      const size_t to = (length & 0x3F) << 8 | byte(at + 1);
      if (!jumped) at_ = at + 2;
      jumped = true;
      if (to >= lowest) return false;
      at = lowest = to;
      continue;
    }
    if (length > kLabelBytes) return false;
    total += length ? length + 1 : 0;
    if (total > kNameBytes || at + 1 + length > bytes_.size()) return false;
    if (!length) break;
    if (out) {
      if (!first) *out += '.';
      put_label(bytes_.substr(at + 1, length), *out);
    }
    first = false;
    at += 1 + length;
  }
  if (out && first) *out += '.';
  if (!jumped) at_ = at + 1;
  return true;
}

void join(std::string& all, std::string_view one) {
  if (all.size() + one.size() > limits::kFieldBytes) return;
  if (!all.empty()) all += '|';
  all += one;
}

/// One record of the answer or behind it.
bool take_record(Reader& r, bool is_answer, DnsMessage& out, std::string& scratch) {
  uint16_t type = 0, klass = 0, ttl_high = 0, ttl_low = 0, size = 0;
  std::string_view data;
  if (!r.name(nullptr) || !r.number(type) || !r.number(klass) || !r.number(ttl_high) || !r.number(ttl_low) || !r.number(size)) return false;
  if (type == kOpt) out.rcode = static_cast<uint16_t>(out.rcode | (ttl_high >> 8) << 4);
  if (is_answer && type == kCname && klass == kInternet) {
    Reader target = r;
    scratch.clear();
    if (!target.name(&scratch)) return false;
    join(out.names, scratch);
  }
  if (!r.bytes(size, data)) return false;
  char text[INET6_ADDRSTRLEN];
  const int family = type == kA && size == 4 ? AF_INET : type == kAaaa && size == 16 ? AF_INET6 : 0;
  if (is_answer && klass == kInternet && family && ::inet_ntop(family, data.data(), text, sizeof text)) join(out.addresses, text);
  return true;
}

}  // namespace

bool parse_dns(std::string_view bytes, DnsMessage& out) {
  if (bytes.size() < kHeadBytes) return false;
  Reader r(bytes);
  uint16_t flags = 0, questions = 0, answers = 0, authorities = 0, additional = 0;
  (void)(r.number(out.id) && r.number(flags) && r.number(questions) && r.number(answers) && r.number(authorities) && r.number(additional));
  out.is_response = flags & 0x8000;
  out.opcode = flags >> 11 & 0xF;
  out.rcode = flags & 0xF;
  out.addresses.clear();
  out.names.clear();
  out.questions.resize(std::min<size_t>(questions, limits::kDnsQuestions));
  for (size_t i = 0; i < questions; ++i) {
    uint16_t type = 0, klass = 0;
    std::string* name = i < out.questions.size() ? &out.questions[i].name : nullptr;
    if (name) name->clear();
    if (!r.name(name) || !r.number(type) || !r.number(klass)) return false;
    if (name) out.questions[i].type = type;
  }
  const size_t records = size_t{answers} + authorities + additional;
  std::string scratch;
  for (size_t i = 0; i < std::min(records, limits::kDnsRecords); ++i)
    if (!take_record(r, i < answers, out, scratch)) break;
  return true;
}

std::string dns_type_name(uint16_t type) { return name_of(kTypes, type, "TYPE"); }
std::string dns_rcode_name(uint16_t rcode) { return name_of(kRcodes, rcode, "RCODE"); }

std::string lower_name(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view registered_domain(std::string_view name) {
  const size_t top = name.rfind('.');
  if (top == std::string_view::npos || top == 0 || name.substr(top + 1) == "arpa") return {};
  const size_t second = name.rfind('.', top - 1);
  if (second == std::string_view::npos) return name;
  const bool is_category = name.size() - top - 1 == 2 && top - second - 1 <= 3;
  if (!is_category || second == 0) return name.substr(second + 1);
  const size_t third = name.rfind('.', second - 1);
  return third == std::string_view::npos ? name : name.substr(third + 1);
}

}  // namespace aurochs::observe
