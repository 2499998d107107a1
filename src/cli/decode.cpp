// SPDX-License-Identifier: Apache-2.0
// aurochsctl decode LOG...: one JSON line an audit event, every field with its encoding undone, in the order of the
// events' first records. Records belong together by (node, time, serial) over the whole input, without any time-out.
#include <cstdio>
#include <cstring>
#include <string>
#include <unordered_map>
#include <vector>

#include "audit/record_types.h"
#include "audit/syscalls.h"
#include "base/fd.h"
#include "base/text.h"
#include "capture/line_reader.h"
#include "cli/verbs.h"
#include "decode/argv.h"
#include "decode/fields.h"
#include "decode/header.h"
#include "decode/sockaddr.h"
#include "json/writer.h"

namespace aurochs::cli {
namespace {

struct Group {
  std::string node, seconds, milliseconds, serial;
  std::vector<audit::Record> records;
};

std::string without_leading_zeros(std::string_view digits) {
  const size_t first = digits.find_first_not_of('0');
  return std::string(first == std::string_view::npos ? std::string_view("0") : digits.substr(first));
}

/// The whole of one input, grouped. Texts are copied once into `text`.
struct Log {
  base::Arena text{1u << 20};
  std::vector<Group> groups;
  std::unordered_map<std::string, size_t> by_key;
  uint64_t not_records = 0;

  void add(std::string_view line) {
    decode::Header h;
    if (!decode::parse_line(line, h)) {
      ++not_records;
      return;
    }
    Group g;
    g.node = h.node;
    g.seconds = without_leading_zeros(h.seconds);
    g.milliseconds = std::string(3 - h.milliseconds.size(), '0') + std::string(h.milliseconds);
    g.serial = without_leading_zeros(h.serial);
    const auto [at, is_new] = by_key.emplace(g.node + '|' + g.seconds + '.' + g.milliseconds + '|' + g.serial, groups.size());
    if (is_new) groups.push_back(std::move(g));
    audit::Record r;
    r.type = audit::record_type_number(h.type_text);
    r.type_text = text.copy(h.type_text);
    r.body = text.copy(h.body);
    r.enriched = text.copy(h.enriched);
    groups[at->second].records.push_back(r);
  }
};

std::string_view type_name(const audit::Record& r) {
  const std::string_view name = audit::record_type_name(r.type);
  return r.type && !name.empty() ? name : r.type_text;
}

void write_address(const audit::Record& r, const audit::Field& f, bool little_endian, base::Arena& arena, json::Writer& w) {
  decode::SocketAddress a;
  if (r.type != 1306 || f.key != audit::Key::saddr || !decode::parse_sockaddr(f.raw, little_endian, arena, a)) return;
  w.key("saddr");
  w.begin_object();
  w.key("family");
  w.string(a.name);
  if (a.has_address) {
    w.key(a.family == 1 ? "path" : "addr");
    w.string(a.address);
  }
  if (a.is_abstract) {
    w.key("abstract");
    w.boolean(true);
  }
  if (a.has_port) {
    w.key("port");
    w.number(a.port);
  }
  w.end_object();
}

void write_record(const audit::Record& r, bool little_endian, base::Arena& arena, json::Writer& w) {
  w.begin_object();
  w.key("type");
  w.string(type_name(r));
  w.key("fields");
  w.begin_array();
  for (uint32_t i = 0; i < r.field_count; ++i) {
    const audit::Field& f = r.fields[i];
    const decode::Value v = decode::value_of(r, f, arena);
    w.begin_object();
    w.key("k");
    w.bytes(f.name);
    w.key("v");
    if (v.is_null)
      w.null();
    else
      w.string(v.text);
    if (f.flags & audit::Field::kInMessage) {
      w.key("in");
      w.string("msg");
    }
    write_address(r, f, little_endian, arena, w);
    w.end_object();
  }
  w.end_array();
  w.end_object();
}

void write_argv(audit::AuditEvent& e, decode::Argv& argv, json::Writer& w) {
  if (!decode::collect_argv(e, argv)) return;
  w.key("argv");
  w.begin_array();
  for (const decode::Argument& a : argv.arguments) {
    if (a.missing)
      w.null();
    else
      w.string(a.text);
  }
  w.end_array();
}

/// Rule keys of the event, each once, in order; several in one field are joined by 0x01.
std::vector<std::string_view> rule_keys(const audit::AuditEvent& e, base::Arena& arena) {
  std::vector<std::string_view> keys;
  for (const audit::Record& r : e.records) {
    if (r.type == audit::type::kAvc || r.type == audit::type::kUserAvc || r.type == audit::type::kExecve) continue;
    for (uint32_t i = 0; i < r.field_count; ++i) {
      const audit::Field& f = r.fields[i];
      if (f.key != audit::Key::key) continue;
      const decode::Value v = decode::value_of(r, f, arena);
      if (v.is_null || !(v.was_hex || f.flags & audit::Field::kQuoted)) continue;
      for (std::string_view rest = v.text; !rest.empty();) {
        const std::string_view key = base::next_piece(rest, '\x01');
        bool known = key.empty();
        for (const std::string_view k : keys) known = known || k == key;
        if (!known) keys.push_back(key);
      }
    }
  }
  return keys;
}

void write_event(const Group& g, audit::AuditEvent& e, decode::Argv& argv, json::Writer& w) {
  bool little_endian = true;
  for (audit::Record& r : e.records) {
    if (r.type != audit::type::kExecve) decode::split_fields(r, e.arena);
    uint64_t arch = 0;
    if (decode::hex_of(r.find(audit::Key::arch), arch)) little_endian = audit::arch_is_little_endian(static_cast<uint32_t>(arch));
  }
  w.begin_object();
  w.key("key");
  w.bytes(g.node + '|' + g.seconds + '.' + g.milliseconds + '|' + g.serial);
  w.key("types");
  w.begin_array();
  for (const audit::Record& r : e.records) w.string(type_name(r));
  w.end_array();
  write_argv(e, argv, w);
  if (const auto keys = rule_keys(e, e.arena); !keys.empty()) {
    w.key("keys");
    w.begin_array();
    for (const std::string_view k : keys) w.string(k);
    w.end_array();
  }
  w.key("records");
  w.begin_array();
  for (const audit::Record& r : e.records) write_record(r, little_endian, e.arena, w);
  w.end_array();
  w.end_object();
  w.newline();
}

int decode_file(const char* path) {
  Log log;
  const auto read = capture::read_lines(path, [&](std::string_view line) {
    log.add(line);
    return true;
  });
  if (!read) {
    std::fprintf(stderr, "aurochsctl: %s\n", read.error().message.c_str());
    return 1;
  }
  json::Writer writer;
  audit::AuditEvent event;
  decode::Argv argv;
  for (Group& g : log.groups) {
    event.arena.reset(1u << 20);
    event.records = std::move(g.records);
    writer.clear();
    write_event(g, event, argv, writer);
    if (!base::write_all(1, writer.text())) return 1;
  }
  if (log.not_records)
    std::fprintf(stderr, "aurochsctl: %s: %llu lines are not audit records\n", path, static_cast<unsigned long long>(log.not_records));
  return 0;
}

}  // namespace

int decode_verb(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: aurochsctl decode LOG...   (- reads standard input)\n");
    return 2;
  }
  int status = 0;
  for (int i = 1; i < argc; ++i)
    if (decode_file(argv[i])) status = 1;
  return status;
}

}  // namespace aurochs::cli
