// SPDX-License-Identifier: Apache-2.0
// aurochsctl config: the key table as a commented default file or as the man page aurochs.conf(5).
#include "config/config.h"

#include <cstdio>
#include <cstring>
#include <string>

#include "base/text.h"
#include "cli/mdoc.h"
#include "cli/verbs.h"

namespace aurochs::cli {
namespace {

void print_man() {
  std::printf(
      ".Dd November 24, 2026\n.Dt AUROCHS.CONF 5\n.Os\n.Sh NAME\n.Nm aurochs.conf\n.Nd configuration of aurochsd\n.Sh DESCRIPTION\n"
      "A misspelt key that is silently ignored is found months later, when the events are missing.\nSo\n.Xr aurochsd 8\n"
      "refuses to start on a key, a section or a value it does not know, names the file and the line, and proposes the nearest known name.\n.Pp\n"
      "The file is sections in brackets and lines of key = value; a line that begins with # is a comment.\n"
      "Without a file the defaults below hold, and\n.Ic aurochsctl config\nprints them as a file to begin with.\n.Sh KEYS\n.Bl -tag -width Ds\n");
  for (const config::KeyRow& row : config::key_rows()) {
    std::string allowed;
    for (std::string_view rest = row.allowed; !rest.empty();) allowed += (allowed.empty() ? "" : ", ") + std::string(base::next_piece(rest, '|'));
    std::printf(".It Va %s\n%s\n", std::string(row.key).c_str(), mdoc(row.sentence).c_str());
    if (!allowed.empty()) std::printf("One of: %s.\n", allowed.c_str());
    if (!row.default_value.empty()) std::printf("Default:\n.Ql %s .\n", std::string(row.default_value).c_str());
  }
  std::printf(".El\n.Sh FILES\n.Pa /etc/aurochs/aurochs.conf\n.Sh SEE ALSO\n.Xr aurochsctl 1 ,\n.Xr aurochs 7 ,\n.Xr aurochsd 8\n");
}

}  // namespace

int config_verb(int argc, char** argv) {
  const bool is_man = argc == 3 && !std::strcmp(argv[1], "--format") && !std::strcmp(argv[2], "man");
  const bool is_file = argc == 1 || (argc == 3 && !std::strcmp(argv[1], "--format") && !std::strcmp(argv[2], "file"));
  if (!is_man && !is_file) {
    std::fprintf(stderr, "usage: aurochsctl config [--format file|man]\n");
    return 2;
  }
  if (is_man)
    print_man();
  else
    std::printf("%s", config::default_file().c_str());
  return 0;
}

}  // namespace aurochs::cli
