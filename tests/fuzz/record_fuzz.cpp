// SPDX-License-Identifier: Apache-2.0
#include "decode/argv.h"
#include "decode/fields.h"
#include "decode/header.h"
#include "decode/sockaddr.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace aurochs;
  decode::Header h;
  decode::Argv argv;
  decode::SocketAddress address;
  audit::AuditEvent e;
  bool cut = false;
  if (!decode::parse_line({reinterpret_cast<const char*>(data), size}, h)) return 0;
  e.records.assign(2, {1309, h.type_text, h.body, h.enriched});
  decode::split_fields(e.records[1], e.arena);
  for (const audit::Field *f = e.records[1].fields, *end = f + e.records[1].field_count; f != end; ++f)
    decode::parse_sockaddr(decode::value_of(e.records[1], *f, e.arena).text, size % 2, e.arena, address);
  return decode::collect_argv(e, argv) && decode::command_line(argv, size / 2, e.arena, cut).size() > size ? (__builtin_trap(), 0) : 0;
}
