// SPDX-License-Identifier: Apache-2.0
// rpm headers and databases of any bytes.
#include <sys/mman.h>

#include "base/fd.h"
#include "enrich/package_index.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  aurochs::enrich::PackageIndexBuilder builder;
  (void)aurochs::enrich::add_rpm_header(bytes, builder);
  const aurochs::base::UniqueFd fd(::memfd_create("rpm", MFD_CLOEXEC));
  if (!aurochs::base::write_all(fd.get(), bytes)) return 0;
  (void)(aurochs::enrich::read_rpm_ndb(fd.get(), builder) || aurochs::enrich::read_rpm_bdb(fd.get(), builder));
  (void)builder.finish();
  return 0;
}
