// SPDX-License-Identifier: Apache-2.0
// A sentence of a table as mdoc(7) wants it: no line begins with a macro's dot, backslashes are escaped, each sentence
// begins a line.
#pragma once
#include <string>
#include <string_view>

namespace aurochs::cli {

std::string mdoc(std::string_view text);

}  // namespace aurochs::cli
