# SPDX-License-Identifier: Apache-2.0
"""Questions and answers on the loopback: a resolver of this test on 127.0.0.77 and ::1, which knows a.* and denies gone.*."""
import os
import socket
import struct
import threading
import time

SERVER, SERVER6 = "127.0.0.77", "::1"
A, TXT, AAAA = 1, 16, 28


def name(text):
    return b"".join(bytes([len(label)]) + label.encode() for label in text.split(".")) + b"\0"


def question(number, asked, kind):
    return struct.pack("!6H", number, 0x0100, 1, 0, 0, 0) + name(asked) + struct.pack("!2H", kind, 1)


def answer(asked):
    """To what is a question; b"" to the broken ones that this test sends as well."""
    end = asked.find(b"\0", 12) + 5
    if not 17 < end <= len(asked):
        return b""
    denied = asked[13:17] == b"gone"
    data = {A: socket.inet_aton("198.51.100.7"), AAAA: socket.inet_pton(socket.AF_INET6, "2001:db8::7")}.get(asked[end - 3])
    record = b"\xc0\x0c" + asked[end - 4:end] + struct.pack("!IH", 60, len(data)) + data if data and not denied else b""
    return asked[:2] + struct.pack("!5H", 0x8183 if denied else 0x8180, 1, bool(record), 0, 0) + asked[12:end] + record


class Resolver:
    def __init__(self):
        self.sockets = []
        for family, address in ((socket.AF_INET, SERVER), (socket.AF_INET6, SERVER6)):
            for kind, serve in ((socket.SOCK_DGRAM, self.datagrams), (socket.SOCK_STREAM, self.streams)):
                s = socket.socket(family, kind)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                self.sockets.append(s)
                s.bind((address, 53))
                if kind == socket.SOCK_STREAM:
                    s.listen(4)
                threading.Thread(target=serve, args=(s,), daemon=True).start()

    @staticmethod
    def datagrams(s):
        try:
            while True:
                asked, who = s.recvfrom(4096)
                reply = answer(asked)
                if reply:
                    s.sendto(reply, who)
        except OSError:
            pass

    @staticmethod
    def streams(s):
        try:
            while True:
                connection, _ = s.accept()
                with connection:
                    reply = answer(connection.recv(4096)[2:])
                    connection.sendall(struct.pack("!H", len(reply)) + reply)
        except OSError:
            pass

    def close(self):
        for s in self.sockets:
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()


def ask(number, asked, kind, server=SERVER, tcp=False):
    with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM) as s:
        s.settimeout(10)
        s.connect((server, 53))
        message = question(number, asked, kind)
        s.sendall((struct.pack("!H", len(message)) if tcp else b"") + message)
        s.recv(4096)
        time.sleep(0.3)  # who closes at once may not be found


def multicast(port):
    """Over the loopback only."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
        s.sendto(question(0, "nas-live.local", A), ("224.0.0.251" if port == 5353 else "224.0.0.252", port))


def tunnel():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.connect((SERVER, 53))
        for i in range(80):
            s.send(question(i, "x%04x.t.aurochs-tunnel.example" % i, TXT))
            time.sleep(0.005)


def prepare(live):
    live.resolver = None
    live.resolver = Resolver()


def run(live):
    me = os.getpid()
    live.proves("DnsQueryNix", "A over UDP, with the process", lambda: ask(1, "a.Live.example", A), dns_rname="a.Live.example", dns_rtype="A",
                dns_server=SERVER + ":53", proc_id=me, net_proto="UDP", net_src_ipv4="127.0.0.1", proc_file_path=lambda v: v, event_log_source="LinuxPacket")
    live.proves("DnsResponseNix", "its answer", None, dns_rname="a.Live.example", dns_raddr="198.51.100.7", dns_rcode="NOERROR", proc_id=me)
    live.proves("DnsQueryNix", "AAAA over TCP and IPv6", lambda: ask(2, "b.live.example", AAAA, SERVER6, True), dns_rname="b.live.example", dns_rtype="AAAA",
                dns_server="[::1]:53", net_proto="TCP", proc_id=me)
    live.proves("DnsResponseNix", "its answer", None, dns_rname="b.live.example", dns_raddr="2001:db8::7")
    live.proves("DnsQueryFailNix", "a name that is not there", lambda: ask(3, "gone.live.example", TXT, SERVER6), dns_rname="gone.live.example",
                dns_rtype="TXT", dns_rcode="NXDOMAIN", proc_id=me)
    time.sleep(0.2)
    again = len(live.events("DnsQueryNix", dns_rname="a.Live.example"))
    live.tap.claim(again == 1, "a question is told once, though the loopback shows it twice", again)
    live.proves("DnsMulticastQueryNix", "mDNS", lambda: multicast(5353), dns_rname="nas-live.local", net_dst_port=5353)
    live.proves("DnsMulticastQueryNix", "LLMNR", lambda: multicast(5355), dns_rname="nas-live.local", net_dst_port=5355)
    live.proves("DnsTunnelStatNix", "80 names below one domain", tunnel, seconds=60, dns_rname="aurochs-tunnel.example", dns_labels=80, event_count=80, proc_id=lambda v: v in (None, me))


def clean(live):
    if live.resolver:
        live.resolver.close()
