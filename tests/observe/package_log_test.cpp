// SPDX-License-Identifier: Apache-2.0
#include "observe/package_log.h"

#include "enrich/temp_tree.h"
#include "observe/seen.h"

using namespace aurochs;

namespace {

void append(const std::string& path, std::string_view text) {
  FILE* const f = std::fopen(path.c_str(), "a");
  REQUIRE(f);
  std::fwrite(text.data(), 1, text.size(), f);
  std::fclose(f);
}

class Logs {
 public:
  explicit Logs(const std::string& inside) : path(tree.path(inside)) {
    tree.file(inside, "old line\n");
    options_.root = tree.root();
    options_.clock = &clock;
    REQUIRE(log_.open(options_));
  }
  Seen look(int64_t after_ms = 1000) {
    Seen seen;
    clock.pass(after_ms);
    log_.poll(clock.steady_ms, seen.sink());
    return seen;
  }
  TempTree tree;
  std::string path;
  StillClock clock;

 private:
  observe::Options options_;
  observe::PackageLog log_;
};

}  // namespace

TEST_CASE("PackageInstallNix: dpkg, when it is installed") {
  Logs host("/var/log/dpkg.log");
  append(host.path, "2024-05-01 10:00:00 startup archives unpack\n2024-05-01 10:00:00 install zlib9:amd64 <none> 1:1.2-3\n2024-05-01 10:00:00 status half-installed zlib9:amd64 1:1.2-3\n");
  CHECK(host.look().all.empty());
  append(host.path, "2024-05-01 10:00:01 configure zlib9:amd64 1:1.2-3 <none>\n2024-05-01 10:00:01 status installed zlib9:amd");
  CHECK(host.look().all.empty());
  append(host.path, "64 1:1.2-3\n2024-05-01 10:00:02 status installed libc-bin:amd64 2.36\n");
  const auto e = host.look().only();
  CHECK(e.type == "PackageInstallNix");
  CHECK(e["app_type"] == "deb");
  CHECK(e["app_productname"] == "zlib9");
  CHECK(e["app_version"] == "1:1.2-3");
  CHECK(e["app_version_old"] == "(absent)");
  CHECK(e["app_arch"] == "amd64");
  CHECK(e["event_log_source"] == "LinuxLog");
}

TEST_CASE("PackageUpgradeNix and PackageRemoveNix: dpkg") {
  Logs host("/var/log/dpkg.log");
  append(host.path, "d t upgrade a:all 1 2\nd t status unpacked a:all 2\nd t status installed a:all 2\nd t remove b:amd64 7 <none>\nd t status half-configured b:amd64 7\n"
                    "d t status config-files b:amd64 7\nd t purge b:amd64 7 <none>\nd t status not-installed b:amd64 <none>\n");
  Seen seen = host.look();
  CHECK(seen.types() == "PackageUpgradeNix PackageRemoveNix");
  CHECK(seen.all[0]["app_version"] == "2");
  CHECK(seen.all[0]["app_version_old"] == "1");
  CHECK(seen.all[1]["app_version"] == "7");
}

TEST_CASE("PackageUpgradeNix: dnf tells the old version later, or never") {
  Logs host("/var/log/dnf.rpm.log");
  append(host.path, "2024-05-01T10:00:00+0000 SUBDEBUG Installed: vim-common-2:8.2.2637-20.el9.x86_64\n2024-05-01T10:00:00+0000 SUBDEBUG Upgrade: bash-5.1.8-9.el9.x86_64\n"
                    "2024-05-01T10:00:00+0000 SUBDEBUG Upgrade: sed-4.8-9.el9.x86_64\n2024-05-01T10:00:01+0000 SUBDEBUG Upgraded: bash-5.1.8-6.el9.x86_64\n"
                    "2024-05-01T10:00:02+0000 SUBDEBUG Erase: nano-5.6.1-5.el9.x86_64\n2024-05-01T10:00:02+0000 INFO --- logging initialized ---\n");
  Seen seen = host.look();
  CHECK(seen.types() == "PackageInstallNix PackageUpgradeNix PackageRemoveNix");
  CHECK(seen.all[0]["app_productname"] == "vim-common");
  CHECK(seen.all[0]["app_version"] == "2:8.2.2637-20.el9");
  CHECK(seen.all[1]["app_version"] == "5.1.8-9.el9");
  CHECK(seen.all[1]["app_version_old"] == "5.1.8-6.el9");
  CHECK(seen.all[1]["app_type"] == "rpm");
  const auto e = host.look(120000).only();
  CHECK(e["app_productname"] == "sed");
  CHECK(e["app_version_old"] == "(absent)");
}

TEST_CASE("PackageInstallNix, PackageUpgradeNix, PackageRemoveNix: yum") {
  Logs host("/var/log/yum.log");
  append(host.path, "May 01 10:00:00 Installed: 1:perl-Pod-Escapes-1.04-299.el7.noarch\nMay 01 10:00:00 Updated: bash-4.2.46-35.el7.x86_64\nMay 01 10:00:00 Erased: nano\nMay 01 10:00:00 Nothing: x\n");
  Seen seen = host.look();
  CHECK(seen.types() == "PackageInstallNix PackageUpgradeNix PackageRemoveNix");
  CHECK(seen.all[0]["app_productname"] == "perl-Pod-Escapes");
  CHECK(seen.all[0]["app_version"] == "1:1.04-299.el7");
  CHECK(seen.all[2]["app_productname"] == "nano");
}

TEST_CASE("PackageInstallNix and PackageRemoveNix: zypper") {
  Logs host("/var/log/zypp/history");
  append(host.path, "# 2024-05-01 10:00:00 vim installed ok\n2024-05-01 10:00:00|install|vim|9.0-1.1|x86_64|root@h|repo|abc|\n2024-05-01 10:00:00|remove |vim|9.0-1.1|x86_64|root@h|\n2024-05-01 10:00:00|command|root@h|x|\n");
  CHECK(host.look().types() == "PackageInstallNix PackageRemoveNix");
}

TEST_CASE("rotation, truncation, a line without end") {
  Logs host("/var/log/yum.log");
  append(host.path, "May 01 Installed: a-1-1.x\n");
  REQUIRE(::rename(host.path.c_str(), (host.path + ".1").c_str()) == 0);
  append(host.path, "May 01 Installed: b-1-1.x\n");
  CHECK(host.look().types() == "PackageInstallNix PackageInstallNix");
  REQUIRE(::truncate(host.path.c_str(), 0) == 0);
  append(host.path, "May 01 Erased: c\n");
  CHECK(host.look().only()["app_productname"] == "c");
  append(host.path, std::string(10000, 'x'));
  CHECK(host.look().all.empty());
  append(host.path, " Erased: d\nMay 01 Erased: e\n");
  CHECK(host.look().only()["app_productname"] == "e");
  CHECK(host.look().all.empty());
}

TEST_CASE("names of packages that are none") {
  observe::PackageAct act;
  for (const char* text : {"", "-", ".", "a", "a-b", "a-1-2", "-1-2.x", "a-1-2.", "a-1.x", ":", "1:", "a.b-1-2"}) CHECK_FALSE(observe::parse_nevra(text, act));
  REQUIRE(observe::parse_nevra("gpg-pubkey-1-2.noarch", act));
  CHECK(act.name == "gpg-pubkey");
}
