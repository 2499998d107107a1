// SPDX-License-Identifier: Apache-2.0
#include "watch/programs.h"

#include <algorithm>

#include "base/text.h"
#include "watch/pattern.h"

namespace aurochs::watch {

namespace {

constexpr std::string_view kDeleted = " (deleted)";
constexpr std::string_view kSystem[] = {"/usr/bin/", "/usr/sbin/", "/usr/lib", "/bin/", "/sbin/", "/lib"};

bool is_of_system(std::string_view image) {
  for (const std::string_view directory : kSystem)
    if (base::starts_with(image, directory)) return true;
  return false;
}

std::string_view without_mark(std::string_view image) {
  if (base::ends_with(image, kDeleted)) image.remove_suffix(kDeleted.size());
  return image;
}

}  // namespace

void Programs::add(std::string_view word) {
  if (word.size() > 1 && word.back() == '+') {
    word.remove_suffix(1);
    parents_.emplace_back(word);
  }
  const size_t at = word.find('@');
  if (word[0] == '/') {
    images_.emplace_back(word);
  } else if (at != std::string_view::npos) {
    scripts_.push_back({std::string(word.substr(0, at)), std::string(word.substr(at + 1))});
  } else if (has_glob(word)) {
    name_globs_.emplace_back(word);
  } else {
    names_.emplace_back(word);
    sorted_.insert(std::upper_bound(sorted_.begin(), sorted_.end(), word), std::string(word));
  }
}

bool Programs::has_name(std::string_view name) const {
  const auto near = std::lower_bound(sorted_.begin(), sorted_.end(), name);
  return near != sorted_.end() && *near == name;
}

bool Programs::has(const Actor& actor) const {
  if (has_image(without_mark(actor.image), actor.comm)) return true;
  const std::string_view parent = without_mark(actor.parent_image), name = base::base_name(parent);
  return !parents_.empty() && is_of_system(parent) && std::find(parents_.begin(), parents_.end(), name) != parents_.end();
}

bool Programs::has_image(std::string_view image, std::string_view comm) const {
  for (const std::string& known : images_)
    if (glob_match(known, image, false)) return true;
  if (!is_of_system(image)) return false;
  const std::string_view name = base::base_name(image);
  if (has_name(name)) return true;
  for (const std::string& glob : name_globs_)
    if (glob_match(glob, name, false)) return true;
  for (const Script& s : scripts_)
    if (glob_match(s.comm, comm, false) && glob_match(s.name, name, false)) return true;
  return false;
}

}  // namespace aurochs::watch
