// SPDX-License-Identifier: Apache-2.0
// What the installed table calls things, row by row.
#include <doctest/doctest.h>

#include "watch/table.h"

using namespace aurochs;
using event::FileOp;

namespace {

struct Case {
  const char* path;
  FileOp op;
  const char* image;
  const char* type;  ///< "-": not to be told; "": not known
};
constexpr const char* kVi = "/usr/bin/vi";

const Case kCases[] = {
    {"/etc/cron.d/x", FileOp::create, kVi, "CronJobChangeNix"},
    {"/var/spool/cron/crontabs/root", FileOp::rename, "/usr/bin/crontab", "CronJobChangeNix"},
    {"/var/spool/cron/atjobs/a1", FileOp::create, "/usr/bin/at", "AtJobChangeNix"},
    {"/etc/systemd/system/x.service", FileOp::create, kVi, "SystemdUnitCreateNix"},
    {"/etc/systemd/system/x.service", FileOp::modify, kVi, "SystemdUnitModifyNix"},
    {"/etc/systemd/system/x.service", FileOp::remove, kVi, "SystemdUnitDeleteNix"},
    {"/etc/systemd/system/x.service.d/override.conf", FileOp::create, kVi, "SystemdUnitCreateNix"},
    {"/etc/systemd/system/x.timer", FileOp::create, kVi, "SystemdTimerChangeNix"},
    {"/etc/systemd/system/a.target.wants/x.timer", FileOp::symlink, "/usr/bin/systemctl", "SystemdUnitEnableNix"},
    {"/run/systemd/system/session-1.scope.d/50-x.conf", FileOp::create, "/usr/lib/systemd/systemd", "-"},
    {"/lib/systemd/system/x.service", FileOp::create, "/usr/bin/dpkg", "-"},
    {"/lib/systemd/system/x.service", FileOp::create, kVi, "SystemdUnitCreateNix"},
    {"/root/.ssh/authorized_keys", FileOp::modify, kVi, "SshAuthorizedKeysNix"},
    {"/root/.ssh/known_hosts", FileOp::modify, "/usr/bin/ssh", "FileModifyNix"},
    {"/root/.bashrc", FileOp::modify, kVi, "ShellProfileChangeNix"},
    {"/usr/lib/x86_64-linux-gnu/security/pam_x.so", FileOp::create, kVi, "PamModuleWriteNix"},
    {"/usr/lib/x86_64-linux-gnu/libnss_x.so.2", FileOp::create, kVi, "NssModuleChangeNix"},
    {"/usr/lib/x86_64-linux-gnu/libx.so.2", FileOp::create, kVi, "SystemBinaryModifyNix"},
    {"/usr/lib/python3/dist-packages/__pycache__/x.pyc", FileOp::create, "/usr/bin/python3.11", "-"},
    {"/usr/lib/python3/dist-packages/a.pth", FileOp::create, kVi, "PythonStartupHookNix"},
    {"/bin/ls", FileOp::modify, kVi, "SystemBinaryModifyNix"},
    {"/usr/share/doc/x", FileOp::create, kVi, "FileCreateNix"},
    {"/usr/share/doc/x", FileOp::create, "/usr/bin/dpkg", "-"},
    {"/etc/shadow", FileOp::read, "/usr/bin/cat", "ShadowReadNix"},
    {"/etc/shadow", FileOp::read, "/usr/sbin/sshd", "-"},
    {"/etc/shadow", FileOp::modify, "/usr/bin/passwd", "FileModifyNix"},
    {"/etc/shadow", FileOp::modify, kVi, "AccountDbWriteNix"},
    {"/etc/.pwd.lock", FileOp::modify, "/usr/bin/passwd", "-"},
    {"/root/.ssh/id_rsa", FileOp::read, "/usr/bin/cat", "SshPrivateKeyReadNix"},
    {"/root/.ssh/id_rsa.pub", FileOp::read, "/usr/bin/cat", "-"},
    {"/home/user/.config/google-chrome/Default/Login Data", FileOp::read, "/usr/bin/cat", "BrowserSecretReadNix"},
    {"/home/user/.config/google-chrome/Default/Login Data", FileOp::read, "/opt/google/chrome/chrome", "-"},
    {"/var/log/auth.log", FileOp::remove, "/usr/bin/rm", "LogFileTamperNix"},
    {"/var/log/auth.log", FileOp::modify, kVi, "-"},
    {"/var/log/auth.log", FileOp::rename, "/usr/sbin/logrotate", "-"},
    {"/root/.bash_history", FileOp::truncate, "/usr/bin/bash", "FileTruncateNix"},
    {"/root/.bash_history", FileOp::truncate, "/usr/bin/truncate", "HistoryFileTamperNix"},
    {"/root/.bash_history", FileOp::remove, "/usr/bin/bash", "HistoryFileTamperNix"},
    {"/var/www/html/x.php", FileOp::create, "/usr/sbin/apache2", "WebRootFileWriteNix"},
    {"/var/www/html/x.png", FileOp::create, "/usr/sbin/apache2", "FileCreateNix"},
    {"/usr/sbin/aurochsd", FileOp::modify, kVi, "SensorFileTamperNix"},
    {"/var/lib/aurochs/state.db", FileOp::modify, "/usr/sbin/aurochsd", "-"},
    {"/etc/systemd/system/aurochsd.service", FileOp::symlink, "/usr/bin/systemctl", "SensorUnitTamperNix"},
    {"/sys/fs/bpf/x", FileOp::mkdir, kVi, "BpfPinNix"},
    {"/tmp/x", FileOp::create, kVi, "FileCreateNix"},
    {"/var/lib/postgresql/x", FileOp::create, kVi, ""},
    {"/run/x", FileOp::create, kVi, ""},
};

}  // namespace

TEST_SUITE("watch types") {
  TEST_CASE("the installed table calls things by their names") {
    const auto table = watch::Table::load(AUROCHS_WATCHES);
    REQUIRE(table);
    for (const Case& c : kCases) {
      CAPTURE(c.path);
      CAPTURE(c.image);
      const auto m = table->match(c.path, c.op, {c.image, {}, {}});
      CHECK((!m ? "" : m->is_unwanted() ? "-" : event::event_row(m->type).type) == c.type);
    }
  }
  TEST_CASE("DecoyFileAccessNix, FileCanaryTouchNix: the traps of the comments are rows as they should be written") {
    const auto table = watch::Table::parse("version 1\nrw DecoyFileAccessNix deception.decoy /root/passwords.txt /home/*/aws-keys.csv\n"
                                           "delete,modify,rename,truncate FileCanaryTouchNix deception.canary /srv/share/!000_do_not_touch.docx\n", "w.conf");
    REQUIRE(table);
    const auto type = [&](const char* path, FileOp op) {
      const auto m = table->match(path, op, {});
      return m && !m->is_unwanted() ? event::event_row(m->type).type : std::string_view();
    };
    CHECK(type("/root/passwords.txt", FileOp::read) == "DecoyFileAccessNix");
    CHECK(type("/home/user/aws-keys.csv", FileOp::remove) == "DecoyFileAccessNix");
    CHECK(type("/srv/share/!000_do_not_touch.docx", FileOp::rename) == "FileCanaryTouchNix");
    CHECK(type("/srv/share/!000_do_not_touch.docx", FileOp::read).empty());
  }
}
