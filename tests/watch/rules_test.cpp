// SPDX-License-Identifier: Apache-2.0
#include "watch/rules.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/limits.h"
#include "base/text.h"

using namespace aurochs;
using watch::Table;

namespace {

/// A directory of the test, and what it wants of it: "/a" in a row is a file of it.
class Tree {
 public:
  Tree() {
    char name[] = "/tmp/aurochs-watch-XXXXXX";
    root = ::mkdtemp(name);
  }
  ~Tree() { (void)!std::system(("rm -rf " + root).c_str()); }
  void directory(const std::string& path) { REQUIRE(::mkdir((root + path).c_str(), 0755) == 0); }
  void file(const std::string& path) {
    std::FILE* f = std::fopen((root + path).c_str(), "w");
    REQUIRE(f);
    std::fclose(f);
  }
  void link(const std::string& to, const std::string& path) { REQUIRE(::symlink((root + to).c_str(), (root + path).c_str()) == 0); }

  watch::WatchRules rules(std::string rows, std::string_view homes = {}, size_t room = limits::kRules) const {
    for (size_t at = 0; (at = rows.find('$', at)) != std::string::npos;) rows.replace(at, 1, root);
    auto table = Table::parse("version 1\nset pm sh dpkg\n" + rows, "w.conf");
    REQUIRE(table);
    return watch::kernel_rules(*table, homes, room, false);
  }
  /// "dir /a wa, path /b r": rules below the tree, without the twins for 32-bit programs.
  std::string told(const std::string& rows, std::string_view homes = {}) const {
    std::string out;
    for (const watch::WatchRule& rule : rules(rows, homes).rules) {
      const auto value = [&](const std::string& name) {
        const size_t at = rule.text.find("-F " + name + "=");
        return at == std::string::npos ? std::string() : rule.text.substr(at + name.size() + 4, rule.text.find(' ', at + 3) - at - name.size() - 4);
      };
      const std::string dir = value("dir"), path = dir.empty() ? value("path") : dir;
      if (!base::starts_with(path, root) || rule.text.find("arch=b32") != std::string::npos) continue;
      out += (out.empty() ? "" : ", ") + std::string(dir.empty() ? "path " : "dir ") + path.substr(root.size()) + " " + value("perm");
    }
    return out;
  }
  std::string root;
};

}  // namespace

TEST_SUITE("watch rules") {
  TEST_CASE("a directory covers what lies below; what is not there is left out") {
    Tree t;
    for (const char* d : {"/etc", "/etc/cron.d", "/etc-b", "/var"}) t.directory(d);
    CHECK(t.told("w CronJobChangeNix a $/etc/cron.d/ $/etc/crontab $/none/\nw generic b $/etc/") == "dir /etc wa");
    CHECK(t.told("w CronJobChangeNix a $/etc/cron.d/ $/etc/crontab $/etc/cron.d/x") == "dir /etc/cron.d wa, path /etc/crontab wa");
    CHECK(t.told("w generic b $/etc/\nw generic b $/etc-b/") == "dir /etc wa, dir /etc-b wa");
    CHECK(t.told("w CronJobChangeNix a $/none/x").empty());
    CHECK(t.told("w CronJobChangeNix a $/etc/*.d/x") == "dir /etc wa");
    CHECK(t.told("w none a $/etc/").empty());
  }
  TEST_CASE("both kinds of programs get a directory's rule, all a file's") {
    Tree t;
    t.directory("/d");
    const auto rules = t.rules("w generic a $/d/\nr ShadowReadNix b $/shadow").rules;
    const auto with = [&](const char* part) { return std::count_if(rules.begin(), rules.end(), [&](const auto& r) { return r.text.find(part) != std::string::npos; }); };
    CHECK(rules.size() == 3);
    CHECK(with("-F arch=b64 -S open,openat,") == 1);
    CHECK(with("-F arch=b32 -S open,openat,") == 1);
    CHECK(with("/shadow -F perm=r -k aurochs-watch") == 1);
    CHECK(with("-k aurochs-watch") == 3);
  }
  TEST_CASE("reads: file by file, globs as they are now") {
    Tree t;
    for (const char* d : {"/s", "/s/a", "/s/a/b", "/s/a/b/c"}) t.directory(d);
    for (const char* f : {"/s/x_key", "/s/x_key.pub", "/s/a/y_key", "/s/a/b/c/z_key", "/s/a b_key"}) t.file(f);
    CHECK(t.told("r SshHostKeyReadNix a $/s/*_key") == "path /s/x_key r");
    CHECK(t.rules("r SshHostKeyReadNix a $/s/*_key").left_out == 1);
    CHECK(t.told("r SshHostKeyReadNix a $/s/*/*_key") == "path /s/a/y_key r");
    CHECK(t.told("r SshHostKeyReadNix a $/s/**_key\nr none b $/s/a/y*") == "path /s/a/b/c/z_key r, path /s/x_key r");
    CHECK(t.told("r SshHostKeyReadNix a $/s/a/") == "path /s/a/b/c/z_key r, path /s/a/y_key r");
    CHECK(t.told("r ShadowReadNix a $/s/later") == "path /s/later r");
    CHECK(t.told("rw DecoyFileAccessNix a $/s/x_key") == "path /s/x_key rwa");
    CHECK(t.told("rw DecoyFileAccessNix a $/s/x_key\nw generic b $/s/") == "dir /s wa, path /s/x_key r");
  }
  TEST_CASE("links to directories are resolved, links to files are watched as links") {
    Tree t;
    t.directory("/usr");
    t.directory("/usr/bin");
    t.link("/usr/bin", "/bin");
    t.file("/usr/bin/x");
    t.link("/usr/bin/x", "/usr/y");
    CHECK(t.told("w generic a $/bin/ $/usr/bin/") == "dir /usr/bin wa");
    CHECK(t.told("w generic a $/bin/x") == "path /usr/bin/x wa");
    CHECK(t.told("w generic a $/usr/y") == "path /usr/y wa");
  }
  TEST_CASE("homes of services: what is there, and what a generic row names") {
    Tree t;
    for (const char* d : {"/db", "/db/.ssh", "/web"}) t.directory(d);
    t.file("/db/.bashrc");
    const std::string homes = t.root + "/db\n" + t.root + "/web\n" + t.root + "/none\n";
    const std::string rows = "w ShellProfileChangeNix a ~/.bashrc ~/.profile\nw SshAuthorizedKeysNix b ~/.ssh/authorized_keys ~/*.x\nr HistoryReadNix c ~/.bash_history\nw generic d ~/.ssh";
    CHECK(t.told(rows, homes) == "path /db/.bashrc wa, path /db/.ssh wa, path /db/.ssh/authorized_keys wa, path /web/.ssh wa");
    t.file("/db/.bash_history");
    CHECK(t.told(rows, homes).find("path /db/.bash_history r") != std::string::npos);
  }
  TEST_CASE("no more rules than there is room, and what is left out is counted") {
    Tree t;
    for (const char* d : {"/a", "/b"}) t.directory(d);
    const auto rules = t.rules("w generic x $/a/ $/b/\nr ShadowReadNix y $/c $/d", {}, 3);
    CHECK(rules.rules.size() == 3);
    CHECK(rules.left_out == 2);
  }
  TEST_CASE("another directory of the same name is another place") {
    Tree t;
    t.directory("/a");
    const auto place = [&] { return t.rules("w generic x $/a/").rules.at(0).place; };
    const std::string before = place();
    CHECK(place() == before);
    REQUIRE(::rename((t.root + "/a").c_str(), (t.root + "/b").c_str()) == 0);
    t.directory("/a");
    CHECK(place() != before);
  }
  TEST_CASE("the installed table needs few rules on this host") {
    const auto table = Table::load(AUROCHS_WATCHES);
    REQUIRE(table);
    const auto rules = watch::kernel_rules(*table, "/var/lib/x\n", limits::kRules, true);
    size_t walked = 0;
    for (const watch::WatchRule& rule : rules.rules) walked += rule.text.find(" -F dir=") != std::string::npos;
    MESSAGE(rules.rules.size() << " rules, " << walked << " of them on directories");
    CHECK(walked <= 60);
    CHECK(rules.left_out == 0);
  }
  TEST_CASE("without generic rows: their directories go, unless many special ones lie below") {
    Tree t;
    for (const char* d : {"/a", "/b", "/b/1", "/b/2", "/b/3", "/b/4", "/a/1"}) t.directory(d);
    std::string rows = "version 1\nw generic file.x $/a/ $/b/\nw CronJobChangeNix persistence.cron $/a/1/ $/b/1/ $/b/2/ $/b/3/ $/b/4/\n";
    for (size_t at = 0; (at = rows.find('$', at)) != std::string::npos;) rows.replace(at, 1, t.root);
    const auto table = Table::parse(rows, "w.conf");
    REQUIRE(table);
    const auto directories = [&](bool generic) {
      std::string out;
      for (const watch::WatchRule& rule : watch::kernel_rules(*table, {}, limits::kRules, false, generic).rules)
        if (rule.text.find("b64") != std::string::npos) out += rule.text.substr(rule.text.find(t.root) + t.root.size(), 4) + '|';
      return out;
    };
    CHECK(directories(true) == "/a -|/b -|");
    CHECK(directories(false) == "/a/1|/b -|");
  }
  TEST_CASE("critical files: of special rows that are watched for writes, bounded") {
    Tree t;
    t.directory("/cron");
    t.directory("/cron/d");
    for (const char* f : {"/cron/x", "/cron/d/y", "/one", "/secret"}) t.file(f);
    std::string rows = "version 1\nw generic file.x $/\nw CronJobChangeNix persistence.cron $/cron/ $/one\nr ShadowReadNix creds.shadow $/secret\n";
    for (size_t at = 0; (at = rows.find('$', at)) != std::string::npos;) rows.replace(at, 1, t.root);
    const auto table = Table::parse(rows, "w.conf");
    REQUIRE(table);
    CHECK(watch::critical_files(*table, 100) == std::vector<std::string>{t.root + "/cron/d/y", t.root + "/cron/x", t.root + "/one"});
    CHECK(watch::critical_files(*table, 2).size() == 2);
    const auto installed = Table::load(AUROCHS_WATCHES);
    REQUIRE(installed);
    const size_t all = watch::critical_files(*installed, limits::kCriticalFiles).size();
    MESSAGE(all << " critical files on this host");
    CHECK(all <= limits::kCriticalFiles);
  }
}
