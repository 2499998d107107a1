// SPDX-License-Identifier: Apache-2.0
#include "observe/uevents.h"

#include <doctest/doctest.h>

#include "enrich/temp_tree.h"
#include "support/collected.h"

using namespace aurochs;
using namespace aurochs::observe;
using namespace std::string_literals;

namespace {

const std::string kUsb = "/devices/pci0000:00/0000:00:14.0/usb1/1-3";

/// A host with its /sys, and the source that hears.
struct Host {
  TempTree tree;
  Options options;
  Uevents uevents;
  Collected got;

  void stick() {
    const std::string at = "/sys" + kUsb;
    for (const auto& [name, text] : {std::pair<const char*, const char*>{"idVendor", "0951\n"}, {"idProduct", "1666\n"}, {"serial", "E0D55EA5\n"},
                                     {"manufacturer", "Kingston\n"}, {"product", "DataTraveler 3.0\n"}, {"bDeviceClass", "00\n"},
                                     {"1-3:1.0/bInterfaceClass", "08\n"}, {"1-3:1.1/bInterfaceClass", "03\n"}, {"1-3:1.2/bInterfaceClass", "08\n"}})
      tree.file(at + "/" + name, text);
  }
  void hear(const std::string& message) {
    uevents.hear(message, [&](const event::Event& e) { got(e); });
  }
  void ready() {
    options.root = tree.path("");
    uevents.look(options);
  }
};

std::string uevent(const std::string& action, const std::string& devpath, const std::string& rest) {
  std::string bytes = action + "@" + devpath + '\0' + "ACTION=" + action + '\0' + "DEVPATH=" + devpath + '\0';
  for (const char c : rest) bytes += c == ' ' ? '\0' : c;
  return bytes + '\0';
}

}  // namespace

TEST_CASE("UsbAttachNix, UsbDetachNix: what /sys told at the attachment is told at the end") {
  Host host;
  host.stick();
  host.ready();
  host.hear(uevent("add", kUsb, "SUBSYSTEM=usb MAJOR=189 MINOR=3 DEVNAME=bus/usb/001/004 DEVTYPE=usb_device PRODUCT=951/1666/110 TYPE=0/0/0 SEQNUM=2017"));
  auto e = host.got.only();
  CHECK(e.type == "UsbAttachNix");
  CHECK(e["usb_vid"] == "0951");
  CHECK(e["usb_pid"] == "1666");
  CHECK(e["usb_serial"] == "E0D55EA5");
  CHECK(e["usb_product"] == "Kingston DataTraveler 3.0");
  CHECK((e["usb_class"] == "08|03" || e["usb_class"] == "03|08"));
  CHECK(e["dev_path"] == "/dev/bus/usb/001/004");
  CHECK(e["op_name"] == "-");

  CHECK(::unlink(host.tree.path("/sys" + kUsb + "/idVendor").c_str()) == 0);
  host.hear(uevent("remove", kUsb, "SUBSYSTEM=usb DEVNAME=bus/usb/001/004 DEVTYPE=usb_device PRODUCT=951/1666/110 SEQNUM=2018"));
  e = host.got.only();
  CHECK(e.type == "UsbDetachNix");
  CHECK(e["usb_serial"] == "E0D55EA5");
}

TEST_CASE("UsbDetachNix: a device that was there before the sensor, one that was never described") {
  Host host;
  host.stick();
  host.tree.dir("/sys/bus/usb/devices");
  host.tree.link("/sys/bus/usb/devices/1-3", "../../.." + kUsb);
  host.ready();
  host.hear(uevent("remove", kUsb, "SUBSYSTEM=usb DEVTYPE=usb_device PRODUCT=951/1666/110"));
  CHECK(host.got.only()["usb_product"] == "Kingston DataTraveler 3.0");
  host.hear(uevent("remove", "/devices/x/usb2/2-1", "SUBSYSTEM=usb DEVTYPE=usb_device PRODUCT=46d/c077/7200"));
  const auto e = host.got.only();
  CHECK(e["usb_vid"] == "046d");
  CHECK(e["usb_pid"] == "c077");
  CHECK(e["usb_serial"] == "-");
  CHECK(e["dev_path"] == "/sys/devices/x/usb2/2-1");
}

TEST_CASE("BlockDeviceAddNix, BlockDeviceRemoveNix: a disk with its size and the USB device it hangs on; partitions are not told") {
  Host host;
  host.stick();
  const std::string disk = kUsb + "/1-3:1.0/host6/target6:0:0/6:0:0:0/block/sdb";
  host.tree.file("/sys" + disk + "/size", "60437492\n");
  host.tree.file("/sys" + disk + "/removable", "1\n");
  host.ready();
  host.hear(uevent("add", disk, "SUBSYSTEM=block DEVNAME=sdb DEVTYPE=disk SEQNUM=1"));
  auto e = host.got.only();
  CHECK(e.type == "BlockDeviceAddNix");
  CHECK(e["dev_path"] == "/dev/sdb");
  CHECK(e["dev_size"] == "30943995904");
  CHECK(e["dev_isremovable"] == "1");
  CHECK(e["usb_serial"] == "E0D55EA5");
  host.hear(uevent("add", disk + "/sdb1", "SUBSYSTEM=block DEVNAME=sdb1 DEVTYPE=partition"));
  CHECK(host.got.events.empty());
  host.hear(uevent("remove", disk, "SUBSYSTEM=block DEVNAME=sdb DEVTYPE=disk"));
  e = host.got.only();
  CHECK(e.type == "BlockDeviceRemoveNix");
  CHECK(e["dev_size"] == "30943995904");
}

TEST_CASE("BlockDeviceAddNix: a medium that comes and goes in a disk that stays") {
  Host host;
  const std::string disk = "/devices/virtual/block/loop9";
  host.tree.file("/sys" + disk + "/size", "0\n");
  host.tree.dir("/sys/block");
  host.tree.link("/sys/block/loop9", "../" + disk.substr(1));
  host.ready();
  host.hear(uevent("change", disk, "SUBSYSTEM=block DEVNAME=loop9 DEVTYPE=disk"));
  CHECK(host.got.events.empty());
  host.tree.file("/sys" + disk + "/size", "2048\n");
  host.hear(uevent("change", disk, "SUBSYSTEM=block DEVNAME=loop9 DEVTYPE=disk"));
  auto e = host.got.only();
  CHECK(e.type == "BlockDeviceAddNix");
  CHECK(e["op_name"] == "medium");
  CHECK(e["dev_size"] == "1048576");
  host.hear(uevent("change", disk, "SUBSYSTEM=block DEVNAME=loop9 DEVTYPE=disk"));
  CHECK(host.got.events.empty());
  host.tree.file("/sys" + disk + "/size", "0\n");
  host.hear(uevent("change", disk, "SUBSYSTEM=block DEVNAME=loop9 DEVTYPE=disk"));
  e = host.got.only();
  CHECK(e.type == "BlockDeviceRemoveNix");
  CHECK(e["dev_size"] == "1048576");
}

TEST_CASE("InputDeviceAddNix: a keyboard is told, a power button and a mouse are not") {
  Host host;
  host.stick();
  host.ready();
  const std::string input = kUsb + "/1-3:1.1/0003:0951:1666.0004/input/input21";
  host.hear(uevent("add", input, "SUBSYSTEM=input PRODUCT=3/951/1666/111 NAME=\"Rubber\tDucky\" EV=120013 KEY=1000000000007\tff9f207ac14057ff\tfebeffdfffefffff\tfffffffffffffffe"));
  CHECK(host.got.events.empty());  // a word with tabs in it is no hexadecimal word
  std::string message = uevent("add", input, "SUBSYSTEM=input NAME=\"RubberDucky\" KEY=@");
  message.replace(message.find('@', message.find("KEY=")), 1, "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe");
  host.hear(message);
  const auto e = host.got.only();
  CHECK(e.type == "InputDeviceAddNix");
  CHECK(e["op_value"] == "RubberDucky");
  CHECK(e["usb_vid"] == "0951");
  CHECK(e["dev_path"] == "/sys" + input);
  host.hear(uevent("add", "/devices/LNXSYSTM:00/LNXPWRBN:00/input/input0", "SUBSYSTEM=input NAME=\"Power\" KEY=10000000000000"));
  host.hear(uevent("add", input + "/event3", "SUBSYSTEM=input DEVNAME=input/event3"));
  CHECK(host.got.events.empty());
  CHECK_FALSE(is_keyboard("70000 0 0 0 0"));
  CHECK_FALSE(is_keyboard(""));
  CHECK(is_keyboard("FFFFFFFE"));  // 32-bit words
}

TEST_CASE("NetDeviceAddNix: a card, not a veth") {
  Host host;
  const std::string card = "/devices/pci0000:00/0000:00:03.0/net/eth1";
  host.tree.file("/sys" + card + "/address", "52:54:00:12:34:56\n");
  host.tree.file("/sys" + card + "/device/vendor", "0x8086\n");
  host.tree.file("/sys/devices/virtual/net/veth0/address", "52:54:00:12:34:57\n");
  host.ready();
  host.hear(uevent("add", card, "SUBSYSTEM=net SYNTH_UUID=0 INTERFACE=eth1 IFINDEX=7"));
  const auto e = host.got.only();
  CHECK(e.type == "NetDeviceAddNix");
  CHECK(e["dev_iface"] == "eth1");
  CHECK(e["dev_iface_id"] == "7");
  CHECK(e["dev_iface_mac"] == "52:54:00:12:34:56");
  CHECK(e["op_name"] == "synthetic");
  host.hear(uevent("add", "/devices/virtual/net/veth0", "SUBSYSTEM=net INTERFACE=veth0 IFINDEX=8"));
  CHECK(host.got.events.empty());
}

TEST_CASE("uevents: damaged and foreign messages") {
  Uevent u;
  CHECK_FALSE(parse_uevent("", u));
  CHECK_FALSE(parse_uevent("libudev\0\xfe\xed\xca\xfe"s, u));
  CHECK_FALSE(parse_uevent("add@", u));
  CHECK_FALSE(parse_uevent("add@devices/x\0ACTION=add\0DEVPATH=devices/x\0SUBSYSTEM=usb\0"s, u));
  CHECK_FALSE(parse_uevent("add@/devices/x\0ACTION=remove\0DEVPATH=/devices/x\0SUBSYSTEM=usb\0"s, u));
  CHECK_FALSE(parse_uevent("add@/devices/../../etc\0ACTION=add\0DEVPATH=/devices/../../etc\0SUBSYSTEM=usb\0"s, u));
  const std::string good = "add@/devices/x\0ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usb"s;
  CHECK(parse_uevent(good, u));
  CHECK(u.subsystem == "usb");
}
