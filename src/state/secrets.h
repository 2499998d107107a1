// SPDX-License-Identifier: Apache-2.0
// Secrets in command lines: passwords, tokens and keys that stand there in clear are shown as ***. By form, never by guess of
// what looks random: NAME=VALUE and NAME:VALUE and --NAME VALUE with a name of a secret, the password of a URL, "Bearer X",
// and the options of a few programs (mysql -pX, sshpass -p X, curl -u user:X). A name that ends in "file" names a file.
// Pure.
#pragma once
#include <string>
#include <string_view>

namespace aurochs::state {

/// False: nothing to hide, `out` is not touched; else `out` is the whole line, masked.
bool mask_secrets(std::string_view line, std::string& out);

}  // namespace aurochs::state
