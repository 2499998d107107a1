// SPDX-License-Identifier: Apache-2.0
// Uevents: devices that come and go, as the kernel tells udev (NETLINK_KOBJECT_UEVENT, group 1, 2.6.10+): USB devices,
// disks, keyboards, network cards. What the kernel's message lacks is read from /sys, and kept for the time when the device
// is gone. Only messages of the kernel are believed, not those of udev (group 2). A message that somebody asked for by
// writing to a uevent file is told with op_name "synthetic" (kernel 4.13+ marks it; before it looks like the real one).
// Partitions are not told, their disk is. A disk whose size leaves or reaches 0 got or lost its medium ("medium"): card
// readers, loop devices. An input device is a keyboard where it has every key from ESC to S, as udev's input_id says.
#pragma once
#include <map>
#include <string_view>

#include "base/fd.h"
#include "observe/source.h"

namespace aurochs::observe {

/// One message of the kernel; views into it.
struct Uevent {
  std::string_view action, devpath, subsystem, devtype, devname, interface, ifindex, name, keys, product;
  bool is_synthetic = false;
};
/// "ACTION@DEVPATH\0KEY=VALUE\0...". False: no such message, or its head contradicts its keys.
bool parse_uevent(std::string_view bytes, Uevent& out);
/// KEY= of an input device: hexadecimal words, the lowest last.
bool is_keyboard(std::string_view keys);

class Uevents {
 public:
  base::Status open(const Options& options);
  int fd() const { return fd_.get(); }
  void take(const Sink& sink);
  int64_t poll(int64_t now_ms, const Sink& sink);
  uint64_t take_losses();

  /// What take() does with one message.
  void hear(std::string_view message, const Sink& sink);
  /// Notes the devices that are there.
  void look(const Options& options);

 private:
  struct Device {
    std::string vid, pid, serial, classes, product;
    uint64_t size = 0;
    bool is_disk = false, is_removable = false;
  };
  std::string attribute(std::string_view devpath, std::string_view name) const;
  std::string classes(std::string_view devpath) const;
  void read_usb(std::string_view devpath, Device& out) const;
  Device read_disk(std::string_view devpath) const;
  Device* remember(std::string_view devpath, Device device);
  bool tell_usb(const Uevent& u);
  bool tell_disk(const Uevent& u);
  bool tell_keyboard(const Uevent& u);
  bool tell_network(const Uevent& u);
  void put_device(const Uevent& u, const Device& device);

  base::UniqueFd fd_;
  std::string root_;
  std::map<std::string, Device, std::less<>> devices_;  ///< by devpath
  event::Event event_;
  uint64_t lost_ = 0;
};

}  // namespace aurochs::observe
