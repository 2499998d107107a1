// SPDX-License-Identifier: Apache-2.0
// rtnetlink: any bytes as a datagram, and as the body of each message that is listened to.
#include <linux/rtnetlink.h>

#include <string>

#include "observe/links.h"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  aurochs::observe::Links links;
  const aurochs::observe::Sink sink = [](const aurochs::event::Event&) {};
  links.hear(bytes, &sink);
  for (const uint16_t type : {RTM_NEWLINK, RTM_NEWADDR, RTM_NEWNEIGH, RTM_NEWROUTE, RTM_DELROUTE, RTM_DELADDR, RTM_DELLINK}) {
    nlmsghdr head{};
    head.nlmsg_len = static_cast<uint32_t>(sizeof head + size);
    head.nlmsg_type = type;
    links.hear(std::string(reinterpret_cast<const char*>(&head), sizeof head).append(bytes), &sink);
  }
  return 0;
}
