// SPDX-License-Identifier: Apache-2.0
// Lines of package managers' logs as acts. An act that begins and ends in two lines is kept between them, bounded by
// limits::kPackagesBegun (what is begun beyond that is told at its begin). Lines of other kinds are passed over. Pure.
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::observe {

enum class PackageFormat : uint8_t { dpkg, dnf, yum, zypp };

struct PackageAct {
  enum class Kind : uint8_t { install, remove, upgrade } kind = Kind::install;
  std::string_view packaging;  ///< "deb" or "rpm"
  std::string name, version, version_old, arch;
};

class PackageLines {
 public:
  explicit PackageLines(PackageFormat format) : format_(format) {}
  /// Appends the acts that this line finishes.
  void line(std::string_view text, int64_t now_ms, std::vector<PackageAct>& out);
  /// What waited too long for its second line.
  void overdue(int64_t now_ms, std::vector<PackageAct>& out);

 private:
  struct Begun {
    PackageAct act;
    int64_t since_ms = 0;
  };
  void dpkg(std::string_view text, int64_t now_ms, std::vector<PackageAct>& out);
  void dnf(std::string_view text, int64_t now_ms, std::vector<PackageAct>& out);
  void yum(std::string_view text, std::vector<PackageAct>& out);
  void zypp(std::string_view text, std::vector<PackageAct>& out);
  void begin(std::string key, PackageAct act, int64_t now_ms, std::vector<PackageAct>& out);

  PackageFormat format_;
  std::map<std::string, Begun, std::less<>> begun_;
};

/// "name-[epoch:]version-release.arch", also "epoch:name-version-release.arch". False: not of that form.
bool parse_nevra(std::string_view text, PackageAct& out);

}  // namespace aurochs::observe
