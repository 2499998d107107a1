// SPDX-License-Identifier: Apache-2.0
// Header of a record: of a log line ("[prefix ][node=N ]type=T msg=audit(SEC.MS:SERIAL): body") or of a netlink
// record ("audit(SEC.MS:SERIAL): body"). Pure; views into the input. What is no record is refused, never guessed at.
#pragma once
#include <string_view>

#include "audit/frame.h"
#include "audit/record.h"

namespace aurochs::decode {

struct Header {
  std::string_view node;       ///< empty where there is none
  std::string_view type_text;  ///< empty for a netlink record
  std::string_view seconds, milliseconds, serial;  ///< digits as written
  std::string_view body;       ///< after the stamp, kernel part, one leading space removed
  std::string_view enriched;   ///< after the first 0x1D
  audit::Stamp stamp;          ///< milliseconds and the low 32 bits of the serial
};

/// A line without its LF. False: not a record.
bool parse_line(std::string_view line, Header& out);
/// Text of a netlink record, without trailing NUL or newline.
bool parse_netlink(std::string_view text, Header& out);

/// A record or line frame as a record on its way into assembly. False: not a record.
bool read_record(const audit::Frame& frame, audit::RecordText& out);

}  // namespace aurochs::decode
