// SPDX-License-Identifier: Apache-2.0
#include "cli/mdoc.h"

namespace aurochs::cli {

std::string mdoc(std::string_view text) {
  std::string out = !text.empty() && (text[0] == '.' || text[0] == '\'') ? "\\&" : "";
  for (size_t i = 0; i < text.size(); ++i) {
    const bool ends_sentence = text[i] == ' ' && i > 1 && text[i - 1] == '.' && i + 1 < text.size();
    if (ends_sentence)
      out += '\n';
    else if (text[i] == '\\')
      out += "\\e";
    else
      out += text[i];
  }
  return out;
}

}  // namespace aurochs::cli
