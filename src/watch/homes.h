// SPDX-License-Identifier: Apache-2.0
// Home directories, as "~" of the watch table means them. Pure; any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace aurochs::watch {

/// Homes of the accounts in a text as of /etc/passwd, one a line, sorted, each once. Not: what is no directory of one account
/// (/, /bin, /usr/sbin, /nonexistent, ...), for a pattern ~/x would mean files of the system there.
std::string home_lines(std::string_view passwd);
std::vector<std::string> split_lines(std::string_view lines);

}  // namespace aurochs::watch
