// SPDX-License-Identifier: Apache-2.0
#include "observe/package_lines.h"

#include "base/limits.h"
#include "base/text.h"

namespace aurochs::observe {
namespace {

using Kind = PackageAct::Kind;
constexpr int64_t kOverdueMs = 120000;

/// The word behind `skip` words.
std::string_view next_word(std::string_view& rest) {
  const size_t begin = rest.find_first_not_of(' ');
  rest.remove_prefix(begin == std::string_view::npos ? rest.size() : begin);
  return base::next_piece(rest, ' ');
}

bool is_number(std::string_view s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos; }

/// "<none>" is dpkg's word for no version.
std::string version_of(std::string_view word) { return word == "<none>" ? std::string() : std::string(word); }

}  // namespace

bool parse_nevra(std::string_view text, PackageAct& out) {
  std::string_view epoch;
  // rpm of el6 and yum write the epoch before the name, dnf before the version.
  if (const size_t colon = text.find(':'); colon != std::string_view::npos && is_number(text.substr(0, colon))) {
    epoch = text.substr(0, colon);
    text.remove_prefix(colon + 1);
  }
  const size_t dot = text.rfind('.'), release = text.rfind('-');
  if (dot == std::string_view::npos || release == std::string_view::npos || release == 0 || dot < release || dot + 1 == text.size()) return false;
  const size_t version = text.rfind('-', release - 1);
  if (version == std::string_view::npos || version == 0) return false;
  out.packaging = "rpm";
  out.name = text.substr(0, version);
  out.version = text.substr(version + 1, dot - version - 1);
  if (!epoch.empty()) out.version = std::string(epoch) + ':' + out.version;
  out.arch = text.substr(dot + 1);
  return true;
}

void PackageLines::begin(std::string key, PackageAct act, int64_t now_ms, std::vector<PackageAct>& out) {
  if (begun_.size() >= limits::kPackagesBegun && !begun_.count(key)) return out.push_back(std::move(act));
  begun_[std::move(key)] = {std::move(act), now_ms};
}

/// "DATE TIME install NAME:ARCH OLD NEW", later "DATE TIME status installed NAME:ARCH VERSION".
void PackageLines::dpkg(std::string_view text, int64_t now_ms, std::vector<PackageAct>& out) {
  (void)next_word(text);
  (void)next_word(text);
  const std::string_view what = next_word(text);
  const std::string_view state = what == "status" ? next_word(text) : std::string_view();
  std::string_view name = next_word(text);
  const std::string key(name);
  if (name.empty()) return;
  if (what == "status") {
    const auto at = begun_.find(key);
    if (at == begun_.end()) return;
    const bool is_removal = at->second.act.kind == Kind::remove;
    if (is_removal ? state != "config-files" && state != "not-installed" : state != "installed") return;
    out.push_back(std::move(at->second.act));
    begun_.erase(at);
    return;
  }
  PackageAct act;
  if (what == "upgrade")
    act.kind = Kind::upgrade;
  else if (what == "remove")  // "purge" of what is installed logs "remove" before
    act.kind = Kind::remove;
  else if (what != "install")
    return;
  act.packaging = "deb";
  act.name = base::next_piece(name, ':');
  act.arch = name;
  const std::string_view first = next_word(text), second = next_word(text);
  act.version = version_of(act.kind == Kind::remove ? first : second);
  // An install over what a removal left behind names that version; nothing is upgraded.
  if (act.kind == Kind::upgrade) act.version_old = version_of(first);
  begin(key, std::move(act), now_ms, out);
}

/// "TIME [PID ]LEVEL Word: NEVRA": Installed, Upgrade then Upgraded (the old one), Erase. Downgrade and Obsoleted alike.
void PackageLines::dnf(std::string_view text, int64_t now_ms, std::vector<PackageAct>& out) {
  const size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return;
  const std::string_view head = text.substr(0, colon), word = head.substr(head.rfind(' ') + 1);
  PackageAct act;
  if (!parse_nevra(base::trim(text.substr(colon + 2)), act)) return;
  if (word == "Installed") return out.push_back(std::move(act));
  const std::string key = act.name + '.' + act.arch;
  if (word == "Erase" || word == "Removed" || word == "Obsoleted") {
    act.kind = Kind::remove;
    return out.push_back(std::move(act));
  }
  if (word == "Upgrade" || word == "Downgrade") {
    act.kind = Kind::upgrade;
    return begin(key, std::move(act), now_ms, out);
  }
  const auto at = word == "Upgraded" || word == "Downgraded" ? begun_.find(key) : begun_.end();
  if (at == begun_.end()) return;
  at->second.act.version_old = act.version;
  out.push_back(std::move(at->second.act));
  begun_.erase(at);
}

/// "Mon DD HH:MM:SS Installed: NEVRA". Erased is the name alone on el5 and el6.
void PackageLines::yum(std::string_view text, std::vector<PackageAct>& out) {
  const size_t colon = text.find(": ");
  if (colon == std::string_view::npos) return;
  const std::string_view head = text.substr(0, colon), word = head.substr(head.rfind(' ') + 1), rest = base::trim(text.substr(colon + 2));
  PackageAct act;
  act.packaging = "rpm";
  if (word == "Updated")
    act.kind = Kind::upgrade;
  else if (word == "Erased")
    act.kind = Kind::remove;
  else if (word != "Installed")
    return;
  if (!parse_nevra(rest, act)) {
    if (act.kind != Kind::remove || rest.empty()) return;
    act.name = rest;
  }
  out.push_back(std::move(act));
}

/// "DATE TIME|install|NAME|VERSION|ARCH|...", "DATE TIME|remove |...".
void PackageLines::zypp(std::string_view text, std::vector<PackageAct>& out) {
  std::string_view f[5];
  for (std::string_view& field : f) field = base::trim(base::next_piece(text, '|'));
  if (base::starts_with(f[0], "#") || f[2].empty() || (f[1] != "install" && f[1] != "remove")) return;
  PackageAct act;
  act.kind = f[1] == "remove" ? Kind::remove : Kind::install;
  act.packaging = "rpm";
  act.name = f[2];
  act.version = f[3];
  act.arch = f[4];
  out.push_back(std::move(act));
}

void PackageLines::line(std::string_view text, int64_t now_ms, std::vector<PackageAct>& out) {
  switch (format_) {
    case PackageFormat::dpkg: return dpkg(text, now_ms, out);
    case PackageFormat::dnf: return dnf(text, now_ms, out);
    case PackageFormat::yum: return yum(text, out);
    case PackageFormat::zypp: return zypp(text, out);
  }
}

void PackageLines::overdue(int64_t now_ms, std::vector<PackageAct>& out) {
  // What dpkg began and did not finish in a day failed; dnf's acts are done when they are logged.
  const int64_t wait_ms = format_ == PackageFormat::dpkg ? 720 * kOverdueMs : kOverdueMs;
  for (auto at = begun_.begin(); at != begun_.end();) {
    if (now_ms - at->second.since_ms < wait_ms) {
      ++at;
      continue;
    }
    if (format_ != PackageFormat::dpkg) out.push_back(std::move(at->second.act));
    at = begun_.erase(at);
  }
}

}  // namespace aurochs::observe
