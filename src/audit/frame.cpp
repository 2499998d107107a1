// SPDX-License-Identifier: Apache-2.0
#include "audit/frame.h"

#include <array>

namespace aurochs::audit {
namespace {
template <class T>
void put(char* out, T v) {
  std::memcpy(out, &v, sizeof v);  // hosts that matter are little endian (x86_64, aarch64)
}
template <class T>
T get(const char* in) {
  T v;
  std::memcpy(&v, in, sizeof v);
  return v;
}
constexpr size_t kSectionHead = 8;
}  // namespace

void encode_frame_head(const Frame& f, char* out) {
  put<uint8_t>(out, static_cast<uint8_t>(f.kind));
  put<uint8_t>(out + 1, 0);
  put<uint16_t>(out + 2, f.type);
  put<uint32_t>(out + 4, static_cast<uint32_t>(f.payload.size()));
  put<int64_t>(out + 8, f.received_ms);
}

bool decode_frame(std::string_view bytes, Frame& out) {
  if (bytes.size() < kFrameHeadBytes) return false;
  const auto kind = get<uint8_t>(bytes.data());
  const auto size = get<uint32_t>(bytes.data() + 4);
  if (kind < 1 || kind > static_cast<uint8_t>(FrameKind::policy) || size != bytes.size() - kFrameHeadBytes) return false;
  out.kind = static_cast<FrameKind>(kind);
  out.type = get<uint16_t>(bytes.data() + 2);
  out.received_ms = get<int64_t>(bytes.data() + 8);
  out.payload = bytes.substr(kFrameHeadBytes);
  return true;
}

std::string_view gap_cause_name(GapCause c) {
  static constexpr std::array<std::string_view, static_cast<size_t>(GapCause::count_)> kNames = {
      "ring_full",  "socket_drops",  "kernel_lost", "truncated",    "serial_gap", "connector_drops", "snapshot_budget",
      "in_flight", "process_table", "outbox_full", "not_a_record", "jobs_full", "observer_full", "held_full", "source_drops",
      "relay_drops", "log_gap"};
  const auto i = static_cast<size_t>(c);
  return i < kNames.size() ? kNames[i] : "unknown";
}

void SectionWriter::put_head(Tag tag, size_t size) {
  char head[kSectionHead] = {static_cast<char>(tag)};
  audit::put<uint32_t>(head + 4, static_cast<uint32_t>(size));
  out_.append(head, sizeof head);
}

void SectionWriter::put(Tag tag, std::string_view bytes) {
  put_head(tag, bytes.size());
  out_.append(bytes.data(), bytes.size());
}

bool SectionReader::next(Tag& tag, std::string_view& bytes) {
  if (rest_.size() < kSectionHead) return false;
  const auto size = get<uint32_t>(rest_.data() + 4);
  if (size > rest_.size() - kSectionHead) return false;
  tag = static_cast<Tag>(rest_[0]);
  bytes = rest_.substr(kSectionHead, size);
  rest_.remove_prefix(kSectionHead + size);
  return true;
}

}  // namespace aurochs::audit
