// SPDX-License-Identifier: Apache-2.0
// A fuzz target without a fuzzer: every file below the given directories, then the same number of deterministic mutations
// of each. The same compiler and files give the same inputs, so a failure is there again in the next run.
#include <ftw.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

#include "base/fd.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size);

namespace {

constexpr size_t kMutations = 5000;
std::vector<std::string> paths;

int note_file(const char* path, const struct stat*, int type) {
  if (type == FTW_F) paths.emplace_back(path);
  return 0;
}

uint64_t state = 0x9E3779B97F4A7C15u;
size_t random_below(size_t n) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return n ? static_cast<size_t>(state % n) : 0;
}

const char* const kWords[] = {"\"", "'", "=", " ", "\n", "\x1d", "(null)", "msg='", "type=", "audit(", "a0[1]=", "argc=", "4294967295", "-1",
                              "18446744073709551616", "\xff\xff\xff\xff", "UNKNOWN[", "node=x ", "items=", "00", "\r"};

void mutate(std::string& s, const std::string& other) {
  const size_t at = random_below(s.size() + 1), length = random_below(std::min<size_t>(s.size() - at, 64) + 1);
  switch (random_below(7)) {
    case 0: s.erase(at, length); break;
    case 1: s.insert(at, kWords[random_below(sizeof kWords / sizeof *kWords)]); break;
    case 2: s.insert(random_below(s.size() + 1), s.substr(at, length)); break;
    case 3: s.resize(at); break;
    case 4: s.insert(at, other.substr(random_below(other.size() + 1), random_below(400))); break;
    case 5: s.insert(at, 1 + random_below(300), static_cast<char>(random_below(256))); break;
    default:
      if (at < s.size()) s[at] = static_cast<char>(random_below(256));
  }
}

void run(const std::string& s) { LLVMFuzzerTestOneInput(reinterpret_cast<const unsigned char*>(s.data()), s.size()); }

}  // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) (void)::ftw(argv[i], note_file, 16);
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> inputs = {""};
  for (const std::string& path : paths)
    if (auto content = aurochs::base::read_file(path, 1u << 20)) inputs.push_back(std::move(*content));
  if (inputs.size() < 2) {
    std::fprintf(stderr, "no input files\n");
    return 1;
  }
  for (const std::string& input : inputs) run(input);
  for (size_t i = 0; i < kMutations; ++i) {
    std::string s = inputs[i % inputs.size()];
    for (size_t n = 1 + random_below(6); n > 0; --n) mutate(s, inputs[random_below(inputs.size())]);
    run(s);
  }
  std::printf("%zu files, %zu mutations\n", inputs.size() - 1, kMutations);
  return 0;
}
