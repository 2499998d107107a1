// SPDX-License-Identifier: Apache-2.0
#include "enrich/package_index.h"

#include <sys/random.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace aurochs::enrich {
namespace {
// SipHash-1-3 (Aumasson, Bernstein 2012), the variant of hash tables: nobody who does not know the key can find
// a path with a wanted hash, which FNV and its like would give away.
class SipHash {
 public:
  explicit SipHash(const std::array<uint64_t, 2>& key)
      : v0_(key[0] ^ 0x736f6d6570736575u), v1_(key[1] ^ 0x646f72616e646f6du), v2_(key[0] ^ 0x6c7967656e657261u),
        v3_(key[1] ^ 0x7465646279746573u) {}
  uint64_t of(std::string_view s) {
    const uint64_t size_byte = static_cast<uint64_t>(s.size()) << 56;
    for (; s.size() >= 8; s.remove_prefix(8)) block(word(s));
    block(word(s) | size_byte);
    v2_ ^= 0xFF;
    for (int i = 0; i < 3; ++i) round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

 private:
  static uint64_t word(std::string_view s) {
    uint64_t w = 0;
    if (!s.empty()) std::memcpy(&w, s.data(), std::min<size_t>(s.size(), 8));
    return w;
  }
  static uint64_t turn(uint64_t x, int by) { return x << by | x >> (64 - by); }
  void block(uint64_t w) {
    v3_ ^= w;
    round();
    v0_ ^= w;
  }
  void round() {
    v0_ += v1_, v1_ = turn(v1_, 13) ^ v0_, v0_ = turn(v0_, 32);
    v2_ += v3_, v3_ = turn(v3_, 16) ^ v2_;
    v0_ += v3_, v3_ = turn(v3_, 21) ^ v0_;
    v2_ += v1_, v1_ = turn(v1_, 17) ^ v2_, v2_ = turn(v2_, 32);
  }
  uint64_t v0_, v1_, v2_, v3_;
};

// The other name of a path on a host whose /bin, /sbin and /lib* are links into /usr; empty when there is none.
std::string twin_of(std::string_view path) {
  const bool in_usr = base::starts_with(path, "/usr/");
  std::string_view rest = path.substr(in_usr ? 5 : 1);
  const std::string_view top = base::next_piece(rest, '/');
  for (const std::string_view merged : {"bin", "sbin", "lib", "lib64", "lib32", "libx32"})
    if (top == merged) return in_usr ? std::string(path.substr(4)) : "/usr" + std::string(path);
  return {};
}

std::string one_stamp(const std::string& path) {
  struct stat st;
  if (::stat(path.c_str(), &st) < 0) return "-;";
  return std::to_string(st.st_mtim.tv_sec) + '.' + std::to_string(st.st_mtim.tv_nsec) + ':' + std::to_string(st.st_size) +
         ':' + std::to_string(st.st_ino) + ';';
}
}  // namespace

PackageIndex::Entry PackageIndex::entry_of(std::string_view path, uint32_t package) const {
  const uint64_t hash = SipHash(key_).of(path);
  return {static_cast<uint32_t>(hash >> 32), static_cast<uint32_t>(hash), package};
}

const PackageIndex::Entry* PackageIndex::find_exact(std::string_view path) const {
  const Entry wanted = entry_of(path, 0);
  const auto at = std::lower_bound(entries_.begin(), entries_.end(), wanted, [](const Entry& a, const Entry& b) {
    return a.high != b.high ? a.high < b.high : a.low < b.low;
  });
  return at != entries_.end() && at->high == wanted.high && at->low == wanted.low ? &*at : nullptr;
}

bool PackageIndex::find(std::string_view path, Owner& out) const {
  if (path.empty() || path[0] != '/') return false;
  const Entry* entry = find_exact(path);
  if (!entry) {
    const std::string twin = twin_of(path);
    if (twin.empty() || !(entry = find_exact(twin))) return false;
  }
  const Package& p = packages_[entry->package];
  out.name = std::string_view(texts_).substr(p.offset, p.name_size);
  out.version = std::string_view(texts_).substr(p.offset + p.name_size, p.version_size);
  return true;
}

size_t PackageIndex::bytes() const {
  return entries_.capacity() * sizeof(Entry) + packages_.capacity() * sizeof(Package) + texts_.capacity();
}

PackageIndexBuilder::PackageIndexBuilder() : index_(std::make_shared<PackageIndex>()) {
  // Before the random pool is ready the call fails and the key stays zero: a known key then, still a good hash.
  (void)!::getrandom(index_->key_.data(), sizeof index_->key_, GRND_NONBLOCK);
}

uint32_t PackageIndexBuilder::add_package(std::string_view name, std::string_view version) {
  PackageIndex& i = *index_;
  name = name.substr(0, UINT16_MAX);
  version = version.substr(0, UINT16_MAX);
  if (i.packages_.size() == kPackages || i.texts_.size() + name.size() + version.size() > UINT32_MAX) {
    ++i.refused_;
    return kNone;
  }
  i.packages_.push_back({static_cast<uint32_t>(i.texts_.size()), static_cast<uint16_t>(name.size()),
                         static_cast<uint16_t>(version.size())});
  i.texts_.append(name.data(), name.size());
  i.texts_.append(version.data(), version.size());
  return static_cast<uint32_t>(i.packages_.size() - 1);
}

void PackageIndexBuilder::add_path(uint32_t package, std::string_view directory, std::string_view base_name) {
  if (package == kNone || index_->entries_.size() == kPaths) {
    ++index_->refused_;
    return;
  }
  path_.assign(directory.data(), directory.size());
  path_.append(base_name.data(), base_name.size());
  index_->entries_.push_back(index_->entry_of(path_, package));
}

std::shared_ptr<const PackageIndex> PackageIndexBuilder::finish() {
  using Entry = PackageIndex::Entry;
  auto& entries = index_->entries_;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return a.high != b.high ? a.high < b.high : a.low != b.low ? a.low < b.low : a.package < b.package;
  });
  const auto same = [](const Entry& a, const Entry& b) { return a.high == b.high && a.low == b.low; };
  entries.erase(std::unique(entries.begin(), entries.end(), same), entries.end());
  entries.shrink_to_fit();
  index_->packages_.shrink_to_fit();
  index_->texts_.shrink_to_fit();
  return std::move(index_);
}

base::Result<std::shared_ptr<const PackageIndex>> build_package_index(const std::string& root) {
  PackageIndexBuilder builder;
  base::Error error{ENOENT, "package databases: neither dpkg's nor rpm's is here; packages of files are not named"};
  bool any = false;
  for (const auto read : {read_dpkg, read_rpm}) {
    const auto result = read(root, builder);
    if (!result) error = result.error();
    else any = any || *result;
  }
  if (!any) return error;
  return builder.finish();
}

std::string package_databases_stamp(const std::string& root) {
  std::string stamp = one_stamp(root + "/var/lib/dpkg/status") + one_stamp(root + "/var/lib/dpkg/info");
  for (const char* home : {"/var/lib/rpm/", "/usr/lib/sysimage/rpm/"})
    for (const char* name : {"rpmdb.sqlite", "Packages.db", "Packages"}) stamp += one_stamp(root + home + name);
  return stamp;
}

}  // namespace aurochs::enrich
