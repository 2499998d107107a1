// SPDX-License-Identifier: Apache-2.0
// Transport: one datagram socket to the kernel, and NetlinkTransport, the real one (NETLINK_AUDIT).
// A transport moves bytes and says who sent them; it judges nothing. Owned by one object, used by one thread.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace aurochs::capture {

class Transport {
 public:
  virtual ~Transport() = default;
  virtual base::Status send(std::string_view bytes) = 0;
  /// One datagram into buffer. The result is its whole length: larger than `size` when it was cut, 0 when nothing
  /// came in timeout_ms (0: do not wait). sender_port: netlink port id, 0 for the kernel. An interrupted or
  /// overrun wait is an Error with code EINTR or ENOBUFS; the socket stays good.
  virtual base::Result<size_t> recv(char* buffer, size_t size, uint32_t& sender_port, int timeout_ms) = 0;
};

class NetlinkTransport final : public Transport {
 public:
  enum class Group { none, read_log };  ///< read_log: AUDIT_NLGRP_READLOG, kernel 3.16+
  /// Asks for buffer_bytes of receive buffer, by force if it may, and never hears of ENOBUFS: the records that
  /// did not fit are counted in /proc/net/netlink (column Drops, by inode()).
  /// Fails with EPROTONOSUPPORT where the kernel has no audit, with EPERM without CAP_AUDIT_READ (group).
  /// That it opened the group proves nothing: see multicast_works().
  static base::Result<std::unique_ptr<NetlinkTransport>> open(Group group, size_t buffer_bytes);

  base::Status send(std::string_view bytes) override;
  base::Result<size_t> recv(char* buffer, size_t size, uint32_t& sender_port, int timeout_ms) override;
  int fd() const { return fd_.get(); }
  uint64_t inode() const;       ///< as in /proc/net/netlink; 0 when unknown
  size_t buffer_bytes() const;  ///< what the kernel granted

 private:
  explicit NetlinkTransport(base::UniqueFd fd) : fd_(std::move(fd)) {}
  base::UniqueFd fd_;
};

}  // namespace aurochs::capture
