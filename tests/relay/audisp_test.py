#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""aurochs-audisp as auditd would run it: lines on its standard input, a sensor at its socket that is there, slow, or away. TAP."""
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE, BIG = 30, 60000
program, sanitized = sys.argv[1], "--sanitized" in sys.argv
count, failed = 0, 0


def claim(good, text, *details):
    global count, failed
    count += 1
    print("%s %d - %s" % ("ok" if good else "not ok", count, text), flush=True)
    if not good:
        failed += 1
        for detail in details:
            print("# %s" % str(detail)[:500])


class Sensor:
    """What aurochsd is to the relay: a socket that listens, and reads when it is told to."""

    def __init__(self, path):
        self.path, self.listener, self.client = path, socket.socket(socket.AF_UNIX), None
        self.listener.bind(path)
        self.listener.listen(4)
        self.listener.settimeout(PATIENCE)
        self.rest = b""

    def accept(self):
        self.client = self.listener.accept()[0]
        self.client.settimeout(PATIENCE)
        self.rest = b""

    def lines(self, until):
        """Lines, the one that ends with `until` included."""
        out = []
        while True:
            data = self.client.recv(1 << 16)
            if not data:
                return out
            *whole, self.rest = (self.rest + data).split(b"\n")
            out += whole
            if any(line.endswith(until) for line in whole):
                return out

    def close(self):
        if self.client:
            self.client.close()
        self.listener.close()
        os.unlink(self.path)


def start(path):
    return subprocess.Popen([program, path], stdin=subprocess.PIPE, stderr=subprocess.DEVNULL)


def record(n):
    return b"type=SYSCALL msg=audit(1700000000.000:%d): arch=c000003e syscall=59 %s n=%d\n" % (n, b"x" * 100, n)


def feed(relay, first, last):
    """All at once, and how long the longest write was held up."""
    slowest = 0.0
    for at in range(first, last, 500):
        begin = time.monotonic()
        relay.stdin.write(b"".join(record(n) for n in range(at, min(at + 500, last))))
        relay.stdin.flush()
        slowest = max(slowest, time.monotonic() - begin)
    return slowest


def accounted(lines):
    """(records, dropped, is in order)"""
    numbers = [int(line.rsplit(b"=", 1)[1]) for line in lines if line.startswith(b"type=")]
    dropped = sum(int(line.split(b"=")[1]) for line in lines if line.startswith(b"aurochs-audisp dropped="))
    return len(numbers), dropped, numbers == sorted(set(numbers))


def ended(relay):
    try:
        return relay.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        relay.kill()
        relay.wait()
        return "killed"


def main():
    directory = tempfile.mkdtemp(prefix="aurochs-relay-")
    path = os.path.join(directory, "sock")
    relay = start(path)
    feed(relay, 0, 100)
    sensor = Sensor(path)
    sensor.accept()
    lines = sensor.lines(b"n=99")
    claim(accounted(lines) == (100, 0, True), "what came before the sensor was there is handed on", accounted(lines))

    with open("/proc/%d/status" % relay.pid) as status, open("/proc/%d/maps" % relay.pid) as maps:
        resident = int(status.read().split("VmRSS:")[1].split()[0])
        if not sanitized:
            claim("libstdc++" not in maps.read() and resident <= 2048, "no C++ library is loaded, at most 2 MiB are resident", "%d KiB" % resident)
    print("# resident: %d KiB" % resident)

    feed(relay, 100, BIG)
    relay.send_signal(signal.SIGHUP)
    feed(relay, BIG, BIG + 1)
    lines = sensor.lines(b"n=%d" % BIG)
    sent, dropped, ordered = accounted(lines)
    claim(sent + dropped == BIG - 99 and ordered and dropped > 0, "a sensor that does not read: told or counted, to the record; SIGHUP changes nothing", sent, dropped, ordered)

    sensor.client.close()
    feed(relay, 0, 10)
    sensor.accept()
    lines = sensor.lines(b"n=9")
    claim(accounted(lines)[1:] == (0, True), "after a broken connection it comes again", lines)
    sensor.close()
    time.sleep(0.1)
    feed(relay, 0, 1000)
    sensor = Sensor(path)
    sensor.accept()
    lines = sensor.lines(b"n=999")
    claim(accounted(lines)[1:] == (0, True) and accounted(lines)[0] >= 999, "a sensor that is started again", accounted(lines))

    feed(relay, 0, 500)
    relay.stdin.close()
    status = ended(relay)
    lines = sensor.lines(b"never")
    claim(status == 0 and accounted(lines) == (500, 0, True), "auditd closes the pipe: what waits goes out, then it ends", status, accounted(lines))

    relay = start(path)
    sensor.accept()
    feed(relay, 0, 50)
    lines = sensor.lines(b"n=49")
    relay.send_signal(signal.SIGTERM)
    status = ended(relay)
    claim(status == 0 and accounted(lines) == (50, 0, True), "SIGTERM ends it", status)
    relay.stdin.close()
    sensor.close()

    relay = start(path)
    slowest = feed(relay, 0, BIG)
    relay.stdin.close()
    claim(ended(relay) == 1, "nobody there: auditd is never held up, the status says that records are lost")
    print("# longest write of 500 records: %.1f ms" % (1000 * slowest))
    for arguments, wanted in ((["--version"], 0), (["--help"], 0), (["a", "b"], 2), (["/" + "x" * 200], 2)):
        status = subprocess.call([program] + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        claim(status == wanted, "%s: status %d" % (arguments[0][:10], wanted), status)
    shutil.rmtree(directory, ignore_errors=True)
    print("1..%d" % count)
    sys.exit(1 if failed else 0)


main()
