// SPDX-License-Identifier: Apache-2.0
#include "cli/ask_daemon.h"

#include <cstdio>

#include "base/limits.h"
#include "config/config.h"
#include "control/server.h"
#include "version.h"

namespace aurochs::cli {

std::string control_socket(const std::string& given) {
  if (!given.empty()) return given;
  const auto config = config::load(AUROCHS_CONFIG_FILE, false);
  return config && !config->control_socket.empty() ? config->control_socket : AUROCHS_CONTROL_SOCKET;
}

bool ask_daemon(const std::string& socket, std::string_view request, std::string& text, control::Flat& answer) {
  auto said = control::ask(socket, request, static_cast<int>(limits::kControlMs));
  if (!said) {
    std::fprintf(stderr, "aurochsctl: %s\n", said.error().message.c_str());
    return false;
  }
  text = std::move(*said);
  const bool is_whole = control::parse_flat(text, answer);
  const control::Member* error = is_whole ? control::find(answer, "error") : nullptr;
  if (is_whole && !error) return true;
  std::fprintf(stderr, "aurochsctl: %s: %s\n", socket.c_str(), error ? error->value.c_str() : "no answer of aurochsd's; is it another version?");
  return false;
}

}  // namespace aurochs::cli
