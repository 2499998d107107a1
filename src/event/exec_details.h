// SPDX-License-Identifier: Apache-2.0
// What an exec's records say beyond the fields of its event: facts for enrichment and for the events derived from it.
#pragma once
#include <cstdint>
#include <string_view>

namespace aurochs::event {

struct ExecDetails {
  std::string_view script;       ///< #! file, absolute as the process sees it; empty for a binary image
  std::string_view inline_code;  ///< argument of -c, -e and kin of a known interpreter
  std::string_view argument_zero;  ///< what the program was told to be called
  bool has_operand = false;      ///< an argument behind it that is no option
  bool is_interactive = false;   ///< a shell's -i, alone or among other letters
  bool image_deleted = false;    ///< exe= ends in " (deleted)"
  bool image_fileless = false;   ///< memfd, descriptor or /dev/shm
  bool has_inode = false;        ///< the PATH record of the image had inode, mode and owner: of the resolved file
  uint64_t inode = 0;
  uint32_t mode = 0, owner = 0, group = 0;
  std::string_view dev;          ///< major:minor in hex, as in the record
};

}  // namespace aurochs::event
