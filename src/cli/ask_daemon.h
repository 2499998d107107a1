// SPDX-License-Identifier: Apache-2.0
// What the verbs that speak to a running aurochsd share: where its control socket is, one question and its answer.
#pragma once
#include <string>
#include <string_view>

#include "control/flat.h"

namespace aurochs::cli {

/// `given`, else that of the configuration, else the built-in one.
std::string control_socket(const std::string& given);
/// The answer's text and its members; false: said on standard error.
bool ask_daemon(const std::string& socket, std::string_view request, std::string& text, control::Flat& answer);

}  // namespace aurochs::cli
