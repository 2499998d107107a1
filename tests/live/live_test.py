#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""aurochsd against the kernel of this machine. Real acts, and what must be told of them; TAP on standard output.

Needs root. Changes the kernel's audit state and puts it back exactly, also when it is killed (Guardian). Ends only what it
started. Every act lives until its event was seen, so that no claim depends on who is faster; what does (the share of short
processes whose /proc was read in time) is printed as a figure."""
import argparse
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))
import audit_kernel  # noqa: E402
from sensor import PATIENCE, Held, Sensor, Tap, run, same_state, wait_for  # noqa: E402

NOBODY = 65534
SHORT_LIVES = 20000
# The fields of a process start that the schema promises, all 80.
PROMISED = """cmdline cmdline_fingerprint customer_id customer_name customer_system dev_fqdn dev_id dev_ipv4 dev_os dev_os_type
event_id event_log_source event_type event_type_vendor event_utc_time event_uuid op_func_name proc_cgroups proc_cwd proc_env
proc_file_ace_mask proc_file_age proc_file_app_productname proc_file_atime proc_file_crtime proc_file_exists proc_file_group_id
proc_file_group_name proc_file_inode proc_file_mage proc_file_mtime proc_file_name proc_file_nlink proc_file_owner_id
proc_file_owner_name proc_file_path proc_file_size proc_file_tgt_ace_mask proc_file_tgt_name proc_file_tgt_path
proc_file_tgt_size proc_file_type proc_group_e_id proc_group_e_name proc_group_r_id proc_group_r_name proc_guid proc_id
proc_issnapshot proc_p_cap_pe proc_p_cap_pp proc_p_cmdline proc_p_cwd proc_p_file_exists proc_p_file_name proc_p_file_path
proc_p_group_e_id proc_p_group_r_id proc_p_guid proc_p_id proc_p_session_id proc_p_uptime proc_p_usr_e_id proc_p_usr_r_id
proc_session_id proc_start_time proc_term_session_id proc_usr_audit_id proc_usr_audit_name proc_usr_e_id proc_usr_e_name
proc_usr_r_id proc_usr_r_name rule_name sensor_cfg_profile sensor_cfg_profile_id sensor_cfg_version sensor_groups sensor_type
sensor_version""".split()
CONFIG = "[sensor]\ngroups = live\n[profile]\nname = default\n[customer]\nid = 7\nname = live test\nsystem = one machine\n"


def quoted(argument):
    """As cmdline shows an argument."""
    if argument and not any(c <= " " or c in "'\"\x7f" for c in argument):
        return argument
    return "'" + argument.replace("'", "'\\''") + "'"


def digest_of(path):
    with open(path, "rb") as f:
        return hashlib.sha256(f.read(4096)).hexdigest().upper()


def log_in_as_root():
    """A login user and session for this child alone; where loginuid is immutable the child stays without."""
    try:
        with open("/proc/self/loginuid", "w") as f:
            f.write("0")
    except OSError:
        pass


def become_nobody():
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


class Live:
    def __init__(self, options):
        self.o, self.tap, self.say = options, Tap(), Tap.say
        self.dir = tempfile.mkdtemp(prefix="aurochs-live-")
        os.chmod(self.dir, 0o755)
        self.kernel = audit_kernel.Kernel()
        self.saved = audit_kernel.Saved(self.kernel)
        self.guardian = audit_kernel.Guardian(self.saved, self.dir)
        self.sensors, self.foreign, self.before = [], audit_kernel.harmless_rule("foreign-test"), None
        self.config = self.file("aurochs.conf", CONFIG)
        with open(os.path.join(options.rules_dir, "..", "data", "watches.conf")) as table:
            self.watches = self.file("watches.conf", table.read())

    # --- tools
    def path(self, name):
        return os.path.join(self.dir, name)

    def file(self, name, text, mode=0o644):
        with open(self.path(name), "w") as f:
            f.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def copy(self, program, name, mode=0o755):
        shutil.copyfile(program, self.path(name))
        os.chmod(self.path(name), mode)
        return self.path(name)

    def arguments(self, *more, **changed):
        state = changed.get("state", "state")
        return [self.o.aurochsd, "--config", changed.get("config", self.config), "--rules-dir", changed.get("rules", self.o.rules_dir),
                "--watches", changed.get("watches", self.watches), "--state-dir", self.path(state)] + list(more)

    def start(self, *more, **changed):
        """A sensor that listens."""
        reads, preexec = changed.pop("reads", True), changed.pop("preexec", None)
        sensor = Sensor(self.guardian, self.arguments(*more, **changed), reads=reads, preexec_fn=preexec)
        self.sensors.append(sensor)
        if not sensor.is_listening():
            raise RuntimeError("aurochsd did not start: " + sensor.said())
        return sensor

    def hold(self, *argv, **options):
        return Held(self.guardian, list(argv), **options)

    def run(self, *argv, **options):
        return run(self.guardian, list(argv), **options)

    def is_as_before(self, what, but=()):
        wrong = same_state(self.before, self.kernel, but)
        self.tap.claim(not wrong, "kernel as before: " + what, *wrong)

    def ends_well(self, sensor, what, number=signal.SIGINT):
        status = sensor.end(number)
        self.tap.claim(status == 0, "exit status 0: " + what, "status %s" % status, sensor.said())
        self.is_as_before(what)

    def created(self, sensor, process, claim, **expected):
        """Claims that the process start was told with those values; returns it."""
        e = sensor.wait("ProcessCreateNix", proc_id=process.pid)
        wrong = ["%s: %r expected, %r told" % (k, v, e.get(k)) for k, v in expected.items() if e.get(k) != v]
        self.tap.claim(e and not wrong, claim, *(wrong if e else ["no ProcessCreateNix of pid %d" % process.pid]))
        return e

    def told(self, sensor, claim, kind, good=lambda e: True, seconds=PATIENCE, **fields):
        e = sensor.wait(kind, seconds, **fields)
        self.tap.claim(e and good(e), claim, "%s %s: %s" % (kind, fields, {k: v for k, v in e.items() if k[:5] not in ("dev_i", "senso")}))
        return e

    # --- 1 to 4: the first session, with the acts
    def first_session(self):
        if self.foreign:
            self.kernel.add(self.foreign)
        self.before = audit_kernel.Saved(self.kernel)
        with self.hold("sleep", "1000") as sleeper:
            sensor = self.start()
            me = self.started(sensor)
            self.rules_while_running()
            for act in (self.elf, self.promised_fields, self.scripts, self.inline, self.setuid, self.arguments_kept, self.nameless,
                        self.other_roots, self.environment, self.failures, self.crash, self.exit_code, self.family):
                self.guarded(act, sensor)
            sleeper_guid = sensor.wait("ProcessInfoNix", proc_id=sleeper.pid).get("proc_guid")
            self.ends_well(sensor, "after SIGINT")
            events = sensor.all()
            self.tap.claim(not sensor.bad, "every line on standard output is an event", *sensor.bad[:5])
            self.tap.claim(events and events[-1]["event_type"] == "SensorStopNix", "SensorStopNix last", events[-1:])
            self.killed_and_restarted(sleeper, sleeper_guid, me.get("proc_guid"))
            sleeper.child.kill()

    def started(self, sensor):
        self.tap.claim("listening" in sensor.said(), "says on standard error that it listens", sensor.said())
        e = self.told(sensor, "SensorStartNix comes", "SensorStartNix")
        self.say("capture: %s" % e.get("sensor_capture"))
        self.tap.claim(sensor.all()[0]["event_type"] == "SensorStartNix", "SensorStartNix is the first event", sensor.all()[0])
        return self.told(sensor, "ProcessInfoNix of a process that ran before: this test", "ProcessInfoNix",
                         lambda e: e.get("proc_issnapshot") is True, proc_id=os.getpid())

    def rules_while_running(self):
        keys = [audit_kernel.key(r) for r in self.kernel.rules()]
        self.tap.claim("aurochs-exec" in keys, "our rules are in the kernel while it runs", keys)
        if self.foreign:
            self.tap.claim(self.foreign in self.kernel.rules(), "a rule of somebody else stays beside them", keys)
        else:
            self.tap.skip("a rule of somebody else stays beside them", "unknown machine")

    def elf(self, sensor):
        with self.hold(self.o.tiny, "hold") as p:
            e = self.created(sensor, p, "exec of an ELF", cmdline=self.o.tiny + " hold", proc_file_path=self.o.tiny, proc_p_id=os.getpid(),
                             proc_file_name=os.path.basename(self.o.tiny), op_status=1, proc_usr_e_id=0, proc_file_exists=True,
                             event_id=40, proc_cwd=os.getcwd(), proc_file_size=os.path.getsize(self.o.tiny), proc_issnapshot=False)
        good = self.told(sensor, "its end comes", "ProcessExitNix", proc_id=p.pid)
        self.tap.claim(good.get("proc_guid") == e.get("proc_guid"), "start and end are of one identity",
                       "start: %s, since %s (%s)" % tuple(e.get(k) for k in ("proc_guid", "proc_start_time", "proc_start_src")),
                       "end: %s, since %s (%s)" % tuple(good.get(k) for k in ("proc_guid", "proc_start_time", "proc_start_src")))

    def promised_fields(self, sensor):
        shell = shutil.which("sh") or "/bin/sh"
        with self.hold(shell, "-c", "read x", preexec_fn=log_in_as_root, env=dict(os.environ, LANG="C")) as p:
            e = sensor.wait("ProcessCreateNix", proc_id=p.pid)
        missing = [name for name in PROMISED if name not in e]
        self.tap.claim(len(PROMISED) == 80 and len(missing) <= 10, "at least 70 of the 80 promised fields", "missing: " + " ".join(missing))
        self.say("%d of 80 fields of a process start; missing: %s" % (80 - len(missing), " ".join(missing) or "none"))

    def scripts(self, sensor):
        for name, head in (("plain.sh", "#!/bin/sh"), ("env.sh", "#!/usr/bin/env sh")):
            script = self.file(name, head + "\nread x\n", 0o755)
            with self.hold(script, "one") as p:
                self.told(sensor, "script with %s" % head, "ScriptExecNix", lambda e: e.get("script_hash") == digest_of(script) and
                          e.get("script_interp", "").startswith("/"), proc_id=p.pid, script_path=script)

    def inline(self, sensor):
        code = "read x; : 'what stands here'"
        with self.hold("sh", "-c", code) as p:
            self.told(sensor, "code on the command line of sh", "ScriptInlineNix", proc_id=p.pid, script_text=code)

    def setuid(self, sensor):
        program = self.copy(self.o.tiny, "live-suid", 0o4755)
        claim = "setuid program started by another user"
        if os.statvfs(self.dir).f_flag & os.ST_NOSUID:
            return self.tap.skip(claim, "%s is mounted nosuid" % self.dir)
        with self.hold(program, "hold", preexec_fn=become_nobody) as p:
            self.created(sensor, p, claim, proc_usr_e_id=0, proc_usr_r_id=NOBODY, proc_priv_how="exec-suid")

    def arguments_kept(self, sensor):
        tiny = self.o.tiny
        many = ["%04d%s" % (i, "x" * 96) for i in range(2999)]
        with self.hold(tiny, *many) as p:
            e = self.created(sensor, p, "3000 arguments, all of them", cmdline=" ".join([tiny] + many))
            self.tap.claim("cmdline_truncated" not in e and "event_incomplete" not in e, "3000 arguments, nothing cut")
        with self.hold(tiny, b"a\xffb") as p:
            self.created(sensor, p, "an argument that is not UTF-8", cmdline=tiny + " a\\xffb")
        huge = ["%02d" % i + "y" * 100000 for i in range(15)]
        with self.hold(tiny, *huge) as p:
            e = self.created(sensor, p, "1.5 MB of arguments: marked as cut", cmdline_truncated=True)
            whole = " ".join([tiny] + huge)
            self.tap.claim(len(e.get("cmdline", "")) > 300000 and whole.startswith(e["cmdline"]), "1.5 MB of arguments: what is there is the begin",
                           len(e.get("cmdline", "")))
        strange = os.fsencode(self.path("live-")) + b"\xff\n\t\"name"
        shutil.copyfile(tiny, strange)
        os.chmod(strange, 0o755)
        with self.hold(strange, "hold") as p:
            self.created(sensor, p, "an image whose name is not UTF-8 and has control characters", proc_file_name="live-\\xff\n\t\"name",
                         proc_file_exists=True, proc_file_size=os.path.getsize(tiny))
        odd = "line\nfeed \"double\" and 'single' \u0436"
        with self.hold(tiny, odd, "") as p:
            self.created(sensor, p, "an argument with newline and quotes, and an empty one", cmdline="%s %s ''" % (tiny, quoted(odd)))

    def nameless(self, sensor):
        for claim, kind, argv, fields in (
                ("deleted image", "ProcessExecDeletedNix", ("deleted", self.o.tiny, self.path("live-deleted")), {"proc_file_exists": False}),
                ("memfd image", "ProcessExecFilelessNix", ("memfd", self.o.tiny), {"cmdline": "live-memfd hold"})):
            with self.hold(self.o.acts, *argv) as p:
                e = wait_for(lambda: p.child.poll() is not None or sensor.find(kind, proc_id=p.pid))
                if p.child.poll() == 77:
                    self.tap.skip(claim, "not in this kernel")
                    continue
                self.told(sensor, claim, kind, proc_id=p.pid, **fields)
                self.tap.claim(e is not True and any(c.get("proc_guid") == e[0]["proc_guid"] for c in sensor.find("ProcessCreateNix", proc_id=p.pid)),
                               claim + ": the start is told as well", e)

    def other_roots(self, sensor):
        os.mkdir(self.path("root"))
        self.copy(self.o.tiny, "root/live-jailed")

        def enter():
            os.chroot(self.path("root"))
            os.chdir("/")
        try:
            with self.hold("/live-jailed", "hold", preexec_fn=enter) as p:
                e = self.created(sensor, p, "exec inside a chroot", proc_file_path="/live-jailed", cmdline="/live-jailed hold")
            self.tap.claim(e.get("proc_chroot_status") == "Yes", "exec inside a chroot: marked", e.get("proc_chroot_status"))
        except subprocess.SubprocessError as e:
            self.tap.skip("exec inside a chroot", str(e))
        with self.hold(self.o.acts, "pidns", self.o.tiny, stdout=subprocess.PIPE) as p:
            word = p.child.stdout.readline()
            if not word:
                return self.tap.skip("exec inside a PID namespace", "no PID namespaces here")
            self.told(sensor, "exec inside a PID namespace: pid out here and in there", "ProcessCreateNix", lambda e: e.get("proc_ns_id") == 1,
                      proc_id=int(word), proc_p_id=p.pid, proc_file_path=self.o.tiny)

    def environment(self, sensor):
        with self.hold(self.o.tiny, "hold", env=dict(os.environ, LD_PRELOAD="/nonexistent/evil.so")) as p:
            self.told(sensor, "LD_PRELOAD in the environment", "ProcessEnvHijackNix", lambda e: "LD_PRELOAD" in e.get("op_text", ""), proc_id=p.pid)

    def failures(self, sensor):
        program = self.file("not-executable", "x\n")
        try:
            self.hold(program).let_go()
        except PermissionError:
            pass
        self.told(sensor, "exec that fails (EACCES)", "ProcessCreateFailNix", proc_file_path=program, op_exit=-13, op_status=0)

    def crash(self, sensor):
        with self.hold(self.o.acts, "crash") as p:
            p.child.wait(PATIENCE)
        self.told(sensor, "crash by SIGSEGV: the kernel's word", "ProcessCrashNix", proc_id=p.pid, op_signal=int(signal.SIGSEGV))
        self.told(sensor, "crash by SIGSEGV: the end", "ProcessSignalDeathNix", proc_id=p.pid, op_signal=int(signal.SIGSEGV))

    def exit_code(self, sensor):
        with self.hold(self.o.acts, "exit", "3") as p:
            p.child.wait(PATIENCE)
        end = self.told(sensor, "exit code 3", "ProcessExitNix", proc_id=p.pid, op_exit=3)
        kinds = [e["event_type"] for e in sensor.all() if e.get("proc_id") == p.pid and e.get("proc_guid") == end.get("proc_guid")]
        order = [k for k in kinds if k in ("ProcessCreateNix", "ProcessExitNix")]
        self.tap.claim(order == ["ProcessCreateNix", "ProcessExitNix"], "the end comes once, behind the start", kinds)

    def family(self, sensor):
        code = "'%s' hold; exit 0" % self.o.tiny
        with self.hold("sh", "-c", code, cwd=self.dir) as p:
            shell = sensor.wait("ProcessCreateNix", proc_id=p.pid)
            e = self.told(sensor, "a grandchild is told", "ProcessCreateNix", proc_file_path=self.o.tiny, proc_p_id=p.pid)
        me = sensor.wait("ProcessInfoNix", proc_id=os.getpid()).get("proc_guid")
        for field, value in (("proc_p_guid", shell.get("proc_guid")), ("proc_p_cmdline", "sh -c " + quoted(code)), ("proc_p_cwd", self.dir),
                             ("proc_p_file_name", "sh"), ("proc_p_usr_e_id", 0)):
            self.tap.claim(value is not None and e.get(field) == value, "grandchild: " + field, "%r expected, %r told" % (value, e.get(field)))
        chain = e.get("proc_anc_guids", "").split("|")[:2]
        self.tap.claim(chain == [shell.get("proc_guid"), me], "grandchild: ancestors, nearest first", chain, shell.get("proc_guid"), me)

    def killed_and_restarted(self, sleeper, sleeper_guid, my_guid):
        second = self.start()
        second.wait("ProcessInfoNix", proc_id=sleeper.pid)
        second.end(signal.SIGKILL)
        keys = [audit_kernel.key(r) for r in self.kernel.rules()]
        self.tap.claim("aurochs-exec" in keys, "SIGKILL leaves rules behind, as it must", keys)
        third = self.start()
        self.tap.claim(sleeper_guid and third.wait("ProcessInfoNix", proc_id=sleeper.pid).get("proc_guid") == sleeper_guid,
                       "a long-lived process has the same proc_guid before and after", sleeper_guid)
        with self.hold(self.o.tiny, "hold") as p:
            self.created(third, p, "its children name the same parent before and after", proc_p_guid=my_guid)
        self.ends_well(third, "after SIGKILL, restart and SIGINT")
        self.ends_well(self.start(), "after SIGTERM", signal.SIGTERM)

    def killed_while_starting(self):
        """At sixteen moments of a start; the next one that ends as it should puts everything back."""
        for i in range(16):
            sensor = Sensor(self.guardian, self.arguments())
            time.sleep(0.004 * i)
            sensor.end(signal.SIGKILL)
        self.ends_well(self.start(), "after SIGKILL at sixteen moments of a start")
        for name in os.listdir(self.path("state")):
            with open(self.path("state/" + name), "wb") as f:
                f.write(b"\0\xffnonsense\n" * 9)
        sensor = self.start()
        with self.hold(self.o.tiny, "hold") as p:
            self.created(sensor, p, "events come though every file of its state is damaged")
        self.ends_well(sensor, "after a start with damaged state")

    # --- 5: short lives
    def short_lives(self):
        program = self.copy(self.o.tiny, "live-short")
        sensor = self.start()
        begin = time.monotonic()
        _, out, _ = self.run(self.o.acts, "spawn", str(SHORT_LIVES), program, env=dict(os.environ, LANG="C"))
        took = time.monotonic() - begin
        with self.hold(self.o.tiny, "hold") as p:
            sensor.wait("ProcessCreateNix", 60, proc_id=p.pid)  # what came before it is there
        peak = sensor.memory_peak()
        self.tap.claim("aurochs-exec" in [audit_kernel.key(r) for r in self.kernel.rules()], "20 000 short lives: our rules stand to the end",
                       "somebody else stopped a sensor here meanwhile: what follows means nothing")
        self.ends_well(sensor, "after 20 000 short lives")
        seen = sensor.find("ProcessCreateNix", proc_file_path=program)
        drops = [e for e in sensor.find("SensorDropNix") if e.get("sensor_loss_cause") != "snapshot_budget"]
        self.tap.claim(out.strip() == str(SHORT_LIVES).encode(), "20 000 short lives were lived", out)
        lost = sum(e.get("event_count", 0) for e in drops)
        self.tap.claim(len(seen) + lost >= SHORT_LIVES >= len(seen), "20 000 short lives: told, or told to be lost", "%d told, %d lost" % (len(seen), lost))
        if drops:  # a machine too busy to run the sensor: what matters then is that the loss is known
            self.tap.skip("20 000 short lives, 20 000 starts told", "lost on a busy machine, and told so: " +
                          ", ".join("%s %s" % (e.get("sensor_loss_cause"), e.get("event_count")) for e in drops))
        else:
            self.tap.claim(len(seen) == SHORT_LIVES, "20 000 short lives, 20 000 starts told", "%d told" % len(seen))
        self.tap.claim(len({(e["proc_id"], e["proc_guid"]) for e in seen}) == len(seen), "none of them told twice")
        ends = sensor.find("ProcessExitNix", proc_file_path=program)
        known = {e["proc_guid"] for e in ends}
        share = 100.0 * sum(e["proc_guid"] in known for e in seen) / max(len(seen), 1)
        self.tap.claim(share >= 95, "at least 95 % of the short lives: the end is told under the identity of the start", "%.2f %%" % share)
        self.say("with an end under the same identity: %.2f %%" % share)
        self.say("%d starts in %.1f s, %.0f a second; peak of resident memory %.1f MiB" % (SHORT_LIVES, took, SHORT_LIVES / took, peak / 1048576.0))
        for what, count in (("their environment", sum("proc_env" in e for e in seen)),
                            ("their own cgroups", sum("proc_cgroups" in e and "proc_cgroups_src" not in e for e in seen)),
                            ("their real start time", sum("proc_start_src" not in e for e in seen))):
            share = 100.0 * count / max(len(seen), 1)
            self.tap.claim(share >= 80, "at least 80 %% of the short lives are told with %s" % what, "%.2f %%" % share)
            self.say("with %s: %.2f %%" % (what, share))
        if self.o.sanitized:
            self.tap.skip("resident memory within 40 MiB", "a build with sanitizers")
        else:
            self.tap.claim(peak <= 40 << 20, "resident memory within 40 MiB", "%d bytes" % peak)

    def stopped_at_once(self):
        program, count = self.copy(self.o.tiny, "live-last"), 500
        sensor = self.start()
        self.run(self.o.acts, "spawn", str(count), program)
        self.ends_well(sensor, "SIGINT right behind 500 short lives")
        drops = [(e.get("sensor_loss_cause"), e.get("event_count")) for e in sensor.find("SensorDropNix")]
        for kind in ("ProcessCreateNix", "ProcessExitNix"):
            seen = len(sensor.find(kind, proc_file_path=program))
            lost = sum(n for _, n in drops)
            self.tap.claim(seen + lost >= count >= seen, "SIGINT right behind 500 short lives: every %s is told" % kind, "%d told; losses: %s" % (seen, drops))

    # --- 6: what is refused
    def refusals(self):
        sensor = self.start()
        status, _, err = self.run(*self.arguments())
        self.tap.claim(status == 3 and "pid %d" % sensor.pid in err, "a second sensor on the same state directory is refused, the first one named", status, err)
        with self.hold(self.o.tiny, "hold") as p:
            self.created(sensor, p, "the first one goes on")
        self.tap.claim("aurochs-exec" in [audit_kernel.key(r) for r in self.kernel.rules()], "the rules of the first one are still there")
        self.ends_well(sensor, "after a second sensor was refused")
        status, out, err = self.run(self.o.aurochsd, "--stat-dir", self.dir)
        self.tap.claim(status == 2 and "--stat-dir" in err and "--state-dir" in err and not out, "unknown option: refused, the nearest one named", status, err)
        bad = self.file("bad.conf", "[capture]\nmod = auto\n")
        for more in ([], ["--check"]):
            status, out, err = self.run(*self.arguments(*more, config=bad))
            self.tap.claim(status == 2 and "bad.conf:2" in err and "mode" in err and not out, "unknown key: file:line and the nearest one " + " ".join(more), status, err)
        os.mkdir(self.path("bad.d"))
        shutil.copy(os.path.join(self.o.rules_dir, "10-exec.rules"), self.path("bad.d"))
        self.file("bad.d/20-bad.rules", "# a rule\n-a always,exit -F arch=b64 -S no_such_call -k aurochs-bad\n")
        for more in ([], ["--check"]):
            status, out, err = self.run(*self.arguments(*more, rules=self.path("bad.d")))
            self.tap.claim(status == 2 and "20-bad.rules:2" in err and not out, "bad rule file: file:line " + " ".join(more), status, err)
        bad = self.file("bad-watches.conf", "version 1\nw CronJobChangNix a /etc/crontab\n")
        for more in ([], ["--check"]):
            status, out, err = self.run(*self.arguments(*more, watches=bad))
            self.tap.claim(status == 2 and "bad-watches.conf:2" in err and "CronJobChangeNix" in err and not out, "bad watch table: file:line and the nearest type " + " ".join(more), status, err)
        self.is_as_before("after refusals")

    # --- 7: recording
    def recording(self):
        record = self.path("live.recording")
        sensor = self.start("--record", record)
        self.run(self.o.acts, "spawn", "300", self.copy(self.o.tiny, "live-recorded"))
        self.run("sh", "-c", "exit 5")
        self.run(self.file("recorded.sh", "#!/bin/sh\nexit 0\n", 0o755))
        with self.hold(self.o.tiny, "hold", b"\xff\xfe") as p:
            sensor.wait("ProcessCreateNix", proc_id=p.pid)
        self.ends_well(sensor, "after a recording")
        status, out, err = self.run(self.o.aurochsctl, "replay", record)
        lines, again = sensor.lines(), out
        differ = [(a, b) for a, b in zip(lines.split(b"\n"), again.split(b"\n")) if a != b][:1]
        self.tap.claim(status == 0 and lines.count(b"\n") > 300, "a recording can be replayed", status, err)
        self.tap.claim(lines == again, "replay says the same, byte for byte", "%d lines live, %d replayed" % (lines.count(b"\n"), again.count(b"\n")), *differ)

    # --- 8: without rights
    def without_rights(self):
        program = self.copy(self.o.aurochsd, "aurochsd")
        os.mkdir(self.path("nobody"))
        os.chown(self.path("nobody"), NOBODY, NOBODY)
        argv = [program, "--config", self.config, "--rules-dir", self.copy_rules(), "--watches", self.watches, "--state-dir"]
        status, out, err = self.run(*(argv + [self.path("nobody/state")]), preexec_fn=become_nobody, cwd="/")
        self.tap.claim(status == 4 and not out, "without rights: exit status 4", status, err)
        self.tap.claim("CAP_AUDIT_CONTROL" in err, "without rights: says what is missing", err)
        self.tap.claim("replay" in err, "without rights: says what still works", err)
        os.mkdir(self.path("not-yours"), 0o755)
        status, _, err = self.run(*(argv + [self.path("not-yours/state")]), preexec_fn=become_nobody, cwd="/")
        self.tap.claim(status == 1 and "not-yours" in err, "state directory that can not be made: exit status 1, named", status, err)
        status, _, err = self.run(*self.arguments(state="/proc/no-state"))
        self.tap.claim(status == 1 and "/proc/no-state" in err, "the same as root, below /proc", status, err)
        self.is_as_before("after starts without rights")

    def copy_rules(self):
        if not os.path.isdir(self.path("rules.d")):
            shutil.copytree(self.o.rules_dir, self.path("rules.d"))
            for folder, _, names in os.walk(self.path("rules.d")):
                os.chmod(folder, 0o755)
                for name in names:
                    os.chmod(os.path.join(folder, name), 0o644)
        return self.path("rules.d")

    def without_connector(self):
        """In a network namespace of its own the sensor has neither connector nor multicast: fork and exit come from rules."""
        if self.saved.status["pid"]:
            return self.tap.skip("without the proc connector", "an audit daemon (pid %d) is registered" % self.saved.status["pid"])

        def leave():
            if ctypes.CDLL(None, use_errno=True).unshare(0x40000000):  # CLONE_NEWNET
                raise OSError(ctypes.get_errno(), "unshare")
        try:
            sensor = self.start(preexec=leave)
        except subprocess.SubprocessError:
            return self.tap.skip("without the proc connector", "no network namespaces here")
        keys = [k for r in self.kernel.rules() for k in audit_kernel.key(r).split("\x01")]  # rules of one filter are one
        self.tap.claim("aurochs-process" in keys, "without the proc connector: rules for forks and exits are there", keys)
        self.tap.claim("connector" in sensor.said(), "without the proc connector: says so", sensor.said())
        self.guarded(self.elf, sensor)
        self.guarded(self.exit_code, sensor)
        self.guarded(self.family, sensor)
        self.ends_well(sensor, "without the proc connector")

    # --- 9: unicast, and beside an audit daemon
    def unicast(self):
        if self.saved.status["pid"]:
            return self.tap.skip("unicast", "an audit daemon (pid %d) is registered" % self.saved.status["pid"])
        sensor = self.start("--capture", "unicast")
        self.tap.claim(self.kernel.status()["pid"] == sensor.pid, "unicast: registered while it runs", self.kernel.status())
        with self.hold(self.o.tiny, "hold") as p:
            self.created(sensor, p, "unicast: events come")
        self.ends_well(sensor, "after unicast")
        sensor = self.start("--capture", "unicast")
        sensor.end(signal.SIGKILL)
        sensor = self.start("--capture", "unicast")
        with self.hold(self.o.tiny, "hold") as p:
            self.created(sensor, p, "unicast: events come after SIGKILL and restart")
        self.ends_well(sensor, "after unicast, SIGKILL and restart")

    def beside_auditd(self):
        claim = "beside an audit daemon"
        daemon = next((p for p in ("/sbin/auditd", "/usr/sbin/auditd") if os.access(p, os.X_OK)), None)
        if not daemon or self.saved.status["pid"]:
            return self.tap.skip(claim, "no auditd installed" if not daemon else "the machine's own one is registered")
        auditd, log = self.start_auditd(daemon)
        try:
            if not wait_for(lambda: auditd.poll() is not None or self.kernel.status()["pid"] == auditd.pid, 15) or auditd.poll() is not None:
                return self.tap.skip(claim, "auditd does not start here: status %s" % auditd.poll())
            with_daemon, self.before = self.before, audit_kernel.Saved(self.kernel)
            try:
                self.with_auditd(auditd, log)
            finally:
                self.before = with_daemon
        finally:
            if auditd.poll() is None:
                auditd.terminate()
            try:
                auditd.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                auditd.kill()
                auditd.wait()
            self.guardian.ended(auditd.pid)
            self.put_back()
        self.is_as_before("after the audit daemon")

    def start_auditd(self, daemon):
        etc, log = self.path("auditd"), self.path("auditd/audit.log")
        os.makedirs(etc + "/plugins.d")
        os.chmod(etc, 0o750)
        self.file("auditd/auditd.conf", "log_file = %s\nlog_format = RAW\nlog_group = root\nflush = NONE\nplugin_dir = %s/plugins.d\nspace_left = 2\n"
                  "admin_space_left = 1\nspace_left_action = IGNORE\nadmin_space_left_action = IGNORE\ndisk_full_action = IGNORE\n"
                  "disk_error_action = IGNORE\npriority_boost = 0\n" % (log, etc), 0o640)
        child = subprocess.Popen([daemon, "-n", "-s", "enable", "-c", etc], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.guardian.started(child.pid)
        return child, log

    def with_auditd(self, auditd, log):
        sensor = self.start()
        with self.hold(self.o.tiny, "beside-auditd") as p:
            self.created(sensor, p, "beside auditd: events come")
        start = sensor.wait("SensorStartNix")
        self.tap.claim(start.get("sensor_capture") == "multicast", "beside auditd: by multicast", start.get("sensor_capture"))

        def logged():
            with open(log, "rb") as f:
                return b'a1="beside-auditd"' in f.read()
        self.tap.claim(os.path.exists(log) and wait_for(logged), "beside auditd: its log has the records too")
        self.tap.claim(self.kernel.status()["pid"] == auditd.pid, "beside auditd: it stays registered")
        self.ends_well(sensor, "beside auditd")
        status, out, err = self.run(*self.arguments("--capture", "unicast"))
        self.tap.claim(status == 5 and str(auditd.pid) in err and not out, "beside auditd: unicast is refused, its pid named", status, err)
        self.is_as_before("unicast refused beside auditd")

    # --- 11: who reads standard output
    def closed_output(self):
        sensor = Sensor(self.guardian, self.arguments(), reads=False)
        self.sensors.append(sensor)
        listening = sensor.is_listening()
        sensor.child.stdout.close()
        self.tap.claim(listening, "starts though nobody reads yet", sensor.said())
        self.run(self.o.acts, "spawn", "200", self.o.tiny)
        sensor.may_read.set()
        status = sensor.ended()
        self.tap.claim(status == 1, "closed standard output: ends by itself, status 1", status, sensor.said())
        self.tap.claim("standard output" in sensor.said(), "closed standard output: says why", sensor.said())
        self.is_as_before("after a closed standard output")

    def stalled_output(self):
        program, count = self.copy(self.o.tiny, "live-stalled"), 4000
        sensor = self.start(reads=False)
        begin = time.monotonic()
        self.run(self.o.acts, "spawn", str(count), program)
        spawned = time.monotonic() - begin
        time.sleep(max(0.0, 5 - spawned))  # the stall itself, not a proof
        self.tap.claim(sensor.child.poll() is None, "standard output not read for 5 s: it lives on", sensor.said())
        sensor.may_read.set()
        with self.hold(self.o.tiny, "hold") as p:
            self.created(sensor, p, "read again: events come")
        self.ends_well(sensor, "after a stalled standard output")
        lost = sum(e.get("event_count", 0) for e in sensor.find("SensorDropNix", sensor_loss_cause="outbox_full"))
        others = [(e.get("sensor_loss_cause"), e.get("event_count")) for e in sensor.find("SensorDropNix")
                  if e.get("sensor_loss_cause") not in ("outbox_full", "snapshot_budget")]
        seen = len(sensor.find("ProcessCreateNix", proc_file_path=program)) + len(sensor.find("ProcessExitNix", proc_file_path=program))
        self.tap.claim(seen + lost >= 2 * count, "what was not read is counted as outbox_full", "%d told, %d counted as lost, %d expected" % (seen, lost, 2 * count))
        self.tap.claim(not others and not sensor.bad, "nothing else is lost, no line is torn", others, *sensor.bad[:3])
        self.say("stalled reader: %d of %d events told, %d counted as lost" % (seen, 2 * count, lost))

    def stalled_and_stopped(self):
        sensor = self.start(reads=False)
        self.run(self.o.acts, "spawn", "1500", self.o.tiny)
        sensor.child.send_signal(signal.SIGINT)
        try:
            status = sensor.child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            status = None
        self.tap.claim(status is not None, "SIGINT while nobody reads standard output: ends all the same", sensor.said())
        sensor.end()
        self.is_as_before("after SIGINT while nobody reads")

    def read_while_stopping(self):
        program, count = self.copy(self.o.tiny, "live-late-read"), 500
        sensor = self.start(reads=False)
        self.run(self.o.acts, "spawn", str(count), program)
        self.ends_well(sensor, "SIGINT to a sensor that was not read, reading begins")
        lost = sum(e.get("event_count", 0) for e in sensor.find("SensorDropNix"))
        seen = sum(len(sensor.find(kind, proc_file_path=program)) for kind in ("ProcessCreateNix", "ProcessExitNix"))
        self.tap.claim(not sensor.bad, "reading begins at the stop: no line is torn", *sensor.bad[:3])
        self.tap.claim(seen + lost >= 2 * count, "reading begins at the stop: told or counted as lost", "%d told, %d counted as lost, %d expected" % (seen, lost, 2 * count))

    # --- the net under this test
    def own_death(self):
        argv = [sys.executable, os.path.realpath(__file__)] + self.o.again + ["--die"]
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.guardian.started(child.pid)
        out, _ = child.communicate(timeout=2 * PATIENCE)
        self.guardian.ended(child.pid)
        self.tap.claim(child.returncode == -signal.SIGKILL and b"dying" in out, "this test, killed while a sensor runs", child.returncode, out)
        wrong = wait_for(lambda: not same_state(self.before, self.kernel)) or same_state(self.before, self.kernel)
        self.tap.claim(wrong is True, "kernel as before: after the test itself was killed", wrong)

    # --- the whole
    def guarded(self, act, *arguments):
        try:
            act(*arguments)
        except Exception:  # a claim must not take the others with it
            self.tap.claim(False, "%s runs to its end" % act.__name__, traceback.format_exc())

    def put_back(self):
        """Between parts: whatever a failed one left behind must not fail the next ones."""
        for sensor in self.sensors:
            if sensor.child.poll() is None:
                sensor.end(signal.SIGKILL)
        if self.before:
            self.before.restore(self.kernel)

    def all(self):
        if self.saved.rules:
            self.say("%d rules of this machine stay where they are" % len(self.saved.rules))
        parts = (self.first_session, self.killed_while_starting, self.short_lives, self.stopped_at_once, self.refusals, self.recording,
                 self.without_rights, self.without_connector, self.unicast, self.beside_auditd, self.closed_output, self.stalled_output,
                 self.stalled_and_stopped, self.read_while_stopping, self.own_death)
        wanted = self.o.only.split(",") if self.o.only else []
        if wanted and "first_session" not in wanted:
            self.before = self.saved
        for part in parts:
            if wanted and part.__name__ not in wanted:
                continue
            begin = time.monotonic()
            self.guarded(part)
            self.put_back()
            self.say("%s: %.1f s" % (part.__name__, time.monotonic() - begin))

    def die(self):
        self.before = self.saved
        self.start()
        print("dying", flush=True)
        os.kill(os.getpid(), signal.SIGKILL)

    def close(self):
        try:
            self.before = None
            self.put_back()
            clean = self.saved.restore(self.kernel)
            if not clean and not self.foreign:
                self.say("the kernel's state had to be put back by the test")
            wrong = same_state(self.saved, self.kernel)
            if not wrong:
                self.guardian.farewell()
            return wrong
        finally:
            shutil.rmtree(self.dir, ignore_errors=True)


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("aurochsd", "aurochsctl", "acts", "tiny", "rules-dir"):
        parser.add_argument("--" + name, required=True, type=os.path.realpath)
    parser.add_argument("--sanitized", action="store_true", help="no bound on memory")
    parser.add_argument("--only", default="", help="parts, joined by commas")
    parser.add_argument("--die", action="store_true", help="start a sensor and be killed (the test of this test)")
    result = parser.parse_args()
    result.again = [a for a in sys.argv[1:] if a != "--die"]
    return result


def main():
    wanted = options()
    reason = audit_kernel.obstacle()
    if reason:
        print("1..0 # SKIP " + reason)
        return 0
    locks = [] if wanted.die else audit_kernel.take_locks(Tap.say, 400)
    if locks is None:
        print("1..0 # SKIP another test holds the lock")
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda n, _: sys.exit(128 + n))
    live = Live(wanted)
    try:
        if wanted.die:
            live.die()
        live.all()
    finally:
        wrong = live.close()
        live.tap.claim(not wrong, "at the end the kernel is exactly as before", *wrong)
        print("1..%d" % live.tap.count, flush=True)
    for fd in locks:
        fcntl.flock(fd, fcntl.LOCK_UN)
    return 1 if live.tap.failed else 0


if __name__ == "__main__":
    sys.exit(main())
