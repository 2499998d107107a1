# SPDX-License-Identifier: Apache-2.0
"""Calls on sockets and what listens, over the loopback and in namespaces of its own."""
import ctypes
import errno
import os
import socket
import struct
import subprocess
import sys

CONFIG = "[network]\nlong_s = 1\n"
DOCKER, SNAPD = "/run/docker.sock", "/run/snapd.socket"
SO_ATTACH_FILTER, SO_ATTACH_BPF, NOBODY = 26, 50, 65534
LIBC = ctypes.CDLL(None, use_errno=True)
MADE = []  # paths to remove
STATE = {}


def me(**fields):
    return dict(fields, proc_id=os.getpid())


def listener(family=socket.AF_INET, kind=socket.SOCK_STREAM, address=None):
    s = socket.socket(family, kind)
    s.bind((address or ("::1" if family == socket.AF_INET6 else "127.0.0.1"), 0))
    if kind == socket.SOCK_STREAM:
        s.listen(50)
    return s


def closed_port():
    with listener() as s:
        return s.getsockname()[1]


def connected(to, kind=socket.SOCK_STREAM):
    s = socket.socket(socket.AF_INET6 if ":" in to[0] else socket.AF_INET, kind)
    s.connect(to[:2])
    return s


def started_non_blocking(to):
    s = socket.socket()
    s.setblocking(False)
    return s, s.connect_ex(to)


def accepts_blindly(server):
    """accept(fd, NULL, NULL): Python always asks for the address."""
    fd = LIBC.accept(server.fileno(), None, None)
    if fd < 0:
        raise OSError(ctypes.get_errno(), "accept")
    return socket.socket(fileno=fd)


def tries_socket(family, kind, protocol=0):
    try:
        return socket.socket(family, kind, protocol)
    except OSError as e:
        return e.errno


def filters(s, option, value):
    """A program of classic BPF, or the descriptor of one of eBPF."""
    if option == SO_ATTACH_BPF:
        return s.setsockopt(socket.SOL_SOCKET, option, struct.pack("=i", value))
    code = ctypes.create_string_buffer(struct.pack("=HBBI", 6, 0, 0, 0xFFFF))  # BPF_RET: all of the packet
    return s.setsockopt(socket.SOL_SOCKET, option, struct.pack("@HP", 1, ctypes.addressof(code)))


def program():
    """Of BPF_PROG_TYPE_SOCKET_FILTER: r0 = 0; exit. Its descriptor, or -1."""
    code = ctypes.create_string_buffer(struct.pack("=QQ", 0xB7, 0x95), 16)
    text = ctypes.create_string_buffer(b"GPL")
    attribute = ctypes.create_string_buffer(struct.pack("=IIQQ", 1, 2, ctypes.addressof(code), ctypes.addressof(text)), 128)
    return LIBC.syscall(321 if os.uname().machine == "x86_64" else 280, 5, attribute, 128)


def serve_unix(path, owner=0):
    s = socket.socket(socket.AF_UNIX)
    s.bind(path)
    MADE.append(path)
    os.chown(path, owner, -1)
    s.listen(5)
    return s


def to_unix(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.connect(path)


def elsewhere(live, address, port, then="pass"):
    """A child in a network namespace of its own connects to an address that it has itself. Its pid."""
    code = ("import ctypes, fcntl, os, socket, struct, sys\n"
            "if ctypes.CDLL(None).unshare(0x40000000): sys.exit('unshare')\n"
            "s = socket.socket()\n"
            "fcntl.ioctl(s, 0x8914, struct.pack('16sH22x', b'lo', 0x49))\n"  # SIOCSIFFLAGS: up
            "fcntl.ioctl(s, 0x8916, struct.pack('16sHH4s16x', b'lo', 2, 0, socket.inet_aton(%r)))\n"  # SIOCSIFADDR
            "l = socket.socket(); l.bind((%r, %d)); l.listen(1)\n"
            "c = socket.socket(); c.connect((%r, %d))\n%s\n"
            "print('done', flush=True)\n"
            "sys.stdin.read()\n") % (address, address, port, address, port, then)
    held = live.hold(sys.executable, "-c", code, stdout=subprocess.PIPE)
    held.child.stdout.readline()
    STATE.setdefault("held", []).append(held)
    return held.pid


def prepare(live):
    STATE["echo"] = listener()  # the ground: both ends of a connection that lasts
    STATE["closes"] = listener()
    # Rules on a file want its directory, and the socket may come later; one that is really there stays untouched.
    STATE["snapd"] = None if os.path.exists(SNAPD) else serve_unix(SNAPD)


def run(live):
    connects(live)
    begin_slow(live)  # by now the first look is over
    accepts_and_binds(live)
    kinds(live)
    unix(live)
    places(live)
    end_slow(live)


def begin_slow(live):
    """What the observer sees at its next looks, ten seconds apart."""
    s = STATE
    s["client"] = connected(s["echo"].getsockname())
    s["client"].sendall(b"12345")
    s["opened"] = listener()
    s["opened_port"] = s["opened"].getsockname()[1]
    s["closed_port"] = s["closes"].getsockname()[1]
    s["closes"].close()
    s["abstract"] = socket.socket(socket.AF_UNIX)
    s["name"] = "aurochs-live-%d" % os.getpid()
    s["abstract"].bind("\0" + s["name"])
    s["abstract"].listen(1)


def connects(live):
    server, server6, udp = listener(), listener(socket.AF_INET6), listener(kind=socket.SOCK_DGRAM)
    open_ends = []
    made = live.proves("NetworkConnectNix", "TCP over IPv4", lambda: open_ends.append(connected(server.getsockname())), net_proto="TCP", net_op_status=0,
                       net_dst_ipv4="127.0.0.1", net_dst_port=server.getsockname()[1], net_src_ipv4="127.0.0.1", net_conn_direction="Outbound",
                       net_state="ESTABLISHED", **me())
    live.tap.claim(open_ends and made.get("net_src_port") == open_ends[0].getsockname()[1] and len(made.get("net_conn_community_id", "")) == 40 and
                   made.get("net_community_id", "").startswith("1:"), "its own end and its flow ids are told", made)
    live.proves("NetworkConnectNix", "TCP over IPv6", lambda: open_ends.append(connected(server6.getsockname())), net_dst_ipv6="::1", net_is_ipv6=True,
                net_src_ipv6="::1", net_proto="TCP", **me(net_dst_port=server6.getsockname()[1]))
    live.proves("NetworkConnectNix", "UDP", lambda: open_ends.append(connected(udp.getsockname(), socket.SOCK_DGRAM)), net_proto="UDP",
                net_src_ipv4="127.0.0.1", **me(net_dst_port=udp.getsockname()[1]))
    live.proves("NetworkConnectNix", "one that does not wait", lambda: open_ends.append(started_non_blocking(server.getsockname())[0]), net_op_status=-errno.EINPROGRESS,
                net_proto="TCP", **me(net_dst_port=server.getsockname()[1]))
    port = closed_port()
    live.proves("NetworkConnectFailNix", "a port where nobody listens", lambda: tries_connect(("127.0.0.1", port)), net_op_status=-errno.ECONNREFUSED, net_dst_port=port,
                net_proto="TCP", op_status=0, **me())
    live.proves("NetworkUdpSendNix", "a datagram with an address", lambda: udp.sendto(b"x" * 33, udp.getsockname()), net_tx_bytes=33, net_proto="UDP",
                **me(net_dst_port=udp.getsockname()[1]))
    live.proves("NetworkScanOutboundNix", "twenty ports of one address", lambda: [tries_connect(("127.0.0.9", p)) for p in range(2, 22)], event_count=16,
                **me(net_dst_ipv4="127.0.0.9"))
    live.proves("NetworkConnectionCloseNix", "its end", lambda: [s.close() for s in open_ends], net_proto="TCP", net_dst_port=server.getsockname()[1])
    for s in (server, server6, udp):
        s.close()


def tries_connect(to):
    with socket.socket() as s:
        return s.connect_ex(to)


def accepts_and_binds(live):
    for what, accept in (("with the peer's address", lambda server: server.accept()[0]), ("accept(fd, NULL, NULL)", accepts_blindly)):
        server = listener()
        client = connected(server.getsockname())
        ends = []
        e = live.proves("NetworkAcceptNix", what, lambda: ends.append(accept(server)), net_conn_direction="Inbound", net_proto="TCP", net_src_ipv4="127.0.0.1",
                        net_src_port=client.getsockname()[1], **me(net_dst_port=server.getsockname()[1]))
        live.tap.claim("net_community_id" in e, "accepted %s: its flow id is told" % what, e)
        for s in [server, client] + ends:
            s.close()
    made = []

    def binds():
        made.append(socket.socket())
        made[0].setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made[0].bind(("127.0.0.1", closed_port()))
        made[0].listen(3)
    bound = live.proves("NetworkBindNix", "a port", binds, net_src_ipv4="127.0.0.1", **me())
    live.proves("NetworkListenNix", "the same", None, net_src_port=bound.get("net_src_port"), net_src_ipv4="127.0.0.1", net_proto="TCP", **me())
    made[0].close()


def kinds(live):
    live.proves("NetworkRawSocketNix", "raw IPv4", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).close(), net_proto="ICMP", **me())
    live.proves("NetworkPacketSocketNix", "AF_PACKET", lambda: socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM).close(), net_family="packet", **me())
    live.proves("NetworkAlgSocketNix", "AF_ALG, whether this kernel has it or not", lambda: tries_socket(38, socket.SOCK_SEQPACKET), net_family="alg", **me())
    live.proves("NetworkVsockSocketNix", "AF_VSOCK", lambda: tries_socket(40, socket.SOCK_STREAM), net_family="vsock", **me())
    live.proves("NetworkUnusualSocketNix", "AF_TIPC", lambda: tries_socket(30, socket.SOCK_SEQPACKET), net_family="tipc", **me())
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as packet:
        live.proves("NetworkSocketFilterNix", "classic BPF on a packet socket", lambda: filters(packet, SO_ATTACH_FILTER, 0), op_name="SO_ATTACH_FILTER", net_family="packet", **me())
        fd = program()
        if fd < 0:
            live.cannot("NetworkSocketFilterNix", "eBPF on a packet socket", "this kernel loads no program of that kind")
        else:
            live.proves("NetworkSocketFilterNix", "eBPF on a packet socket", lambda: filters(packet, SO_ATTACH_BPF, fd), op_name="SO_ATTACH_BPF", **me())
            os.close(fd)


def unix(live):
    path = live.path("live.sock")
    servers = []
    live.proves("UnixSocketCreateNix", "a socket in a directory", lambda: servers.append(serve_unix(path)), net_path=path, **me())
    if os.path.exists(DOCKER):
        live.cannot("ContainerSocketAccessNix", "a socket where docker's is", "a container engine is at work here")
    else:
        servers.append(serve_unix(DOCKER))
        live.proves("ContainerSocketAccessNix", "a socket where docker's is", lambda: to_unix(DOCKER), net_path=DOCKER, **me())
    if STATE["snapd"]:
        live.proves("UnixSocketConnectNix", "a listed socket", lambda: to_unix(SNAPD), net_path=SNAPD, **me())
    else:
        live.cannot("UnixSocketConnectNix", "a listed socket", "snapd is at work here")
    directory = "/tmp/ssh-live%d" % os.getpid()
    os.mkdir(directory)
    MADE.append(directory)
    agent = directory + "/agent.7"
    servers.append(serve_unix(agent, NOBODY))
    live.proves("SshAgentSocketAccessNix", "an agent of another user", lambda: to_unix(agent), net_path=agent, **me())
    screen = "/tmp/screen-live%d" % os.getpid()
    servers.append(serve_unix(screen, NOBODY))
    live.proves("UnixSocketConnectNix", "a terminal of another user", lambda: to_unix(screen), net_path=screen, **me())
    for s in servers:
        s.close()


def places(live):
    for kind, what, address, port in (("NetworkMetadataAccessNix", "a metadata service", "169.254.169.254", 80), ("DnsOverTlsNix", "a resolver by TLS", "192.0.2.53", 853),
                                      ("DnsForeignServerNix", "a name server that is not the host's", "192.0.2.53", 53)):
        if kind == "DnsForeignServerNix" and not any(line.startswith("nameserver") for line in open("/etc/resolv.conf")):
            live.cannot(kind, what, "this host has no name server in /etc/resolv.conf")
            continue
        e = live.proves(kind, what + ", in another network namespace", lambda: elsewhere(live, address, port), net_dst_ipv4=address, net_dst_port=port)
        live.tap.claim(e.get("proc_id") == STATE["held"][-1].pid and e.get("net_src_ipv4") == address and "net_community_id" in e,
                       "%s: its process and its own end are told" % kind, e)


def end_slow(live):
    s = STATE
    live.proves("NetworkPortOpenedNix", "a port that listens now", None, net_src_port=s["opened_port"], net_proto="TCP", **me())
    live.proves("NetworkPortClosedNix", "one that does not any more", None, net_src_port=s["closed_port"], net_proto="TCP")
    live.proves("AbstractSocketListenNix", "an abstract name", None, net_path="@" + s["name"], **me())
    live.proves("NetworkConnectionLongNix", "a connection that lasts", None, net_dst_port=s["echo"].getsockname()[1], net_conn_direction="Outbound",
                net_tx_bytes=lambda n: n is not None and n >= 5, net_duration=lambda n: n is not None and n >= 1)


def clean(live):
    for held in STATE.pop("held", []):
        held.let_go()
    for s in list(STATE.values()):
        if isinstance(s, socket.socket):
            s.close()
    STATE.clear()
    for path in reversed(MADE):
        try:
            (os.rmdir if os.path.isdir(path) else os.unlink)(path)
        except OSError:
            pass
    del MADE[:]
