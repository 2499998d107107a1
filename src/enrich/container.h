// SPDX-License-Identifier: Apache-2.0
// Container of a process by its cgroup path: the runtimes write the id there (docker, containerd, CRI-O, podman, LXC, nspawn).
// Pure.
#pragma once
#include <string_view>

namespace aurochs::enrich {

struct Container {
  std::string_view id;       ///< 64 hex digits, or the name that LXC and nspawn use; empty: none
  std::string_view runtime;  ///< docker, containerd, cri-o, podman, lxc, nspawn; kubernetes where the path tells no more
};

/// `cgroups`: paths joined by '|'. The innermost container of the first path that has one.
Container container_of(std::string_view cgroups);

}  // namespace aurochs::enrich
