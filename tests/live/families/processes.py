# SPDX-License-Identifier: Apache-2.0
"""What is remarkable about an exec, and what the proc connector tells: real shells, pipes, cgroups and kernel helpers."""
import hashlib
import os
import shutil
import socket
import subprocess

ID = "5a" * 32
CGROUPS = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids", "/sys/fs/cgroup/systemd")
POSTINST = "/var/lib/dpkg/info/aurochs-live.postinst"
pattern = None


def cgroup():
    """A directory like docker's; None where no cgroup file system is writable."""
    for top in CGROUPS:
        if not os.path.exists(top + "/cgroup.procs"):
            continue
        directory = "%s/docker-%s.scope" % (top, ID)
        try:
            os.mkdir(directory)
        except FileExistsError:
            pass
        except OSError:
            continue
        return directory
    return None


def core_pattern(text=None):
    with open("/proc/sys/kernel/core_pattern", "r+" if text else "r") as f:
        return f.write(text) if text else f.read()


def core_to_program(live):
    """The pattern of this machine is put back at once, and again by clean()."""
    global pattern
    pattern = core_pattern()
    core_pattern("|%s hold" % live.o.tiny)
    try:
        live.run("sh", "-c", "ulimit -c unlimited; kill -SEGV $$")
        live.sensor.wait("ProcessKernelHelperNix", 10)
    finally:
        core_pattern(pattern)


def clean(_):
    if pattern:
        core_pattern(pattern)
    if os.path.exists(POSTINST):
        os.unlink(POSTINST)
    for top in CGROUPS:
        try:
            os.rmdir("%s/docker-%s.scope" % (top, ID))
        except OSError:
            pass


def renamed(live, name):
    with live.hold(name, "hold", executable=live.o.tiny) as p:
        return p.pid


def on_socket(live):
    """A shell whose input and output are one end of a TCP connection, as a reverse shell has them."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        near = socket.create_connection(server.getsockname())
        far, _ = server.accept()
        shell = subprocess.Popen(["sh"], stdin=near, stdout=near, stderr=near)
        live.guardian.started(shell.pid)
        near.close()
        live.sensor.wait("ProcessStdioSocketNix", proc_id=shell.pid)
        far.sendall(b"exit 3\n")
        shell.wait(30)
        live.guardian.ended(shell.pid)
        far.close()
        return shell.pid


def in_container(live, directory):
    def enter():
        with open(directory + "/cgroup.procs", "w") as f:
            f.write(str(os.getpid()))
    with live.hold("sh", "-c", "read x; :", preexec_fn=enter) as first:
        live.sensor.wait("ContainerStartNix", proc_id=first.pid)
        with live.hold(live.o.tiny, "hold", preexec_fn=enter) as second:
            live.proves("ContainerExecNix", "a process from outside enters the container", None, proc_id=second.pid, container_id=ID, container_runtime="docker")
    return first.pid


def from_terminal(live):
    main, side = os.openpty()
    shell = subprocess.Popen(["sh"], stdin=side, stdout=side, stderr=side, start_new_session=True, env=dict(os.environ, HISTFILE="/dev/null"))
    live.guardian.started(shell.pid)
    os.close(side)
    live.sensor.wait("ShellInteractiveNix", proc_id=shell.pid)
    os.write(main, b"exit 0\n")
    shell.wait(30)
    live.guardian.ended(shell.pid)
    os.close(main)
    return shell.pid


def by_signal(live):
    with live.hold(live.o.tiny, "hold") as p:
        live.sensor.wait("ProcessCreateNix", proc_id=p.pid)
        p.child.kill()
    return p.pid


def births_and_deaths(live):
    live.proves("ProcessInfoNix", "a process that ran before the sensor: this test", None, proc_id=os.getpid(), proc_issnapshot=True)
    program = live.copy(live.o.tiny, "live-hashed")
    with open(program, "ab") as f:
        f.write(os.urandom(16))
    live.proves("ProcessCreateNix", "an exec", lambda: live.run(program), proc_file_path=program, op_status=1)
    live.proves("ProcessImageHashNix", "digests of a new image", None, proc_file_path=program, proc_file_sha256=hashlib.sha256(open(program, "rb").read()).hexdigest().upper())
    live.proves("ProcessExitNix", "exit 7", lambda: live.run("sh", "-c", "exit 7"), op_exit=7)
    live.proves("ProcessSignalDeathNix", "a death by SIGKILL", lambda: by_signal(live), op_signal=9, proc_file_path=live.o.tiny)
    live.proves("ProcessCreateFailNix", "exec of a file without the x bit", lambda: live.run("sh", "-c", live.file("no-x", "#!/bin/sh\n") + "; :"), op_exit=-13)
    live.proves("ProcessExecFilelessNix", "exec of a memfd", lambda: live.run(live.o.acts, "memfd", live.o.tiny))
    gone = live.path("live-gone")
    live.proves("ProcessExecDeletedNix", "exec of an image that is deleted", lambda: live.run(live.o.acts, "deleted", live.o.tiny, gone))
    live.proves("ProcessEnvHijackNix", "LD_PRELOAD", lambda: live.run(live.o.tiny, env={"LD_PRELOAD": "/tmp/none.so"}), op_text="LD_PRELOAD=/tmp/none.so")
    live.proves("ProcessCoreDumpNix", "a core", lambda: live.run("sh", "-c", "ulimit -c unlimited; kill -SEGV $$", cwd=live.dir))


def package_script(live):
    packager = live.copy(shutil.which("sh"), "dpkg")
    with open(POSTINST, "w") as f:
        f.write("#!/bin/sh\nexit 0\n")
    os.chmod(POSTINST, 0o755)
    live.run(packager, "-c", POSTINST + "; :")


def run(live):
    births_and_deaths(live)
    if os.path.isdir(os.path.dirname(POSTINST)):
        live.proves("PackageScriptNix", "a maintainer script below dpkg", lambda: package_script(live), op_text=live.path("dpkg"))
    live.proves("ProcessMasqueradeNix", "a program that calls itself [kworker/0:1]", lambda: renamed(live, "[kworker/0:1]"), op_text="[kworker/0:1]")
    live.proves("ProcessStdioSocketNix", "a shell on a TCP connection", lambda: on_socket(live), op_text="stdin and stdout are one socket",
                proc_stdin_type="socket")
    live.proves("ScriptStdinNix", "commands piped into a shell", lambda: live.run("sh", "-c", "echo 'exit 0' | sh; :"), proc_stdin_type="pipe")
    live.proves("ShellInteractiveNix", "a shell on a terminal", lambda: from_terminal(live), proc_stdin_type="tty")
    live.proves("ShellHistoryOffNix", "the same shell without a history", None, op_text="HISTFILE=/dev/null")
    live.proves("ProcessForkNix", "a fork", lambda: live.run("sh", "-c", "(:); :"), proc_p_file_name="sh")
    live.proves("ProcessSessionCreateNix", "setsid", lambda: live.run("setsid", "-w", live.o.tiny, "hold"))
    script = live.file("content.sh", "#!/bin/sh\n# what stands in it\nexit 0\n", 0o755)
    live.proves("ScriptContentNix", "the text of a script", lambda: live.run(script), script_path=script, script_text="#!/bin/sh\n# what stands in it\nexit 0\n")
    live.proves("ScriptInlineNix", "code on the command line", lambda: live.run("sh", "-c", "exit 4"), script_text="exit 4")
    live.proves("ScriptExecNix", "a script", lambda: live.run(script), script_path=script)
    cron = live.copy(shutil.which("sh"), "cron")
    live.proves("CronJobRunNix", "a child of cron", lambda: live.run(cron, "-c", "sh -c : ; :"), proc_p_file_name="cron")
    nginx = live.copy(shutil.which("sh"), "nginx")
    live.proves("WebShellChildNix", "a program below a web server", lambda: live.run(nginx, "-c", "sh -c 'id; :' ; :"), proc_file_name="id", op_text=nginx)
    suid = live.copy(live.o.tiny, "suid", 0o4755)
    os.chown(suid, 0, 0)
    os.chmod(suid, 0o4755)

    def nobody():
        os.setgid(65534)
        os.setuid(65534)
    live.proves("ProcessPrivChangeNix", "exec of a setuid file", lambda: live.run(suid, preexec_fn=nobody), vendor="ProcessSuidExec",
                proc_priv_how="exec-suid", proc_usr_e_id=0, proc_usr_r_id=65534, proc_usr_e_id_old=65534)
    capable = live.copy(live.o.tiny, "capable", 0o755)
    value = bytes.fromhex("0100000200200000000000000000000000000000")  # VFS_CAP_REVISION_2, CAP_NET_RAW permitted, effective
    try:
        os.setxattr(capable, "security.capability", value)
        live.proves("ProcessPrivChangeNix", "exec of a file with capabilities", lambda: live.run(capable, preexec_fn=nobody), vendor="ProcessFileCapExec",
                    proc_priv_how="exec-fcap", proc_cap_pp=0x2000, proc_cap_pp_old=0)
    except OSError as e:
        live.cannot("ProcessPrivChangeNix/ProcessFileCapExec", "exec of a file with capabilities", str(e))
    directory = cgroup()
    if directory:
        live.proves("ContainerStartNix", "the first exec in a container's cgroup", lambda: in_container(live, directory), container_id=ID, container_runtime="docker")
        live.proves("ContainerPrivilegedStartNix", "it has every capability in its bounding set", None, container_id=ID, container_privileged=True)
        live.proves("ContainerStopNix", "its first process ends", None, container_id=ID)
    else:
        for kind in ("ContainerStartNix", "ContainerExecNix", "ContainerPrivilegedStartNix", "ContainerStopNix"):
            live.cannot(kind, "an exec in a container's cgroup", "no writable cgroup file system")

    live.proves("ProcessKernelHelperNix", "the kernel hands a core to a program", lambda: core_to_program(live), proc_file_path=live.o.tiny)
