// SPDX-License-Identifier: Apache-2.0
#include "normalize/parts.h"

namespace aurochs::normalize {

void open_family(Source&, event::Event&, Result&) {}
void truncate_family(Source&, event::Event&, Result&) {}
void rename_family(Source&, event::Event&, Result&) {}
void unlink_family(Source&, event::Event&, Result&) {}
void link_family(Source&, event::Event&, Result&) {}
void symlink_family(Source&, event::Event&, Result&) {}
void mknod_family(Source&, event::Event&, Result&) {}
void mkdir_family(Source&, event::Event&, Result&) {}
void mode_family(Source&, event::Event&, Result&) {}
void owner_family(Source&, event::Event&, Result&) {}
void xattr_family(Source&, event::Event&, Result&) {}
void times_family(Source&, event::Event&, Result&) {}
void handle_family(Source&, event::Event&, Result&) {}

}  // namespace aurochs::normalize
