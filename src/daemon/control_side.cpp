// SPDX-License-Identifier: Apache-2.0
#include "daemon/control_side.h"

#include <grp.h>
#include <unistd.h>

#include "base/text.h"
#include "daemon/log.h"
#include "version.h"

namespace aurochs::daemon {

void ControlSide::open(const config::Config& config) {
  gid_t group = static_cast<gid_t>(-1);
  if (!config.control_group.empty()) {
    const struct group* row = ::getgrnam(config.control_group.c_str());
    if (row)
      group = row->gr_gid;
    else
      log(Level::warning, "control.group = " + config.control_group + ": no such group; root alone may ask for the status");
  }
  auto server = control::Server::open(config.control_socket.empty() ? AUROCHS_CONTROL_SOCKET : config.control_socket, group);
  if (!server) return log(Level::warning, "control socket: " + server.error().message + "; aurochsctl status will not work; set control.socket");
  server_ = std::move(*server);
}

std::string ControlSide::answer(const control::Request& request) const {
  for (const ControlVerb& verb : verbs_) {
    if (verb.name != request.verb) continue;
    return verb.needs_root && request.uid != 0 && request.uid != ::geteuid() ? control::refusal(verb.name + ": for root alone") : verb.answer(request);
  }
  const auto near = base::nearest_name(request.verb, verbs_.size(), [&](size_t i) { return std::string_view(verbs_[i].name); });
  return control::refusal("no such verb" + (near.empty() ? std::string() : "; did you mean " + std::string(near) + "?"));
}

void ControlSide::serve(int64_t now_ms) {
  if (server_) server_->serve(now_ms, [this](const control::Request& request) { return answer(request); });
}

void ControlSide::second(int64_t now_ms) {
  if (server_) server_->expire(now_ms);
}

}  // namespace aurochs::daemon
