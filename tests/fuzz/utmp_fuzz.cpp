// SPDX-License-Identifier: Apache-2.0
// A file of utmp records of any bytes, as it is and as it grows.
#include <sys/mman.h>

#include "observe/utmp_file.h"
#include "observe/utmp_record.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace aurochs;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const base::UniqueFd fd(::memfd_create("utmp", MFD_CLOEXEC));
  observe::UtmpFile file;
  file.set_path("/proc/self/fd/" + std::to_string(fd.get()));
  size_t texts = 0;
  const observe::UtmpFile::Visit visit{[&](const observe::UtmpRecord& r, bool) {
                                         texts += r.line.size() + r.user.size() + r.host.size() + observe::utmp_address(r.address).size() + observe::utmp_type_name(r.type).size();
                                       },
                                       [](uint64_t) {}, [](observe::UtmpFile::Tamper, uint64_t, uint64_t) {}};
  for (const std::string_view part : {bytes.substr(0, size / 2), bytes.substr(size / 2)}) {
    if (!base::write_all(fd.get(), part)) return 0;
    file.poll(1700000000000, visit);
  }
  return texts == SIZE_MAX;
}
