// SPDX-License-Identifier: Apache-2.0
#include "enrich/host.h"

#include "base/text.h"

namespace aurochs::enrich {

using audit::Tag;

namespace {
constexpr std::string_view kBlind = "sensor_blind=";  // a field of the start alone, so no setting of every event
}

std::string host_sections(const Host& host, std::string_view how) {
  std::string out;
  audit::SectionWriter w(out);
  w.put(Tag::dev_id, base::to_string(host.identity.dev_id));
  w.put(Tag::boot_id, host.identity.boot_id);
  w.put(Tag::boot_time_ms, std::to_string(host.identity.boot_time_ms));
  w.put(Tag::ticks_per_second, std::to_string(host.identity.ticks_per_second));
  w.put(Tag::uuid_seed, std::to_string(host.uuid_seed));
  w.put(Tag::name, how);
  w.put(Tag::policy, host.policy);
  w.put(Tag::watches, host.watches);
  for (const std::string& row : host.settings.rows()) w.put(Tag::setting, row);
  if (!host.blind.empty()) w.put(Tag::setting, std::string(kBlind) + host.blind);
  return out;
}

std::string stop_sections(std::string_view why) {
  std::string out;
  audit::SectionWriter(out).put(Tag::name, why);
  return out;
}

bool read_host_frame(const audit::Frame& frame, Host& host, std::string& boot_id, std::string& how) {
  audit::SectionReader reader(frame.payload);
  Tag tag;
  std::string_view bytes;
  bool ok = true, has_id = false;
  uint64_t n = 0;
  while (reader.next(tag, bytes)) {
    switch (tag) {
      case Tag::dev_id: ok = ok && (has_id = base::parse_uuid(bytes, host.identity.dev_id)); break;
      case Tag::boot_id: boot_id = bytes; break;
      case Tag::boot_time_ms: ok = ok && base::parse_i64(bytes, host.identity.boot_time_ms); break;
      case Tag::ticks_per_second:
        ok = ok && base::parse_u64(bytes, n) && n > 0 && n <= 100000;
        host.identity.ticks_per_second = static_cast<uint32_t>(n);
        break;
      case Tag::uuid_seed: ok = ok && base::parse_u64(bytes, host.uuid_seed); break;
      case Tag::name: how = bytes; break;
      case Tag::policy: host.policy = bytes; break;
      case Tag::watches: host.watches = bytes; break;
      case Tag::setting: {
        if (base::starts_with(bytes, kBlind)) {
          host.blind = bytes.substr(kBlind.size());
          break;
        }
        const size_t equals = bytes.find('=');
        ok = ok && equals != std::string_view::npos && host.settings.set(bytes.substr(0, equals), bytes.substr(equals + 1));
        break;
      }
      default: break;
    }
  }
  host.identity.boot_id = boot_id;
  return ok && has_id;
}

std::string stop_reason(const audit::Frame& frame) {
  audit::SectionReader reader(frame.payload);
  Tag tag;
  std::string_view bytes;
  while (reader.next(tag, bytes))
    if (tag == Tag::name) return std::string(bytes);
  return {};
}

void add_sensor_settings(Settings& settings, std::string_view version) {
  (void)settings.set("sensor_type", "aurochs");
  (void)settings.set("sensor_version", version);
}

}  // namespace aurochs::enrich
