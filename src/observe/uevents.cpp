// SPDX-License-Identifier: Apache-2.0
#include "observe/uevents.h"

#include <dirent.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <memory>
#include <utility>

#include "base/limits.h"
#include "base/text.h"
#include "observe/netlink.h"

namespace aurochs::observe {
namespace {
using event::EventType;
using event::FieldId;

template <class Visit>
void each_entry(const std::string& directory, Visit visit) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(directory.c_str()), ::closedir);
  if (!dir) return;
  while (const dirent* entry = ::readdir(dir.get()))
    if (entry->d_name[0] != '.') visit(std::string_view(entry->d_name));
}

/// "46d/c077/7200" of PRODUCT=, as idVendor writes it: four digits.
std::string four_digits(std::string_view hex) { return std::string(hex.size() < 4 ? 4 - hex.size() : 0, '0').append(hex); }

}  // namespace

bool parse_uevent(std::string_view bytes, Uevent& out) {
  out = Uevent();
  const std::string_view head = base::next_piece(bytes, '\0');
  const size_t at = head.find('@');
  if (at == std::string_view::npos || at == 0 || at + 1 >= head.size() || head[at + 1] != '/') return false;
  if (head.find("/../") != std::string_view::npos || base::ends_with(head, "/..")) return false;
  const std::pair<std::string_view, std::string_view*> kKeys[] = {
      {"ACTION", &out.action},     {"DEVPATH", &out.devpath},     {"SUBSYSTEM", &out.subsystem}, {"DEVTYPE", &out.devtype}, {"DEVNAME", &out.devname},
      {"INTERFACE", &out.interface}, {"IFINDEX", &out.ifindex}, {"NAME", &out.name},           {"KEY", &out.keys},       {"PRODUCT", &out.product}};
  while (!bytes.empty()) {
    std::string_view value = base::next_piece(bytes, '\0');
    const std::string_view key = base::next_piece(value, '=');
    out.is_synthetic |= key == "SYNTH_UUID";
    for (const auto& [name, field] : kKeys)
      if (key == name) *field = value;
  }
  return out.action == head.substr(0, at) && out.devpath == head.substr(at + 1) && !out.subsystem.empty();
}

bool is_keyboard(std::string_view keys) {
  keys = base::trim(keys);
  uint64_t lowest = 0;
  constexpr uint64_t kEscToS = 0xFFFFFFFE;  // KEY_ESC 1 .. KEY_S 31
  return base::parse_hex_u64(keys.substr(keys.rfind(' ') + 1), lowest) && (lowest & kEscToS) == kEscToS;
}

base::Status Uevents::open(const Options& options) {
  auto socket = open_netlink(NETLINK_KOBJECT_UEVENT, 1);
  if (!socket) return socket.error();
  fd_ = std::move(*socket);
  look(options);
  return base::Ok{};
}

void Uevents::look(const Options& options) {
  root_ = options.root;
  for (const char* list : {"/sys/bus/usb/devices/", "/sys/block/"})
    each_entry(root_ + list, [&](std::string_view name) {
      char path[PATH_MAX];
      const std::string link = root_ + list + std::string(name), sys = root_ + "/sys";
      if (!::realpath(link.c_str(), path) || !base::starts_with(path, sys)) return;
      const std::string_view devpath = std::string_view(path).substr(sys.size());
      Device device = read_disk(devpath);
      device.is_disk = list[5] == 'b' && list[6] == 'l';
      if (device.is_disk || !device.vid.empty()) remember(devpath, std::move(device));
    });
}

void Uevents::take(const Sink& sink) {
  each_message(fd_.get(), lost_, [&](std::string_view message) { hear(message, sink); });
}

int64_t Uevents::poll(int64_t, const Sink&) { return INT64_MAX; }

uint64_t Uevents::take_losses() { return std::exchange(lost_, 0); }

std::string Uevents::attribute(std::string_view devpath, std::string_view name) const {
  std::string path = root_ + "/sys";
  path.append(devpath).append("/").append(name);
  const auto text = base::read_file(path, limits::kDeviceTextBytes);
  return text ? std::string(base::trim(*text)) : std::string();
}

/// bDeviceClass, or of a device that leaves it to its interfaces (00) theirs, each once.
std::string Uevents::classes(std::string_view devpath) const {
  std::string of_device = attribute(devpath, "bDeviceClass");
  if (of_device != "00") return of_device;
  std::string all;
  each_entry(root_ + "/sys" + std::string(devpath), [&](std::string_view name) {
    if (name.find(':') == std::string_view::npos || all.size() > limits::kDeviceTextBytes) return;
    const std::string one = attribute(devpath, std::string(name) + "/bInterfaceClass");
    if (!one.empty() && all.find(one) == std::string::npos) all.append(all.empty() ? "" : "|").append(one);
  });
  return all.empty() ? of_device : all;
}

/// The device itself or the nearest one above it that is a USB device.
void Uevents::read_usb(std::string_view devpath, Device& out) const {
  for (; devpath.size() > 1; devpath = devpath.substr(0, devpath.rfind('/'))) {
    out.vid = attribute(devpath, "idVendor");
    if (out.vid.empty()) continue;
    out.pid = attribute(devpath, "idProduct");
    out.serial = attribute(devpath, "serial");
    out.classes = classes(devpath);
    out.product = attribute(devpath, "manufacturer");
    const std::string product = attribute(devpath, "product");
    if (!out.product.empty() && !product.empty()) out.product += ' ';
    out.product += product;
    return;
  }
}

Uevents::Device Uevents::read_disk(std::string_view devpath) const {
  Device device;
  read_usb(devpath, device);
  uint64_t sectors = 0;
  if (base::parse_u64(attribute(devpath, "size"), sectors)) device.size = sectors * 512;
  device.is_removable = attribute(devpath, "removable") == "1";
  return device;
}

Uevents::Device* Uevents::remember(std::string_view devpath, Device device) {
  const auto known = devices_.find(devpath);
  if (known != devices_.end()) return &(known->second = std::move(device));
  if (devices_.size() >= limits::kDevices) devices_.erase(devices_.begin());
  return &devices_.emplace(devpath, std::move(device)).first->second;
}

void Uevents::put_device(const Uevent& u, const Device& d) {
  if (u.is_synthetic) event_.set_text(FieldId::op_name, "synthetic");
  const std::string path = u.devname.empty() ? "/sys" + std::string(u.devpath) : (u.devname[0] == '/' ? "" : "/dev/") + std::string(u.devname);
  event_.set_copy(FieldId::dev_path, path);
  event_.set_text_if(FieldId::usb_vid, event_.arena().copy(d.vid));
  event_.set_text_if(FieldId::usb_pid, event_.arena().copy(d.pid));
  event_.set_text_if(FieldId::usb_serial, event_.arena().copy(d.serial));
  event_.set_text_if(FieldId::usb_class, event_.arena().copy(d.classes));
  event_.set_text_if(FieldId::usb_product, event_.arena().copy(d.product));
}

bool Uevents::tell_usb(const Uevent& u) {
  Device device;
  if (u.action == "add") {
    event_.clear(EventType::usb_attach);
    read_usb(u.devpath, device);
  } else {
    event_.clear(EventType::usb_detach);
    const auto known = devices_.find(u.devpath);
    if (known != devices_.end()) device = known->second;
  }
  std::string_view product = u.product;
  if (device.vid.empty() && !product.empty()) device.vid = four_digits(base::next_piece(product, '/'));
  if (device.pid.empty() && !product.empty()) device.pid = four_digits(base::next_piece(product, '/'));
  put_device(u, device);
  if (u.action == "add")
    remember(u.devpath, std::move(device));
  else if (!u.is_synthetic)
    devices_.erase(std::string(u.devpath));
  return true;
}

bool Uevents::tell_disk(const Uevent& u) {
  const auto known = devices_.find(u.devpath);
  const uint64_t size_before = known == devices_.end() ? 0 : known->second.size;
  const bool is_gone = u.action == "remove";
  Device device = is_gone && known != devices_.end() ? known->second : read_disk(u.devpath);
  device.is_disk = true;
  const bool has_medium = device.size != 0;
  if (u.action == "change" && has_medium == (size_before != 0)) return false;
  event_.clear(is_gone || (u.action == "change" && !has_medium) ? EventType::block_device_remove : EventType::block_device_add);
  put_device(u, device);
  if (u.action == "change") event_.set_text(FieldId::op_name, "medium");
  event_.set_number(FieldId::dev_size, device.size ? device.size : size_before);
  event_.set_bool(FieldId::dev_isremovable, device.is_removable);
  if (!is_gone)
    remember(u.devpath, std::move(device));
  else if (!u.is_synthetic)
    devices_.erase(std::string(u.devpath));
  return true;
}

bool Uevents::tell_keyboard(const Uevent& u) {
  if (!is_keyboard(u.keys)) return false;
  event_.clear(EventType::input_device_add);
  Device device;
  read_usb(u.devpath, device);
  put_device(u, device);
  std::string_view name = u.name;
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  if (!name.empty()) event_.set_copy(FieldId::op_value, name);
  return true;
}

bool Uevents::tell_network(const Uevent& u) {
  const std::string device_link = root_ + "/sys" + std::string(u.devpath) + "/device";
  if (::access(device_link.c_str(), F_OK) < 0) return false;
  event_.clear(EventType::net_device_add);
  Device device;
  read_usb(u.devpath, device);
  put_device(u, device);
  event_.set_copy(FieldId::dev_iface, u.interface);
  uint64_t index = 0;
  if (base::parse_u64(u.ifindex, index)) event_.set_number(FieldId::dev_iface_id, index);
  const std::string mac = attribute(u.devpath, "address");
  if (!mac.empty()) event_.set_copy(FieldId::dev_iface_mac, mac);
  event_.set_bool(FieldId::dev_iface_isphysical, true);
  return true;
}

void Uevents::hear(std::string_view message, const Sink& sink) {
  Uevent u;
  if (!parse_uevent(message, u)) return;
  const bool is_add = u.action == "add", is_remove = u.action == "remove";
  bool told = false;
  if (u.subsystem == "usb" && u.devtype == "usb_device")
    told = (is_add || is_remove) && tell_usb(u);
  else if (u.subsystem == "block" && u.devtype == "disk")
    told = (is_add || is_remove || u.action == "change") && tell_disk(u);
  else if (u.subsystem == "input" && is_add && !u.keys.empty())
    told = tell_keyboard(u);
  else if (u.subsystem == "net" && is_add && !u.interface.empty())
    told = tell_network(u);
  if (told) sink(event_);
}

}  // namespace aurochs::observe
