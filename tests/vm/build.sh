#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside the root of tools/vm-test's guest: builds /usr/src/aurochs in /usr/src/build, and puts what a package would install, and
# what tests the guest, below /usr/src/payload.
set -eu
build=/usr/src/build payload=/usr/src/payload tests=/usr/lib/aurochs-vm
cd /usr/src/aurochs
rm -rf $payload
[ -f $build/build.ninja ] || meson setup $build --prefix=/usr --sysconfdir=/etc --localstatedir=/var --buildtype=release --wrap-mode=nofallback
ninja -C $build build.ninja
# What is installed, and what the acts need: not the unit tests.
targets=$(ninja -C $build -t targets all | sed -nE 's,^(.*/(aurochsd|aurochsctl|aurochs-audisp|live_acts|live_tiny)): .*_LINKER.*,\1,p; s,^(man/[^:]*): CUSTOM_COMMAND.*,\1,p')
[ -n "$targets" ]
nice ninja -C $build $targets
DESTDIR=$payload meson install -C $build --no-rebuild
mkdir -p $payload$tests $payload/etc/systemd/system/multi-user.target.wants
cp -r rules.d data tests/live tests/vm $build/tests/live/live_acts $build/tests/live/live_tiny $payload$tests/
cp -r tests/vm/etc/. $payload/etc/
ln -sf ../aurochs-vm.service $payload/etc/systemd/system/multi-user.target.wants/
chown -hR 0:0 $payload
