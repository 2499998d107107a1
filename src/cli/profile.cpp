// SPDX-License-Identifier: Apache-2.0
// aurochsctl profile: which load profile a running aurochsd is in, and another one until its next start or SIGHUP.
#include <cstdio>
#include <cstring>
#include <string>

#include "cli/ask_daemon.h"
#include "cli/verbs.h"

namespace aurochs::cli {

int profile_verb(int argc, char** argv) {
  std::string name, socket, text;
  bool is_known = true;
  for (int i = 1; i < argc && is_known; ++i) {
    if (!std::strcmp(argv[i], "--socket") && i + 1 < argc)
      socket = argv[++i];
    else if (argv[i][0] != '-' && name.empty())
      name = argv[i];
    else
      is_known = false;
  }
  if (!is_known) {
    std::fprintf(stderr, "usage: aurochsctl profile [auto|default|highnet|highproc|highfile] [--socket PATH]\n");
    return 2;
  }
  control::FlatWriter request;
  request.text("verb", "profile");
  if (!name.empty()) request.text("name", name);
  control::Flat answer;
  if (!ask_daemon(control_socket(socket), request.take(), text, answer)) return 1;
  const control::Member* profile = control::find(answer, "profile");
  std::printf("%s\n", profile ? profile->value.c_str() : "?");
  return 0;
}

}  // namespace aurochs::cli
