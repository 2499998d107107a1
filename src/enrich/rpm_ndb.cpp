// SPDX-License-Identifier: Apache-2.0
// rpm's own "ndb" database (rpm 4.14+, lib/backend/ndb/rpmpkg.c), little endian: pages of 256 slots of 16 bytes
// (magic, package number, first block, block count), then blobs in blocks of 16 bytes, each with a head of 16
// bytes (magic, package number, time, length). The first two slots are the file's head.
#include <unistd.h>

#include <cstring>

#include "enrich/package_index.h"

namespace aurochs::enrich {
namespace {
constexpr uint32_t kFileMagic = 0x506D7052;  // RpmP
constexpr uint32_t kSlotMagic = 0x746F6C53;  // Slot
constexpr uint32_t kBlobMagic = 0x53626C42;  // BlbS
constexpr size_t kPage = 4096, kSlot = 16, kBlock = 16;
constexpr uint32_t kMaxSlotPages = 4096;     // a million packages

struct Words {
  uint32_t w[4];
};

bool read_at(int fd, uint64_t at, void* out, size_t bytes) {
  return ::pread(fd, out, bytes, static_cast<off_t>(at)) == static_cast<ssize_t>(bytes);
}
}  // namespace

bool read_rpm_ndb(int fd, PackageIndexBuilder& out) {
  Words head;
  if (!read_at(fd, 0, &head, sizeof head) || head.w[0] != kFileMagic || head.w[1] != 0) return false;
  const uint32_t pages = head.w[3];
  // Blobs do not overlap: more bytes than the file has means damage that would have us read for ever.
  const off_t size = ::lseek(fd, 0, SEEK_END);
  uint64_t left = size > 0 ? static_cast<uint64_t>(size) : 0;
  Words slots[kPage / kSlot];
  std::string blob;
  for (uint32_t page = 0; page < pages && page < kMaxSlotPages; ++page) {
    if (!read_at(fd, page * uint64_t{kPage}, slots, sizeof slots)) break;
    for (size_t i = page == 0 ? 2 : 0; i < kPage / kSlot; ++i) {
      const auto [magic, package, block, blocks] = slots[i].w;
      if (magic != kSlotMagic || block == 0) continue;
      const uint64_t at = block * uint64_t{kBlock};
      if (!read_at(fd, at, &head, sizeof head) || head.w[0] != kBlobMagic || head.w[1] != package) continue;
      const uint32_t length = head.w[3];
      if (length > blocks * uint64_t{kBlock} || length > kPackageHeaderBytes || length > left) continue;
      left -= length;
      blob.resize(length);
      if (read_at(fd, at + sizeof head, &blob[0], length)) (void)add_rpm_header(blob, out);
    }
  }
  return true;
}

}  // namespace aurochs::enrich
