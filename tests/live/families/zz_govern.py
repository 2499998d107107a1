# SPDX-License-Identifier: Apache-2.0
"""How much goes out: bursts, folding, a policy that is changed while the sensor runs, secrets, the meter. Last of the families:
the heartbeat comes once a minute."""
import signal

DROP = "# of the live test\ndrop ProcessCreate where proc_file_name = live-dropped\n"


def prepare(live):
    live.policy += DROP


def reload(live, text):
    live.file("policy.conf", text)
    live.sensor.child.send_signal(signal.SIGHUP)


def run(live):
    many = live.copy(live.o.tiny, "live-many")
    live.proves("ProcessBurstNix", "250 equal children of one parent", lambda: live.run(live.o.acts, "spawn", "250", many), event_count=200, proc_file_path=many)
    secret = "--password=hunter2"
    live.proves("ProcessCreateNix", "a password on the command line is hidden", lambda: live.run(live.o.tiny, secret), cmdline=live.o.tiny + " --password=***")
    live.tap.claim(b"hunter2" not in live.sensor.lines(), "the password stands in no event")
    dropped, kept = live.copy(live.o.tiny, "live-dropped"), live.copy(live.o.tiny, "live-kept")
    live.run(dropped)
    live.proves("ProcessCreateNix", "a program beside the one that the policy drops", lambda: live.run(kept), proc_file_path=kept)
    live.tap.claim(not live.events("ProcessCreateNix", proc_file_path=dropped), "the policy's drop holds")
    live.proves("SensorConfigRejectNix", "SIGHUP with a policy that is wrong", lambda: reload(live, "drop Nothing\n"),
                op_text=lambda t: t and "policy.conf: line 1" in t)
    live.run(dropped)
    live.proves("SensorConfigApplyNix", "SIGHUP with an empty policy", lambda: reload(live, ""))
    live.proves("ProcessCreateNix", "what the former policy dropped", lambda: live.run(dropped), proc_file_path=dropped)
    live.tap.claim(len(live.events("ProcessCreateNix", proc_file_path=dropped)) == 1, "a refused policy left the former one in force")
    live.proves("SensorStartNix", "the sensor starts", None)
    live.proves("SensorHeartbeatNix", "the meter of bytes", None, seconds=90, sensor_bytes=lambda n: n and n > 10000,
                sensor_bytes_by_type=lambda t: t and "ProcessCreate=" in t)
