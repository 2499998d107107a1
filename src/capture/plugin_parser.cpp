// SPDX-License-Identifier: Apache-2.0
#include "capture/plugin_parser.h"

#include <cstring>

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::capture {
namespace {
using audit::Frame;
using audit::FrameKind;

constexpr size_t kBufferBytes = 4 * limits::kLineBytes;

// struct audit_dispatcher_header of libaudit.h: ver, hlen, type, size, u32 each. A later version may only append, so
// hlen may grow, and says where the data begins.
constexpr size_t kHeadBytes = 16, kLargestHead = 256;
constexpr uint32_t kPlain = 0;      // AUDISP_PROTOCOL_VER: data is "audit(...): ..."
constexpr uint32_t kFormatted = 1;  // AUDISP_PROTOCOL_VER2: data is "[node=N ]type=T msg=audit(...): ...", maybe enriched

std::string_view without_end(std::string_view text) {
  while (!text.empty() && (text.back() == '\0' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

void fill(Frame& frame, FrameKind kind, uint16_t type, std::string_view payload) {
  frame = Frame{};
  frame.kind = kind;
  frame.type = type;
  frame.payload = payload;
}
}  // namespace

PluginParser::PluginParser(PluginFormat format) : wanted_(format), format_(format), buffer_(new char[kBufferBytes]) {}

void PluginParser::restart() {
  format_ = wanted_;
  start_ = end_ = scanned_ = 0;
  is_skipping_ = has_failed_ = false;
}

char* PluginParser::room(size_t& bytes) {
  if (start_ > 0) std::memmove(buffer_.get(), buffer_.get() + start_, have());
  end_ -= start_;
  start_ = 0;
  bytes = kBufferBytes - end_;
  return buffer_.get() + end_;
}

bool PluginParser::next(Frame& frame) {
  if (has_failed_ || have() == 0) return false;
  // A header begins with its version, 0 or 1, a line with a letter.
  if (format_ == PluginFormat::detect)
    format_ = static_cast<unsigned char>(buffer_[start_]) <= kFormatted ? PluginFormat::binary : PluginFormat::text;
  return format_ == PluginFormat::text ? next_line(frame) : next_message(frame);
}

bool PluginParser::next_line(Frame& frame) {
  while (have() > 0) {
    const char* begin = buffer_.get() + start_;
    const void* found = std::memchr(begin + scanned_, '\n', have() - scanned_);
    const size_t bytes = found ? static_cast<size_t>(static_cast<const char*>(found) - begin) : have();
    if (bytes > limits::kLineBytes && !is_skipping_) {
      is_skipping_ = true;
      ++over_long_;
    }
    if (!found && !is_skipping_) {
      scanned_ = bytes;
      return false;
    }
    scanned_ = 0;
    start_ += found ? bytes + 1 : bytes;
    if (!found) return false;
    const std::string_view line(begin, bytes);
    const bool was_skipping = is_skipping_;
    is_skipping_ = false;
    if (was_skipping || line.empty()) continue;
    fill(frame, FrameKind::line, 0, line);
    return true;
  }
  return false;
}

bool PluginParser::next_message(Frame& frame) {
  if (have() < kHeadBytes) return false;
  uint32_t head[4];
  std::memcpy(head, buffer_.get() + start_, sizeof head);
  const auto [version, head_bytes, type, size] = head;
  if (version > kFormatted || head_bytes < kHeadBytes || head_bytes > kLargestHead || type > UINT16_MAX ||
      size > limits::kLineBytes) {
    has_failed_ = true;
    return false;
  }
  if (have() < head_bytes + size) return false;
  const std::string_view text = without_end({buffer_.get() + start_ + head_bytes, size});
  start_ += head_bytes + size;
  // Version 1 is whatever auditd's log_format makes of it; bare text is taken as such.
  const bool is_record = version == kPlain || base::starts_with(text, "audit(");
  fill(frame, is_record ? FrameKind::record : FrameKind::line, is_record ? static_cast<uint16_t>(type) : uint16_t{0}, text);
  return true;
}

bool PluginParser::last(Frame& frame) {
  if (format_ != PluginFormat::text || is_skipping_ || have() == 0) return false;
  fill(frame, FrameKind::line, 0, {buffer_.get() + start_, have()});
  start_ = end_;
  return true;
}

}  // namespace aurochs::capture
