// SPDX-License-Identifier: Apache-2.0
// FileEvents' look at a file that has been written: what it is now.
#include <algorithm>

#include "audit/frame.h"
#include "base/limits.h"
#include "base/text.h"
#include "enrich/file_caps.h"
#include "enrich/file_events.h"

namespace aurochs::enrich {

using event::Event;
using event::EventType;
using event::FieldId;

namespace {

using namespace std::string_view_literals;

struct Magic {
  size_t offset;
  std::string_view bytes;
};
constexpr Magic kArchives[] = {
    {0, "PK\x03\x04"sv}, {0, "\x1f\x8b\x08"sv}, {0, "BZh"sv}, {0, "\xfd""7zXZ\0"sv}, {0, "7z\xbc\xaf\x27\x1c"sv}, {0, "Rar!\x1a\x07"sv},
    {0, "\x28\xb5\x2f\xfd"sv}, {0, "\x04\x22\x4d\x18"sv}, {257, "ustar"sv}, {0, "070701"sv}, {0, "070702"sv}, {0, "070707"sv},
    {0, "MSCF"sv}, {0, "!<arch>\n"sv}, {0, "LZIP"sv}};

bool is_archive(std::string_view head) {
  return std::any_of(std::begin(kArchives), std::end(kArchives), [&](const Magic& m) {
    return head.size() >= m.offset + m.bytes.size() && head.substr(m.offset, m.bytes.size()) == m.bytes;
  });
}

bool is_program(std::string_view head) { return base::starts_with(head, "\x7f""ELF") || base::starts_with(head, "#!"); }

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<uint8_t>(c);
    if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (c == '\\')
      out += "\\\\";
    else if (byte < 0x20 || byte == 0x7f) {
      constexpr std::string_view kDigits = "0123456789abcdef";  // as repair_utf8 writes them
      out += "\\x";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
}

}  // namespace

bool is_package_manager(std::string_view image) {
  static constexpr std::string_view kNames[] = {"dpkg", "dpkg-deb", "apt", "apt-get", "aptitude", "rpm", "yum", "dnf", "dnf5", "dnf-3", "microdnf",
                                                "zypper", "packagekitd", "pacman", "apk", "snapd", "snap-update-ns", "rpm-ostree", "dpkg-divert"};
  static constexpr std::string_view kPlaces[] = {"/usr/bin/", "/bin/", "/usr/sbin/", "/sbin/", "/usr/libexec/", "/usr/lib/snapd/"};
  const std::string_view name = base::base_name(image), place = image.substr(0, image.size() - name.size());
  return std::find(std::begin(kPlaces), std::end(kPlaces), place) != std::end(kPlaces) &&
         std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
}

void FileEvents::read_parameter(Event& e, const Held& h) {
  if (!reader_.ask(state::Ask::head, 0, h.path, answer_)) return;
  audit::SectionReader reader(answer_);
  audit::Tag tag;
  std::string_view bytes;
  while (reader.next(tag, bytes))
    if (tag == audit::Tag::value) e.set_copy(FieldId::sysctl_value, bytes);
}

void FileEvents::read_caps(Event& e, const event::FileDetails& d, int64_t root) {
  if (!reader_.ask(state::Ask::head, root, e.text(FieldId::file_path), answer_)) return;
  audit::SectionReader reader(answer_);
  audit::Tag tag;
  std::string_view bytes;
  FileCaps caps;
  while (reader.next(tag, bytes)) {
    if (tag != audit::Tag::capability || !parse_file_caps(bytes, caps)) continue;
    if (d.has_caps_before && d.caps_before == caps.permitted) return;  // some other attribute of that size
    scratch_.clear();
    append_caps(scratch_, caps);
    e.set_copy(FieldId::file_caps, scratch_);
    e.retype(EventType::file_capability_set);
    return;
  }
}

void FileEvents::read_head(Event& e, const Held& h, const state::FileStat& s) {
  if (!reader_.ask(state::Ask::head, h.root, h.path, answer_)) return;
  audit::SectionReader reader(answer_);
  audit::Tag tag;
  std::string_view bytes, head;
  while (reader.next(tag, bytes))
    if (tag == audit::Tag::magic) head = bytes;
  if (head.empty()) return;
  const bool runs = is_program(head), is_packed = is_archive(head);
  // A secret stays where it is: content is told only of what anybody may read, or of programs and archives.
  constexpr uint32_t kAnybodyReads = 04;
  if (runs || is_packed || s.mode & kAnybodyReads) {
    scratch_.clear();
    base::append_hex(scratch_, head.substr(0, limits::kMagicBytes));
    e.set_copy(FieldId::file_magic, scratch_);
    scratch_.clear();
    append_escaped(scratch_, base::cut_utf8(head, limits::kFileDataBytes));
    e.set_text(FieldId::file_data, base::repair_utf8(e.arena().copy(scratch_), e.arena()));
  }
  const bool is_plain = e.type() == EventType::file_create || e.type() == EventType::file_modify;
  if (!is_plain || is_package_manager(e.text(FieldId::proc_file_tgt_path))) return;
  if (runs || (h.starts_empty && s.mode & 0111))
    e.retype(EventType::file_executable_drop);
  else if (is_packed && h.starts_empty)
    e.retype(EventType::file_archive_create);
}

void FileEvents::read_package(Event& e, const Held& h) {
  if (!reader_.ask(state::Ask::content, h.root, h.path, answer_)) return;
  audit::SectionReader reader(answer_);
  audit::Tag tag;
  std::string_view bytes;
  while (reader.next(tag, bytes)) {
    if (tag == audit::Tag::package) e.set_copy(FieldId::file_app_productname, bytes);
    if (tag == audit::Tag::package_version && !bytes.empty()) e.set_copy(FieldId::file_app_version, bytes);
  }
}

void FileEvents::write_digests(Event& e, const Digests& d) {
  auto set = [&](FieldId field, bool has, const uint8_t* bytes, size_t size) {
    if (!has) return;
    scratch_.clear();
    base::append_hex(scratch_, {reinterpret_cast<const char*>(bytes), size});
    e.set_copy(field, scratch_);
  };
  set(FieldId::file_md5, d.has_md5, d.md5, sizeof d.md5);
  set(FieldId::file_sha1, d.has_sha1, d.sha1, sizeof d.sha1);
  set(FieldId::file_sha256, d.has_sha256, d.sha256, sizeof d.sha256);
}

void FileEvents::order_hash(Event& e, Held& h, const state::FileStat& s, bool may_wait) {
  // A plain change is mostly a log that grew: its digest says nothing, and is out of date at once.
  if (e.type() == EventType::file_modify || !s.size || s.size > limits::kHashFileBytes) return;
  h.key = key_of(s);
  bool must_order = false;
  if (const Digests* known = hashes_.find(h.key, must_order)) return write_digests(e, *known);
  if (!may_wait) return;
  if (must_order) {
    char text[128];
    scratch_.assign(text, format_key(h.key, text));
    scratch_ += ' ';
    scratch_ += h.path;
    if (!reader_.ask(state::Ask::hash, h.root, scratch_, answer_)) {
      ++hashes_refused_;
      return;
    }
    hashes_.ordered(h.key);
  }
  h.is_hashing = true;
}

void FileEvents::look(Event& e, Held& h, bool may_wait) {
  if (e.has(FieldId::sysctl_name)) return read_parameter(e, h);
  FileAnswer a;
  if (!ask_file(h.root, h.path, a)) {
    if (!h.root) e.set_bool(FieldId::file_exists, false);
    return;
  }
  const state::FileStat s = a.has_target ? a.target : a.stat;
  if (s.inode != h.inode || (h.knows_device && (s.dev_major != h.dev_major || s.dev_minor != h.dev_minor))) return;
  if (a.has_target) e.set_copy(FieldId::file_tgt_path, a.target_path);
  write_stat(e, kFileBlock, s, true);
  if (h.has_size_before) e.set_integer(FieldId::file_bytes_count, static_cast<int64_t>(s.size) - static_cast<int64_t>(h.size_before));
  read_head(e, h, s);
  read_package(e, h);
  order_hash(e, h, s, may_wait);
}

}  // namespace aurochs::enrich
