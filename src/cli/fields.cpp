// SPDX-License-Identifier: Apache-2.0
// aurochsctl fields: the field table and the event catalogue, as text, JSON Schema, Markdown or a man page.
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "base/text.h"
#include "cli/mdoc.h"
#include "cli/verbs.h"
#include "event/catalogue.h"
#include "event/fields.h"
#include "json/writer.h"

namespace aurochs::cli {
namespace {

using event::EventRow;
using event::FieldId;
using event::FieldRow;

std::vector<FieldRow> all_fields() {
  std::vector<FieldRow> rows;
  for (size_t i = 0; i < event::kFieldCount; ++i) rows.push_back(event::field_row(static_cast<FieldId>(i)));
  return rows;
}

std::vector<EventRow> all_events() {
  std::vector<EventRow> rows;
  for (size_t i = 0; i < event::kEventTypeCount; ++i) rows.push_back(event::event_row(static_cast<event::EventType>(i)));
  return rows;
}

const char* json_type(event::Type t) {
  switch (t) {
    case event::Type::number:
    case event::Type::integer: return "integer";
    case event::Type::boolean: return "boolean";
    default: return "string";
  }
}

std::string str(std::string_view s) { return std::string(s); }
std::string dash(std::string_view s) { return s.empty() ? "-" : std::string(s); }

void print_text() {
  std::printf("FIELDS\n");
  for (const FieldRow& f : all_fields())
    std::printf("%-26s %-8s %-10s %s\n", str(f.name).c_str(), str(event::type_name(f.type)).c_str(), str(event::block_name(f.block)).c_str(), str(f.sentence).c_str());
  std::printf("\nEVENTS\n");
  for (const EventRow& e : all_events())
    std::printf("%5u %-24s %-12s %-9s %s\n", e.id, str(e.type).c_str(), str(e.log_source).c_str(), str(event::volume_name(e.volume)).c_str(), str(e.trigger).c_str());
}

void print_markdown() {
  std::printf("# Events\n\n| id | event_type | event_type_vendor | source | category | volume | DNPF | when |\n|---|---|---|---|---|---|---|---|\n");
  for (const EventRow& e : all_events())
    std::printf("| %u | %s | %s | %s | %s | %s | %s | %s |\n", e.id, str(e.type).c_str(), str(e.vendor_type).c_str(), str(e.log_source).c_str(),
                str(e.category).c_str(), str(event::volume_name(e.volume)).c_str(), str(e.profiles).c_str(), str(e.trigger).c_str());
  std::printf("\n# Fields\n\n| field | type | block | ECS | CEF | Sigma | meaning |\n|---|---|---|---|---|---|---|\n");
  for (const FieldRow& f : all_fields()) {
    std::string sentence;
    for (const char c : f.sentence) sentence += c == '|' ? std::string("\\|") : std::string(1, c);
    std::printf("| %s | %s | %s | %s | %s | %s | %s |\n", str(f.name).c_str(), str(event::type_name(f.type)).c_str(), str(event::block_name(f.block)).c_str(),
                dash(f.ecs).c_str(), dash(f.cef).c_str(), dash(f.sigma).c_str(), sentence.c_str());
  }
}

void print_json_schema() {
  json::Writer w;
  auto member = [&](const char* key, std::string_view value) {
    w.key(key);
    w.string(value);
  };
  w.begin_object();
  member("$schema", "https://json-schema.org/draft/2020-12/schema");
  member("title", "aurochs event");
  member("type", "object");
  w.key("required");
  w.begin_array();
  for (const char* name : {"event_id", "event_type", "event_type_vendor", "event_utc_time", "event_uuid", "event_log_source", "event_count"}) w.string(name);
  w.end_array();
  w.key("additionalProperties");
  w.boolean(false);
  w.key("properties");
  w.begin_object();
  for (const FieldRow& f : all_fields()) {
    w.key(f.name);
    w.begin_object();
    member("type", json_type(f.type));
    if (f.type == event::Type::time) member("format", "date-time");
    if (f.type == event::Type::octal) member("pattern", "^[0-7]{7,}$");
    if (f.type == event::Type::number) {
      w.key("minimum");
      w.number(0);
    }
    if (f.name == "event_type") {
      w.key("enum");
      w.begin_array();
      for (const EventRow& e : all_events()) w.string(e.type);
      w.end_array();
    }
    member("description", f.sentence);
    w.end_object();
  }
  w.end_object();
  w.end_object();
  std::printf("%.*s\n", static_cast<int>(w.text().size()), w.text().data());
}

void print_man() {
  std::printf(
      ".Dd November 24, 2026\n.Dt AUROCHS-EVENTS 5\n.Os\n.Sh NAME\n.Nm aurochs-events\n.Nd what an event of aurochs can say\n.Sh DESCRIPTION\n"
      "A rule or a query that names a field no event carries finds nothing, and says nothing.\nThis page lists every type of event and every field, "
      "as the sensor itself has them.\n.Pp\nAn event is one flat JSON object on one line.\nA field that is not known is left out, never guessed:\n"
      "false, 0 and an empty text are values.\nTimes are RFC 3339 in UTC with milliseconds; octal fields are texts of seven or more digits.\n"
      "A byte NN of a name or a command line that is not UTF-8 is written\n.Ql \\exNN .\n.Sh EVENTS\n.Bl -tag -width Ds\n");
  for (const EventRow& e : all_events())
    std::printf(".It %u %s\n%s.\nSource %s, volume %s, profiles %s.\n", e.id, str(e.type).c_str(), mdoc(e.trigger).c_str(), str(e.log_source).c_str(),
                str(event::volume_name(e.volume)).c_str(), str(e.profiles).c_str());
  std::printf(".El\n.Sh FIELDS\n.Bl -tag -width Ds\n");
  for (const FieldRow& f : all_fields())
    std::printf(".It Va %s Pq %s\n%s\n", str(f.name).c_str(), str(event::type_name(f.type)).c_str(), mdoc(f.sentence).c_str());
  std::printf(".El\n.Sh SEE ALSO\n.Xr aurochsctl 1 ,\n.Xr aurochs 7 ,\n.Xr aurochsd 8\n");
}

struct Proof {
  uint16_t id;
  const char* by;
};
constexpr Proof kProofs[] = {
#define P(id, by) {id, by},
#include "cli/coverage.inc"
#undef P
};

/// Types alone, each with what proves that it works (docs/coverage.md).
void print_types() {
  for (const EventRow& e : all_events()) {
    const char* by = "-";
    for (const Proof& p : kProofs)
      if (p.id == e.id) by = p.by;
    std::printf("%5u %-28s %-26s %-20s %s\n", e.id, str(e.type).c_str(), str(e.vendor_type).c_str(), by, str(e.trigger).c_str());
  }
}

struct Format {
  const char* name;
  void (*print)();
};
constexpr Format kFormats[] = {{"text", print_text}, {"json-schema", print_json_schema}, {"markdown", print_markdown}, {"man", print_man}};

}  // namespace

int fields_verb(int argc, char** argv) {
  std::string_view wanted = "text";
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--format") && i + 1 < argc) {
      wanted = argv[++i];
    } else if (!std::strcmp(argv[i], "--types")) {
      print_types();
      return 0;
    } else {
      std::fprintf(stderr, "aurochsctl: fields: %s: not an option; usage: aurochsctl fields [--types | --format text|json-schema|markdown|man]\n", argv[i]);
      return 2;
    }
  }
  for (const Format& f : kFormats) {
    if (wanted != f.name) continue;
    f.print();
    return 0;
  }
  std::fprintf(stderr, "aurochsctl: fields: %s: no such format; there are text, json-schema, markdown, man\n", str(wanted).c_str());
  return 2;
}

}  // namespace aurochs::cli
