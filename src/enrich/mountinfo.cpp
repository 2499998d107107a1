// SPDX-License-Identifier: Apache-2.0
#include "enrich/mountinfo.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"

namespace aurochs::enrich {

namespace {

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// As seq_path() of fs/proc_namespace.c writes it.
std::string escaped(std::string_view place) {
  std::string out;
  for (const char c : place) {
    if (c != ' ' && c != '\t' && c != '\n' && c != '\\' && c != '#') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '\\';
    for (const int shift : {6, 3, 0}) out += static_cast<char>('0' + (byte >> shift & 7));
  }
  return out;
}

}  // namespace

MountLine parse_mount_line(std::string_view line) {
  MountLine found;
  std::string_view rest = line, place;
  for (int i = 0; i < 5; ++i) place = base::next_piece(rest, ' ');
  // Optional fields, as many as there are, end with a hyphen.
  const std::string_view separator = " - ";
  const size_t at = rest.find(separator);
  if (place.empty() || at == std::string_view::npos) return found;
  rest.remove_prefix(at + separator.size());
  found.place = place;
  found.type = base::next_piece(rest, ' ');
  found.source = base::next_piece(rest, ' ');
  return found;
}

void unescape_mount(std::string_view text, std::string& out) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) && is_octal(text[i + 3])) {
      out += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
}

bool is_remote_type(std::string_view type) {
  for (const std::string_view remote : {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "afs", "lustre", "beegfs", "ncpfs", "coda", "fuse"})
    if (type == remote) return true;
  return base::starts_with(type, "fuse.");
}

bool find_mount(const char* file, std::string_view place, std::string& line) {
  line.clear();
  const base::UniqueFd fd(::open(file, O_RDONLY | O_CLOEXEC));
  if (!fd) return false;
  const std::string wanted = escaped(place);
  std::string text;
  char piece[16384];
  for (size_t total = 0;;) {
    const ssize_t n = ::read(fd.get(), piece, sizeof piece);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return n == 0 && !line.empty();
    total += static_cast<size_t>(n);
    if (total > limits::kMountInfoBytes) return false;
    text.append(piece, static_cast<size_t>(n));
    size_t begin = 0;
    for (size_t end; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
      const std::string_view one = std::string_view(text).substr(begin, end - begin);
      if (parse_mount_line(one).place == wanted) line.assign(one);
    }
    text.erase(0, begin);
  }
}

}  // namespace aurochs::enrich
