// SPDX-License-Identifier: Apache-2.0
// rpm's Berkeley DB database (until rpm 4.15; el6 to el8), a hash file, little endian (dbinc/db_page.h of
// Berkeley DB 4.3 to 5.3). Page 0 describes the file. A hash page has offsets of keys and values in turn; a value
// lies on the page or, as most headers do, on a chain of overflow pages. The hash itself is of no use here: every
// page is looked at once.
#include <unistd.h>

#include <cstring>

#include "enrich/package_index.h"

namespace aurochs::enrich {
namespace {
constexpr uint32_t kHashMagic = 0x00061561;
constexpr size_t kPageHead = 26;
enum PageType : uint8_t { kUnsortedHash = 2, kOverflow = 7, kHashMeta = 8, kHash = 13 };
enum ItemType : uint8_t { kOnPage = 1, kOffPage = 3 };

class HashFile {
 public:
  explicit HashFile(int fd) : fd_(fd) {}

  bool open() {
    char meta[72];
    if (::pread(fd_, meta, sizeof meta, 0) != sizeof meta) return false;
    page_bytes_ = get<uint32_t>(meta + 20);
    last_page_ = get<uint32_t>(meta + 32);
    const bool power_of_two = (page_bytes_ & (page_bytes_ - 1)) == 0;
    if (get<uint32_t>(meta + 12) != kHashMagic || meta[24] != 0 || meta[25] != kHashMeta) return false;
    if (page_bytes_ < 512 || page_bytes_ > 65536 || !power_of_two) return false;
    page_.resize(page_bytes_);
    chain_.resize(page_bytes_);
    // A page is on one chain at most; what is beyond that is a loop.
    chain_pages_left_ = last_page_;
    return true;
  }

  void read_all(PackageIndexBuilder& out) {
    for (uint32_t number = 1; number <= last_page_ && number != 0; ++number) {
      if (!read_page(number, page_)) return;
      const auto type = static_cast<uint8_t>(page_[25]);
      if (type == kHash || type == kUnsortedHash) read_values(out);
    }
  }

 private:
  template <class T>
  static T get(const char* in) {
    T v;
    std::memcpy(&v, in, sizeof v);
    return v;
  }
  bool read_page(uint32_t number, std::string& page) const {
    const auto at = static_cast<off_t>(uint64_t{number} * page_bytes_);
    return ::pread(fd_, &page[0], page_bytes_, at) == static_cast<ssize_t>(page_bytes_);
  }

  void read_values(PackageIndexBuilder& out) {
    const size_t items = get<uint16_t>(page_.data() + 20);
    if (kPageHead + items * 2 > page_bytes_) return;
    const auto offset = [&](size_t i) { return size_t{get<uint16_t>(page_.data() + kPageHead + i * 2)}; };
    for (size_t i = 1; i < items; i += 2) {  // items are laid from the page's end towards its head
      const size_t from = offset(i), to = offset(i - 1);
      if (from < kPageHead || to > page_bytes_ || from >= to) continue;
      const std::string_view item(page_.data() + from, to - from);
      if (item[0] == kOnPage) {
        (void)add_rpm_header(item.substr(1), out);
      } else if (item[0] == kOffPage && item.size() >= 12) {
        if (read_chain(get<uint32_t>(item.data() + 4), get<uint32_t>(item.data() + 8))) (void)add_rpm_header(value_, out);
      }
    }
  }

  bool read_chain(uint32_t number, uint32_t bytes) {
    value_.clear();
    if (bytes > kPackageHeaderBytes) return false;
    while (number != 0 && value_.size() < bytes) {
      if (number > last_page_ || chain_pages_left_ == 0 || !read_page(number, chain_)) return false;
      --chain_pages_left_;
      const size_t here = get<uint16_t>(chain_.data() + 22);
      if (chain_[25] != kOverflow || here > page_bytes_ - kPageHead) return false;
      value_.append(chain_, kPageHead, here);
      number = get<uint32_t>(chain_.data() + 16);
    }
    return value_.size() == bytes;
  }

  int fd_;
  uint32_t page_bytes_ = 0, last_page_ = 0, chain_pages_left_ = 0;
  std::string page_, chain_, value_;
};
}  // namespace

bool read_rpm_bdb(int fd, PackageIndexBuilder& out) {
  HashFile file(fd);
  if (!file.open()) return false;
  file.read_all(out);
  return true;
}

}  // namespace aurochs::enrich
