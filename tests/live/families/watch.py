# SPDX-License-Identifier: Apache-2.0
"""The watch table: files of every row are written and read. What lies in /etc is written in a mount name space of its own, where
a directory of the test lies over /etc: the machine's files stay as they are, and the kernel's rule on the test's directory
sees the writes under the names that rows mean."""
import glob
import os
import shutil
import time

HOME = "/home/aurochs-live"
LATE = "/home/aurochs-live-late"

WATCHES = """
rw  DecoyFileAccessNix  deception.decoy  DIR/decoy.txt
modify,rename,delete,truncate  FileCanaryTouchNix  deception.canary  DIR/canary.docx
"""

# Type, file below /etc, group.
IN_ETC = [
    ("CronJobChangeNix", "cron.d/x", "persistence.cron"),
    ("AtJobChangeNix", "at.allow", "persistence.at"),
    ("KubeStaticPodNix", "kubernetes/manifests/x.yaml", "persistence.kube"),
    ("SystemdTimerChangeNix", "systemd/system/x.timer", "persistence.systemd_timer"),
    ("SystemdUnitCreateNix", "systemd/system/x.service", "persistence.systemd"),
    ("SystemdGeneratorNix", "systemd/system-generators/x", "persistence.systemd_generator"),
    ("InitScriptChangeNix", "rc.local", "persistence.init"),
    ("UpstartJobChangeNix", "init/x.conf", "persistence.upstart"),
    ("DbusServiceChangeNix", "dbus-1/system.d/x.conf", "persistence.dbus"),
    ("XdgAutostartNix", "xdg/autostart/x.desktop", "persistence.autostart"),
    ("SshdConfigChangeNix", "ssh/sshd_config", "persistence.sshd"),
    ("NetworkHttpProxyEnvNix", "profile.d/x-proxy.sh", "network.proxy"),
    ("ShellProfileChangeNix", "profile.d/x.sh", "persistence.shell"),
    ("EnvironmentFileChangeNix", "environment", "persistence.environment"),
    ("PamConfigChangeNix", "pam.d/x", "persistence.pam"),
    ("NssModuleChangeNix", "nsswitch.conf", "persistence.nss"),
    ("SudoersChangeNix", "sudoers.d/x", "persistence.sudoers"),
    ("PolkitRuleChangeNix", "polkit-1/rules.d/x.rules", "persistence.polkit"),
    ("MotdScriptChangeNix", "update-motd.d/x", "persistence.motd"),
    ("LdPreloadChangeNix", "ld.so.preload", "persistence.ld_preload"),
    ("LdConfigChangeNix", "ld.so.conf.d/x.conf", "persistence.ld_config"),
    ("UdevRuleChangeNix", "udev/rules.d/x.rules", "persistence.udev"),
    ("ModulesConfigChangeNix", "modprobe.d/x.conf", "persistence.modules"),
    ("InitramfsHookNix", "initramfs-tools/hooks/x", "persistence.initramfs"),
    ("GrubConfigChangeNix", "default/grub", "persistence.grub"),
    ("BinfmtRegisterNix", "binfmt.d/x.conf", "persistence.binfmt"),
    ("TmpfilesChangeNix", "tmpfiles.d/x.conf", "persistence.tmpfiles"),
    ("NetworkHookChangeNix", "network/if-up.d/x", "persistence.network_hook"),
    ("LogrotateChangeNix", "logrotate.d/x", "persistence.logrotate"),
    ("PackageHookChangeNix", "apt/apt.conf.d/x", "persistence.package_hook"),
    ("AccountDbWriteNix", "passwd", "accounts.db"),
    ("LoginPolicyChangeNix", "login.defs", "accounts.login_policy"),
    ("DomainMembershipNix", "krb5.conf", "accounts.domain"),
    ("ContainerConfigChangeNix", "docker/daemon.json", "containers.config"),
    ("KubeConfigChangeNix", "kubernetes/kubelet.conf", "containers.kube"),
    ("TimezoneChangeNix", "localtime", "system.timezone"),
    ("SysctlConfigChangeNix", "sysctl.d/x.conf", "system.sysctl"),
    ("HostsFileChangeNix", "hosts", "system.hosts"),
    ("ResolverChangeNix", "resolv.conf", "system.resolver"),
    ("RepositoryChangeNix", "apt/sources.list", "system.repository"),
    ("TimeServiceChangeNix", "chrony/chrony.conf", "system.time"),
    ("CertStoreModifyNix", "ssl/certs/x.pem", "system.certificates"),
    ("MacConfigFileNix", "selinux/config", "system.mac"),
    ("AuditConfigFileNix", "audit/auditd.conf", "audit.config"),
    ("LoggingConfigNix", "rsyslog.conf", "logging.config"),
    ("SensorFileTamperNix", "aurochs/aurochs.conf", "sensor.files"),
    ("SensorUnitTamperNix", "systemd/system/aurochsd.service", "sensor.unit"),
]

# Type, file to read, group. What is not there is made, and taken away again.
READS = [
    ("ShadowReadNix", "/etc/shadow", "creds.shadow"),
    ("SshPrivateKeyReadNix", HOME + "/.ssh/id_ed25519", "creds.ssh_key"),
    ("SshHostKeyReadNix", "/etc/ssh/aurochs_live_key", "creds.ssh_host_key"),
    ("KerberosTicketReadNix", "/tmp/krb5cc_aurochs_live", "creds.kerberos"),
    ("BrowserSecretReadNix", HOME + "/.mozilla/firefox/x.default/logins.json", "creds.browser"),
    ("CloudCredentialReadNix", HOME + "/.aws/credentials", "creds.cloud"),
    ("KubeConfigReadNix", HOME + "/.kube/config", "creds.kube_config"),
    ("KubeTokenReadNix", "/var/lib/kubelet/pods/aurochs-live/volumes/kubernetes.io~projected/x/token", "creds.kube_token"),
    ("HistoryReadNix", HOME + "/.bash_history", "creds.history"),
    ("DbCredentialReadNix", HOME + "/.pgpass", "creds.database"),
    ("KeyringReadNix", HOME + "/x.kdbx", "creds.keyring"),
    ("SssdCacheReadNix", "/var/lib/sss/db/aurochs-live.ldb", "creds.sssd"),
    ("SambaSecretReadNix", "/var/lib/samba/private/aurochs-live.tdb", "creds.samba"),
    ("GpgKeyReadNix", HOME + "/.gnupg/private-keys-v1.d/x.key", "creds.gpg"),
    ("TlsPrivateKeyReadNix", "/etc/ssl/private/aurochs-live.key", "creds.tls"),
    ("MailSpoolReadNix", "/var/mail/aurochs-live", "creds.mail"),
]

made = []  # what prepare() made on the machine, in order


def make(path, text=None):
    """A file (text) or directory that was not there, with the directories above it."""
    if os.path.lexists(path):
        return
    parent = os.path.dirname(path)
    if not os.path.isdir(parent):
        make(parent)
    made.append(path)
    if text is None:
        os.mkdir(path, 0o755)
        return
    with open(path, "w") as f:
        f.write(text)


def prepare(live):
    for _, path, _ in READS:
        make(path, "nothing\n")
    for path in (HOME + "/.config/autostart", HOME + "/repository/.git/hooks", "/var/www", LATE):
        make(path)
    for name in ("decoy.txt", "canary.docx"):
        live.file(name, "nothing\n")
    for _, name, _ in IN_ETC:
        os.makedirs(os.path.dirname(live.path("etc/" + name)), exist_ok=True)
    os.makedirs(live.path("etc/systemd/system/multi-user.target.wants"))
    live.file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n")


def clean(live):
    for path in reversed(made):
        try:
            os.rmdir(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
        except OSError:
            shutil.rmtree(path, ignore_errors=True)
    del made[:]
    for path in glob.glob("/usr/bin/aurochs-live-*") + glob.glob("/etc/*/aurochs-live*"):
        os.unlink(path)


def in_etc(live):
    """All at once, then all claims: each event takes a second to settle."""
    script = "mount --bind %s /etc || exit 9\n" % live.path("etc")
    script += "".join("echo >> /etc/%s\n" % name for _, name, _ in IN_ETC if name != "ld.so.preload")
    script += "echo >> /etc/systemd/system/x.service\nln -s ../x.service /etc/systemd/system/multi-user.target.wants/x.service\n"
    script += "rm /etc/systemd/system/x.service\n: > /etc/ld.so.preload\n"
    status, _, err = live.run("unshare", "-m", "sh", "-c", script)
    if status:
        raise RuntimeError("unshare: %s %s" % (status, err))
    for kind, name, group in IN_ETC:
        live.proves(kind, "a write to /etc/" + name, None, file_path="/etc/" + name, file_watch_group=group)
    unit = "/etc/systemd/system/x.service"
    live.proves("SystemdUnitModifyNix", "a write to a unit that is there", None, file_path=unit)
    live.proves("SystemdUnitDeleteNix", "a unit is removed", None, file_path=unit)
    live.proves("SystemdUnitEnableNix", "a link in a .wants directory", None, file_path="/etc/systemd/system/multi-user.target.wants/x.service")


def on_the_machine(live):
    """Rows outside /etc, and some of /etc as it is: a file of our own is made and removed."""
    site = "/usr/local/lib/python3/dist-packages"
    library = os.path.dirname((glob.glob("/usr/lib/*/security/pam_unix.so") + glob.glob("/usr/lib*/security/pam_unix.so") + [""])[0])
    writes = [("CronJobChangeNix", "/etc/cron.d/aurochs-live"), ("SystemdUnitCreateNix", "/etc/systemd/system/aurochs-live.service"),
              ("SshAuthorizedKeysNix", HOME + "/.ssh/authorized_keys"), ("ShellProfileChangeNix", HOME + "/.bashrc"),
              ("XdgAutostartNix", HOME + "/.config/autostart/x.desktop"), ("GitHookChangeNix", HOME + "/repository/.git/hooks/pre-commit"),
              ("SystemBinaryModifyNix", "/usr/bin/aurochs-live-program"), ("BootFileModifyNix", "/boot/aurochs-live"),
              ("PackageDbModifyNix", "/var/lib/dpkg/aurochs-live"), ("WebRootFileWriteNix", "/var/www/aurochs-live.php"),
              ("PythonStartupHookNix", site + "/aurochs-live.pth"), ("FileCreateNix", HOME + "/x.txt")]
    if library:
        writes.append(("PamModuleWriteNix", library + "/pam_aurochs_live.so"))
    writes = [(kind, path) for kind, path in writes if os.path.isdir(os.path.dirname(path)) or path.startswith(site)]
    make(site)
    log, history = "/var/log/aurochs-live.log", HOME + "/.bash_history"
    script = "".join("echo x > %s; rm %s\n" % (path, path) for _, path in writes)
    script += "echo x > %s; rm %s; rm %s; echo x > %s\n" % (log, log, history, history)
    if os.path.ismount("/sys/fs/bpf"):
        script += "mkdir /sys/fs/bpf/aurochs-live; rmdir /sys/fs/bpf/aurochs-live\n"
    live.run("sh", "-c", script)
    for kind, path in writes:
        live.proves(kind, "a write to " + path, None, file_path=path)
    live.proves("LogFileTamperNix", "a log is removed", None, file_path=log, file_op="delete")
    live.proves("HistoryFileTamperNix", "a history file is removed", None, file_path=history, file_op="delete")
    if os.path.ismount("/sys/fs/bpf"):
        live.proves("BpfPinNix", "a directory in the file system of BPF", None, file_path="/sys/fs/bpf/aurochs-live")
    else:
        live.cannot("BpfPinNix", "a directory in the file system of BPF", "none is mounted")
    live.tap.claim(not [e for e in live.events("LogFileTamperNix", file_path=log) if e.get("file_op") != "delete"], "a log that grows is no tampering")


def reads(live):
    live.run("sh", "-c", "cat %s > /dev/null" % " ".join([path for _, path, _ in READS] + [live.path("decoy.txt")]))
    for kind, path, group in READS:
        live.proves(kind, "cat " + path, None, file_path=path, file_watch_group=group)
    live.proves("DecoyFileAccessNix", "a decoy is read", None, file_path=live.path("decoy.txt"), file_watch_group="deception.decoy")
    live.proves("FileCanaryTouchNix", "a canary is written", lambda: live.run("sh", "-c", "echo x >> %s" % live.path("canary.docx")), file_path=live.path("canary.docx"))


def package(live):
    """What a package manager does to programs of the system is not told."""
    if not shutil.which("dpkg-deb") or not os.path.isdir("/var/lib/dpkg/info"):
        return live.tap.skip("a package that is installed is no alarm", "no dpkg here")
    program = "/usr/bin/aurochs-live-packaged"
    root = live.path("package")
    os.makedirs(root + "/DEBIAN")
    os.makedirs(root + "/usr/bin")
    live.file("package/usr/bin/aurochs-live-packaged", "nothing\n")
    live.file("package/DEBIAN/control", "Package: aurochs-live-test\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDescription: of a test\n")
    os.chmod(root + "/DEBIAN", 0o755)
    live.run("dpkg-deb", "--build", "--root-owner-group", root, live.path("package.deb"))
    begin = len(live.sensor.all())
    status = live.run("dpkg", "-i", live.path("package.deb"))
    installed = os.path.exists(program)
    live.run("dpkg", "-P", "aurochs-live-test")
    live.proves("SystemBinaryModifyNix", "a program beside the one that a package manager put there", lambda: live.run("sh", "-c", "echo > /usr/bin/aurochs-live-own; rm /usr/bin/aurochs-live-own"),
                file_path="/usr/bin/aurochs-live-own")
    told = [e for e in live.sensor.all()[begin:] if str(e.get("file_path", "")).startswith(program) or "/var/lib/dpkg/" in str(e.get("file_path", "")) and e["event_type"] == "PackageDbModifyNix"
            and not e["file_path"].endswith("/aurochs-live")]
    live.tap.claim(installed and not told, "a package that is installed and removed is no alarm", status, *told[:3])


def late(live):
    """A file of a home that was not there when the sensor started: the next look finds it."""
    path = LATE + "/.aws/credentials"

    end = time.monotonic() + 45

    def read_until():
        while time.monotonic() < end and not live.events("CloudCredentialReadNix", file_path=path):
            live.run("cat", path)
            time.sleep(1)
    live.proves("CloudCredentialReadNix", "a file that came after the start", read_until, file_path=path)


def run(live):
    make(LATE + "/.aws/credentials", "nothing\n")
    in_etc(live)
    on_the_machine(live)
    reads(live)
    package(live)
    late(live)
