// SPDX-License-Identifier: Apache-2.0
// Digests over libcrypto (1.1.1 or 3.x), and what is named by one: version 5 UUIDs. An object keeps its context
// and allocates nothing after construction. A digest that the system forbids (MD5 in FIPS mode) is "not
// available": its calls answer false, they never crash. One object, one thread at a time.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/uuid.h"

struct evp_md_ctx_st;

namespace aurochs::crypto {

enum class Algorithm : uint8_t { md5, sha1, sha256 };
inline constexpr size_t kMaxDigestBytes = 32;
constexpr size_t digest_bytes(Algorithm a) { return a == Algorithm::md5 ? 16 : a == Algorithm::sha1 ? 20 : 32; }

class Digest {
 public:
  explicit Digest(Algorithm algorithm);
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;

  bool available() const { return context_ != nullptr; }
  size_t size() const { return digest_bytes(algorithm_); }
  /// Begins anew; what was not finished is forgotten.
  bool start();
  bool update(std::string_view bytes);
  /// Writes size() bytes.
  bool finish(uint8_t* out);

 private:
  Algorithm algorithm_;
  evp_md_ctx_st* context_ = nullptr;
};

class Md5 {
 public:
  bool available() const { return digest_.available(); }
  bool hash(std::string_view bytes, std::array<uint8_t, 16>& out);

 private:
  Digest digest_{Algorithm::md5};
};

/// The three digests of a file's content in one pass. One that is not available comes out empty.
class FileDigests {
 public:
  void start();
  void update(std::string_view bytes);
  struct Values {
    std::string md5, sha1, sha256;  ///< raw bytes
  };
  Values finish();

 private:
  Digest md5_{Algorithm::md5}, sha1_{Algorithm::sha1}, sha256_{Algorithm::sha256};
};

/// RFC 4122 §4.3 with SHA-1.
class UuidV5 {
 public:
  /// False (out untouched) only where SHA-1 is forbidden.
  bool make(const base::Uuid& name_space, std::string_view name, base::Uuid& out);

 private:
  Digest sha1_{Algorithm::sha1};
};

}  // namespace aurochs::crypto
