// SPDX-License-Identifier: Apache-2.0
// ControlSide: the control socket of the daemon and what may be asked there, one row a verb. Without its socket the sensor
// works all the same, and says so. Main thread.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "control/server.h"

namespace aurochs::daemon {

struct ControlVerb {
  std::string name;
  bool needs_root = true;  ///< false: members of control.group may ask as well
  control::Answer answer;
};

class ControlSide {
 public:
  void add(ControlVerb verb) { verbs_.push_back(std::move(verb)); }
  void open(const config::Config& config);
  int fd() const { return server_ ? server_->fd() : -1; }
  void serve(int64_t now_ms);
  void second(int64_t now_ms);
  void close() { server_.reset(); }

 private:
  std::string answer(const control::Request& request) const;

  std::vector<ControlVerb> verbs_;
  std::unique_ptr<control::Server> server_;
};

}  // namespace aurochs::daemon
