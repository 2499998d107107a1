// SPDX-License-Identifier: Apache-2.0
// A netlink socket that listens to groups of the kernel, and its datagrams. Observer's thread.
#pragma once
#include <cstdint>
#include <functional>
#include <string_view>

#include "base/fd.h"
#include "base/result.h"

namespace aurochs::observe {

/// Non-blocking, joined to `groups` (a mask), its buffer limits::kObserverSocketBytes.
base::Result<base::UniqueFd> open_netlink(int protocol, uint32_t groups);
/// Calls `visit` for every datagram that waits and that the kernel sent. A buffer that ran over adds 1 to `lost` (the kernel
/// does not say how many); so does a datagram that was cut. True: nothing was lost.
bool each_message(int fd, uint64_t& lost, const std::function<void(std::string_view)>& visit);

}  // namespace aurochs::observe
