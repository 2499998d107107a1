// SPDX-License-Identifier: Apache-2.0
#include "watch/rules.h"

#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <memory>
#include <set>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "watch/homes.h"

namespace aurochs::watch {

namespace {

constexpr uint32_t kReads = 1u << static_cast<int>(event::FileOp::read);

// The calls of the kernel's classes behind perm=wa (include/asm-generic/audit_{write,dir_write,change_attr}.h) and the opens.
// Named, so that the list of rules is passed over at every other call: a rule with perm= alone is evaluated at each.
constexpr const char* kCalls64 = "open,openat,openat2,creat,truncate,ftruncate,fallocate,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,"
                                 "rmdir,mknod,mknodat,chmod,fchmod,fchmodat,fchmodat2,chown,lchown,fchown,fchownat,setxattr,lsetxattr,fsetxattr,removexattr,lremovexattr,fremovexattr";
constexpr const char* kCalls32 = ",truncate64,ftruncate64,chown32,lchown32,fchown32";

/// What rows want of one place, before places are joined.
struct Wanted {
  std::map<std::string, std::set<uint32_t>> directories;  ///< real path -> rows
  std::map<std::string, std::set<uint32_t>> files;
  std::set<std::string> read_files;
};

/// Empty when it is not there.
std::string real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real(::realpath(path.c_str(), nullptr), std::free);
  return real ? std::string(real.get()) : std::string();
}

/// Without its last component's link, which the kernel's watch does not follow either; empty without a directory for it.
std::string real_name(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = real_path(slash ? path.substr(0, slash) : "/");
  return directory.empty() || path.size() == slash + 1 ? std::string() : (directory == "/" ? "" : directory) + path.substr(slash);
}

/// A rule's text is split at blanks, and the kernel's parser takes no quotes: such names can not be watched.
bool fits_rule(const std::string& path) { return path.find_first_of(" \t\r\n\"'") == std::string::npos && path.size() < PATH_MAX; }

std::vector<std::string> entries(const std::string& directory, size_t& budget) {
  std::vector<std::string> names;
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), ::closedir);
  while (const dirent* entry = dir && budget ? ::readdir(dir.get()) : nullptr) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    names.emplace_back(name);
    --budget;
  }
  std::sort(names.begin(), names.end());
  return names;
}

/// Everything below `directory`, to a depth; for ** and whole trees.
void find_deep(const std::string& directory, const std::string& below, const Pattern& pattern, int depth, size_t most, size_t& budget, std::set<std::string>& out) {
  for (const std::string& name : entries(directory, budget)) {
    const std::string path = directory + "/" + name, rest = below + name;
    struct stat s {};
    if (out.size() >= most || ::lstat(path.c_str(), &s) < 0) continue;
    if (S_ISREG(s.st_mode) && (pattern.tail.empty() || glob_match(pattern.tail, rest, pattern.is_tree))) out.insert(path);
    if (S_ISDIR(s.st_mode) && depth > 0) find_deep(path, rest + "/", pattern, depth - 1, most, budget, out);
  }
}

/// Files that `glob` means behind `directory`, component by component: only directories that fit are read.
void find_files(const std::string& directory, std::string_view glob, size_t most, size_t& budget, std::set<std::string>& out) {
  const std::string_view component = base::next_piece(glob, '/');
  std::vector<std::string> names = {unescaped(component)};
  if (has_glob(component)) names = entries(directory, budget);
  for (const std::string& name : names) {
    const std::string path = directory + "/" + name;
    struct stat s {};
    if (out.size() >= most || !glob_match(component, name, false) || ::stat(path.c_str(), &s) < 0) continue;
    if (glob.empty() && S_ISREG(s.st_mode)) out.insert(path);
    if (!glob.empty() && S_ISDIR(s.st_mode)) find_files(path, glob, most, budget, out);
  }
}

std::set<std::string> files_of(const Pattern& pattern, const std::string& directory, size_t most, size_t budget) {
  constexpr int kDepth = 3;
  std::set<std::string> out;
  const std::string real = real_path(directory);
  if (real.empty()) return out;
  if (pattern.is_tree || pattern.tail.find("**") != std::string::npos)
    find_deep(real, {}, pattern, kDepth, most, budget, out);
  else
    find_files(real, pattern.tail, most, budget, out);
  return out;
}

/// A home has few of the files that rows name, and a host may have many homes. What a directory's rule covers anyway costs
/// nothing; elsewhere only what is there, or its directory, is watched, and a path that a generic row names whole.
bool is_worth(const Row& row, const Pattern& pattern, const std::string& base, const std::string& path) {
  struct stat s {};
  if (!pattern.is_home || row.kind == Row::Kind::generic || base::starts_with(base, "/home/") || base == "/root") return true;
  if (pattern.directory.empty()) return false;  // data of a service, all day
  return path.rfind('/') != base.size() || ::lstat(path.c_str(), &s) == 0;
}

void want(const Table& table, const Pattern& pattern, const std::string& base, Wanted& out) {
  const Row& row = table.rows()[pattern.row];
  const std::string path = base + pattern.directory;
  const bool is_file = pattern.tail.empty() && !pattern.is_tree;
  if (row.operations & ~kReads && is_worth(row, pattern, base, path)) {
    const std::string real = is_file ? real_name(path) : real_path(path);
    if (!real.empty()) (is_file ? out.files : out.directories)[real].insert(pattern.row);
  }
  if (!(row.operations & kReads)) return;
  struct stat s {};
  std::set<std::string> found;
  if (!is_file)
    found = files_of(pattern, path, limits::kWatchFiles, limits::kWatchEntries);
  else if (!pattern.is_home || ::stat(path.c_str(), &s) == 0)
    found.insert(real_name(path));
  for (const std::string& file : found) {
    const auto match = table.match(file, event::FileOp::read, Actor{});
    if (!file.empty() && (!match || !match->is_unwanted())) out.read_files.insert(file);
  }
}

/// Directories that "~" means, as the table does.
std::set<std::string> all_homes(std::string_view lines) {
  std::set<std::string> out;
  size_t budget = limits::kHomes;
  for (const std::string& name : entries("/home", budget)) out.insert("/home/" + name);
  for (std::string& home : split_lines(lines)) out.insert(std::move(home));
  out.insert("/root");
  return out;
}

bool lies_below(const std::string& path, const std::string& directory) {
  return directory == "/" || (base::starts_with(path, directory) && (path.size() == directory.size() || path[directory.size()] == '/'));
}

/// Of nested directories the outer one, with the rows of all.
std::map<std::string, std::set<uint32_t>> outermost(Wanted& wanted) {
  std::map<std::string, std::set<uint32_t>> out;
  // Sorted, an outer directory comes before what lies below; "/a-b" between "/a" and "/a/b" is why all are compared.
  for (auto& [path, rows] : wanted.directories) {
    const auto outer = std::find_if(out.begin(), out.end(), [&, &inner = path](const auto& o) { return lies_below(inner, o.first); });
    (outer == out.end() ? out[path] : outer->second).insert(rows.begin(), rows.end());
  }
  for (auto file = wanted.files.begin(); file != wanted.files.end();) {
    const auto outer = std::find_if(out.begin(), out.end(), [&](const auto& o) { return lies_below(file->first, o.first); });
    if (outer == out.end()) {
      ++file;
      continue;
    }
    outer->second.insert(file->second.begin(), file->second.end());
    file = wanted.files.erase(file);
  }
  return out;
}

/// " -F exe!=..." for a program of this host that every row of the rule leaves out: the first one that is named, for the kernel
/// takes one in a rule (audit_data_to_entry, up to 6.18).
std::string left_out_program(const Table& table, const std::set<uint32_t>& rows) {
  const auto is_left_out = [&](uint32_t row, const std::string& name) {
    const auto& sets = table.rows()[row].not_by;
    return std::any_of(sets.begin(), sets.end(), [&](uint32_t set) { return table.sets()[set].programs.has_name(name); });
  };
  for (const uint32_t set : table.rows()[*rows.begin()].not_by)
    for (const std::string& name : table.sets()[set].programs.names()) {
      if (!std::all_of(rows.begin(), rows.end(), [&](uint32_t row) { return is_left_out(row, name); })) continue;
      for (const char* directory : {"/usr/bin/", "/usr/sbin/"}) {
        struct stat s {};
        if (::lstat((directory + name).c_str(), &s) == 0 && S_ISREG(s.st_mode)) return " -F exe!=" + (directory + name);
      }
    }
  return {};
}

/// The kernel's watch on a file follows it by its directory's inode; that on a directory sits on it and on mounts below.
std::string place_of(const std::string& path, bool is_file, const std::vector<std::string>& mounts) {
  struct stat s {};
  const size_t slash = is_file ? path.rfind('/') : path.size();
  if (::lstat(slash ? path.substr(0, slash).c_str() : "/", &s) < 0) return "none";
  std::string out = std::to_string(s.st_dev) + ":" + std::to_string(s.st_ino);
  for (const std::string& mount : mounts)
    if (!is_file && mount != path && lies_below(mount, path)) out += " " + mount;
  return out;
}

/// Mount points, as /proc/self/mounts writes them.
std::vector<std::string> mount_points() {
  std::vector<std::string> out;
  const auto text = base::read_file("/proc/self/mounts", limits::kConfigBytes);
  for (std::string_view rest = text ? std::string_view(*text) : std::string_view(); !rest.empty();) {
    std::string_view line = base::next_piece(rest, '\n');
    base::next_piece(line, ' ');
    out.emplace_back(base::next_piece(line, ' '));
  }
  return out;
}

/// Without the generic rows. One stays where many directories of special rows lie below its own: one rule is then cheaper than theirs.
void add_cheaper(const Table& table, Wanted& wanted) {
  constexpr std::ptrdiff_t kFew = 3;
  for (const Pattern& pattern : table.patterns()) {
    if (table.rows()[pattern.row].kind != Row::Kind::generic || pattern.is_home) continue;
    const std::string real = real_path(pattern.directory);
    const auto below = std::count_if(wanted.directories.begin(), wanted.directories.end(), [&](const auto& d) { return lies_below(d.first, real); });
    if (!real.empty() && below > kFew) wanted.directories[real].insert(pattern.row);
  }
}

bool is_critical(const Row& row) {
  constexpr std::string_view kGroups[] = {"persistence.", "system.", "accounts.", "sensor.", "audit."};
  return row.kind == Row::Kind::special && row.operations & ~kReads &&
         std::any_of(std::begin(kGroups), std::end(kGroups), [&](std::string_view group) { return base::starts_with(row.group, group); });
}

}  // namespace

std::vector<std::string> critical_files(const Table& table, size_t most) {
  std::set<std::string> all;
  for (const Pattern& pattern : table.patterns()) {
    if (pattern.is_home || !is_critical(table.rows()[pattern.row])) continue;
    const std::set<std::string> found =
        pattern.tail.empty() && !pattern.is_tree ? std::set<std::string>{real_name(pattern.directory)} : files_of(pattern, pattern.directory, most, most * 2);
    for (const std::string& path : found)
      if (!path.empty() && all.size() < most) all.insert(path);
  }
  return {all.begin(), all.end()};
}

WatchRules kernel_rules(const Table& table, std::string_view homes, size_t room, bool with_exe, bool with_generic) {
  Wanted wanted;
  const std::set<std::string> bases = all_homes(homes);
  for (const Pattern& pattern : table.patterns()) {
    const Row::Kind kind = table.rows()[pattern.row].kind;
    if (kind == Row::Kind::none || (kind == Row::Kind::generic && !with_generic)) continue;
    if (!pattern.is_home) want(table, pattern, {}, wanted);
    for (const std::string& base : bases)
      if (pattern.is_home) want(table, pattern, base, wanted);
  }
  if (!with_generic) add_cheaper(table, wanted);
  const auto directories = outermost(wanted);
  const std::vector<std::string> mounts = mount_points();
  WatchRules out;
  const auto add = [&](const std::string& path, std::initializer_list<std::string> texts) {
    if (!fits_rule(path) || out.rules.size() + texts.size() > room) return void(++out.left_out);
    for (const std::string& text : texts) out.rules.push_back({text, place_of(path, texts.size() == 1, mounts)});
  };
  for (const auto& [path, rows] : directories) {
    const std::string rest = " -F perm=wa -F dir=" + path + (with_exe ? left_out_program(table, rows) : std::string()) + " -k aurochs-watch";
    add(path, {std::string("-a always,exit -F arch=b64 -S ") + kCalls64 + rest, std::string("-a always,exit -F arch=b32 -S ") + kCalls64 + kCalls32 + rest});
  }
  for (const auto& file : wanted.files)
    add(file.first, {"-a always,exit -F path=" + file.first + (wanted.read_files.erase(file.first) ? " -F perm=rwa" : " -F perm=wa") + " -k aurochs-watch"});
  for (const std::string& file : wanted.read_files) add(file, {"-a always,exit -F path=" + file + " -F perm=r -k aurochs-watch"});
  return out;
}

}  // namespace aurochs::watch
