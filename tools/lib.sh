# SPDX-License-Identifier: Apache-2.0
# Sourced by the programs in tools/, after they set TOP, the checkout. POSIX sh.

say() { printf '%s\n' "$*" >&2; }
die() { say "$(basename "$0"): $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
is_root() { [ "$(id -u)" -eq 0 ]; }

ninja_program() {
  for n in ninja ninja-build; do have "$n" && { echo "$n"; return; }; done
  return 1
}

# The package manager, by what is there rather than by the name of the distribution: ALT has apt-get above rpm.
package_manager() {
  if have apt-get && have dpkg-query && [ ! -e /etc/altlinux-release ]; then echo apt
  elif have apt-get && have rpm; then echo apt-rpm
  elif have dnf; then echo dnf
  elif have yum; then echo yum
  else return 1
  fi
}

# build_dir_is_fresh DIR: configured from this checkout by this Meson. A moved checkout or a newer Meson starts anew.
build_dir_is_fresh() {
  info=$1/meson-info/meson-info.json
  [ -f "$1/build.ninja" ] && [ -f "$info" ] && grep -qF "\"source\": \"$TOP\"" "$info" \
    && grep -qF "\"full\": \"$(meson --version)\"" "$info"
}

# configure DIR OPTION...: meson setup, only when needed. The options are kept beside the build: other ones start anew.
configure() {
  dir=$1; shift
  if build_dir_is_fresh "$dir" && [ "$(cat "$dir/.options" 2>/dev/null)" = "${CXX:-} $*" ]; then
    "$(ninja_program)" -C "$dir" build.ninja    # what target() reads must know changed meson.build files
    return
  fi
  rm -rf "$dir"
  mkdir -p "$(dirname "$dir")" || return 1
  meson setup "$@" "$dir" "$TOP" </dev/null || { rm -f "$dir/build.ninja"; return 1; }
  printf '%s\n' "${CXX:-} $*" >"$dir/.options"
}

# target DIR NAME: the path of a program below DIR, wherever its room puts it.
target() {
  "$(ninja_program)" -C "$1" -t targets all 2>/dev/null | sed -n "s|^\(.*/\)*$2: .*_LINKER.*|\1$2|p" | head -n 1
}

# give_back DIR: what root built in somebody's checkout stays that somebody's.
give_back() {
  owner=$(stat -c %u:%g "$TOP")
  [ "$owner" = 0:0 ] || [ ! -d "$1" ] || chown -hR "$owner" "$1"
}
