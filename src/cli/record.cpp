// SPDX-License-Identifier: Apache-2.0
// aurochsctl record -o FILE: what the kernel says and the host answers, as a file for replay. The daemon does it (only
// one program owns live capture): this verb starts one in the foreground that writes a recording beside its events.
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "cli/verbs.h"

namespace aurochs::cli {
namespace {

/// aurochsd: beside this program, in the sbin next to its bin, or by PATH.
std::string daemon_path() {
  char self[4096];
  const ssize_t n = ::readlink("/proc/self/exe", self, sizeof self - 1);
  if (n > 0) {
    const std::string exe(self, static_cast<size_t>(n));
    const std::string dir = exe.substr(0, exe.rfind('/'));
    for (const std::string& candidate : {dir + "/aurochsd", dir + "/../sbin/aurochsd", dir + "/../daemon/aurochsd"})
      if (::access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return "aurochsd";
}

}  // namespace

int record_verb(int argc, char** argv) {
  std::string file;
  std::vector<std::string> arguments;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "-o") && i + 1 < argc)
      file = argv[++i];
    else
      arguments.push_back(argv[i]);
  }
  if (file.empty()) {
    std::fprintf(stderr,
                 "usage: aurochsctl record -o FILE [options of aurochsd]\n"
                 "Records until Ctrl-C; the events go to standard output. Needs root.\n");
    return 2;
  }
  arguments.insert(arguments.begin(), {daemon_path(), "--foreground", "--record", file});
  std::vector<char*> pointers;
  for (std::string& a : arguments) pointers.push_back(&a[0]);
  pointers.push_back(nullptr);
  ::execvp(pointers[0], pointers.data());
  std::fprintf(stderr, "aurochsctl: record: %s: %s; is aurochsd installed?\n", arguments[0].c_str(), std::strerror(errno));
  return 1;
}

}  // namespace aurochs::cli
