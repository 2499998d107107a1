// SPDX-License-Identifier: Apache-2.0
#include "crypto/digest.h"

#include <openssl/err.h>
#include <openssl/evp.h>

#include <algorithm>

namespace aurochs::crypto {
namespace {
const EVP_MD* method(Algorithm a) {
  return a == Algorithm::md5 ? EVP_md5() : a == Algorithm::sha1 ? EVP_sha1() : EVP_sha256();
}
std::string take(Digest& digest) {
  std::array<uint8_t, kMaxDigestBytes> bytes;
  if (!digest.finish(bytes.data())) return {};
  return {reinterpret_cast<const char*>(bytes.data()), digest.size()};
}
}  // namespace

Digest::Digest(Algorithm algorithm) : algorithm_(algorithm), context_(EVP_MD_CTX_new()) {
  if (context_ && EVP_DigestInit_ex(context_, method(algorithm), nullptr) == 1) return;
  EVP_MD_CTX_free(context_);
  context_ = nullptr;
  ERR_clear_error();
}

Digest::~Digest() { EVP_MD_CTX_free(context_); }

// No method named: the context keeps the one it has. Naming it would make OpenSSL 3 look it up again, under locks.
bool Digest::start() { return context_ && EVP_DigestInit_ex(context_, nullptr, nullptr) == 1; }

bool Digest::update(std::string_view bytes) {
  return context_ && EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1;
}

bool Digest::finish(uint8_t* out) { return context_ && EVP_DigestFinal_ex(context_, out, nullptr) == 1; }

bool Md5::hash(std::string_view bytes, std::array<uint8_t, 16>& out) {
  return digest_.start() && digest_.update(bytes) && digest_.finish(out.data());
}

void FileDigests::start() {
  for (Digest* d : {&md5_, &sha1_, &sha256_}) d->start();
}

void FileDigests::update(std::string_view bytes) {
  for (Digest* d : {&md5_, &sha1_, &sha256_}) d->update(bytes);
}

FileDigests::Values FileDigests::finish() {
  Values v;
  v.md5 = take(md5_);
  v.sha1 = take(sha1_);
  v.sha256 = take(sha256_);
  return v;
}

bool UuidV5::make(const base::Uuid& name_space, std::string_view name, base::Uuid& out) {
  std::array<uint8_t, kMaxDigestBytes> hash;
  const std::string_view prefix(reinterpret_cast<const char*>(name_space.bytes.data()), name_space.bytes.size());
  if (!sha1_.start() || !sha1_.update(prefix) || !sha1_.update(name) || !sha1_.finish(hash.data())) return false;
  std::copy_n(hash.begin(), out.bytes.size(), out.bytes.begin());
  out.bytes[6] = static_cast<uint8_t>((out.bytes[6] & 0x0F) | 0x50);
  out.bytes[8] = static_cast<uint8_t>((out.bytes[8] & 0x3F) | 0x80);
  return true;
}

}  // namespace aurochs::crypto
