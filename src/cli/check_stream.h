// SPDX-License-Identifier: Apache-2.0
// aurochsctl check, its part on the stream: which mode of capture aurochsd would take, why, and what would make it better.
// Looks and changes nothing; so the multicast group is probed only where audit is enabled already.
#pragma once
#include <string>
#include <vector>

#include "capture/audit_control.h"
#include "capture/kernel_profile.h"
#include "config/config.h"

namespace aurochs::cli {

struct Finding {
  enum class Mark { good, note, bad } mark;
  std::string what, found;
};
std::vector<Finding> check_stream(capture::AuditControl& control, const capture::KernelProfile& kernel, const config::Config& config);

}  // namespace aurochs::cli
