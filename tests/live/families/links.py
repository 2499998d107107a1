# SPDX-License-Identifier: Apache-2.0
"""An interface of this test in the host's namespace: it comes, goes up, gets an address, a route, a neighbour, and goes."""
import subprocess

NAME, PEER, RENAMED = "aurochs-live0", "aurochs-live1", "aurochs-live2"


def ip(*arguments):
    return subprocess.run(("ip",) + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20).stdout


def run(live):
    def act(kind, what, *arguments, **fields):
        return live.proves(kind, what, lambda: ip(*arguments), **fields)
    made = act("NetworkInterfaceCreateNix", "a veth", "link", "add", NAME, "type", "veth", "peer", "name", PEER, dev_iface=NAME, dev_iface_type="veth",
               dev_iface_isup=False, dev_iface_isphysical=False, dev_iface_mac=lambda v: v and len(v) == 17, event_log_source="LinuxNetlink")
    act("NetworkInterfaceStateNix", "up", "link", "set", NAME, "up", dev_iface=NAME, op_name="up", dev_iface_isup=True, dev_iface_id=made.get("dev_iface_id"))
    act("NetworkInterfaceStateNix", "the carrier comes with the peer", "link", "set", PEER, "up", dev_iface=NAME, op_name="connected", dev_iface_isconnected=True)
    act("NetworkAddressChangeNix", "an address", "address", "add", "192.0.2.1/32", "dev", NAME, dev_iface=NAME, dev_iface_ipv4="192.0.2.1/32", op_name="added")
    act("NetworkRouteChangeNix", "a route", "route", "add", "198.51.100.0/24", "dev", NAME, net_route="198.51.100.0/24 dev " + NAME, op_name="added")
    act("NetworkRouteChangeNix", "a route that goes", "route", "del", "198.51.100.0/24", "dev", NAME, net_route="198.51.100.0/24 dev " + NAME, op_name="removed")
    ip("neigh", "add", "192.0.2.77", "lladdr", "02:00:00:00:00:01", "dev", NAME)
    act("NetworkNeighborChangeNix", "another hardware address", "neigh", "replace", "192.0.2.77", "lladdr", "02:00:00:00:00:02", "dev", NAME,
        net_src_ipv4="192.0.2.77", net_mac="02:00:00:00:00:02", net_mac_old="02:00:00:00:00:01", dev_iface=NAME)
    act("NetworkAddressChangeNix", "an address that goes", "address", "del", "192.0.2.1/32", "dev", NAME, dev_iface_ipv4="192.0.2.1/32", op_name="removed")
    act("NetworkInterfaceStateNix", "down", "link", "set", NAME, "down", dev_iface=NAME, op_name="down", dev_iface_isup=False)
    act("NetworkInterfaceStateNix", "renamed", "link", "set", NAME, "name", RENAMED, dev_iface=RENAMED, op_name="renamed", op_value_old=NAME)
    act("NetworkInterfaceDeleteNix", "gone", "link", "del", RENAMED, dev_iface=RENAMED)
    told = {e["dev_iface"] for e in live.events("NetworkInterfaceCreateNix")}
    live.tap.claim(told <= {NAME, PEER} or not any(n.startswith("eth") or n == "lo" for n in told), "interfaces that were there are not told", told)


def clean(_):
    for name in (NAME, RENAMED):
        ip("link", "del", name)
