// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>
#include <unistd.h>

#include "capture/recording.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  using namespace aurochs;
  base::UniqueFd fd(::memfd_create("recording", MFD_CLOEXEC));
  if (!base::write_all(fd.get(), {reinterpret_cast<const char*>(data), size}) || ::lseek(fd.get(), 0, SEEK_SET) < 0) return 0;
  auto reader = capture::RecordingReader::of(std::move(fd), "fuzz");
  if (!reader) return 0;
  audit::Frame frame;
  std::string answer;
  bool found = false;
  for (auto more = reader->next(frame); more && *more; more = reader->next(frame))
    while (reader->next_answer(1, 0, "", answer, found)) {}
  return reader->torn_bytes() <= size ? 0 : (__builtin_trap(), 0);
}
