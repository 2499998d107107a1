// SPDX-License-Identifier: Apache-2.0
// Programs: a named set of programs, or what a row names behind "not by". A word is
//   dpkg            a program of that name in a directory of the system (/bin, /sbin, /usr/bin, /usr/sbin, /usr/lib*, /usr/libexec, /lib*)
//   /opt/x/bin/y    that image; globs as in path patterns
//   yum@python*     a script: the kernel's comm is yum, the image a program of the system whose name is python*
//   dpkg+           and what it starts itself (tar, rm, the scripts of a package)
// A program elsewhere that borrows a name is not meant. Immutable after add(); has() allocates nothing.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::watch {

/// Who does it, as the kernel says; images may end with " (deleted)" (a program that has just replaced itself).
struct Actor {
  std::string_view image, comm, parent_image;
};

class Programs {
 public:
  void add(std::string_view word);
  bool has(const Actor& actor) const;
  /// Bare names without globs, as given.
  const std::vector<std::string>& names() const { return names_; }
  bool has_name(std::string_view name) const;

 private:
  bool has_image(std::string_view image, std::string_view comm) const;
  struct Script {
    std::string comm, name;
  };
  std::vector<std::string> names_, sorted_;
  std::vector<std::string> name_globs_, images_;
  std::vector<std::string> parents_;  ///< names whose children are meant too
  std::vector<Script> scripts_;
};

}  // namespace aurochs::watch
