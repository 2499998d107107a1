// SPDX-License-Identifier: Apache-2.0
// aurochsctl status: what a running aurochsd says of itself, through its control socket.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/text.h"
#include "cli/ask_daemon.h"
#include "cli/verbs.h"

namespace aurochs::cli {
namespace {

constexpr unsigned kWatchSeconds = 2;

struct Arguments {
  bool json = false, watch = false;
  std::string socket;
};

class Page {
 public:
  Page(const control::Flat& flat, bool colours) : flat_(flat), colours_(colours) {}

  void print() {
    const std::string canary = value("canary"), blind = value("blind");
    line("aurochsd", value("version") + ", pid " + value("pid") + ", up " + span(number("uptime_s")));
    line("capture", value("mode") + ", " + value("rules") + " rules, profile " + value("profile"));
    line("canary", canary, canary == "sees" ? kGood : canary.substr(0, 5) == "blind" ? kBad : kNone);
    line("blind spots", blind.empty() ? "none" : blind, blind.empty() ? kGood : kWarn);
    line("cost", value("cpu_percent") + " % of a core in the last minute, " + std::to_string(number("rss_bytes") >> 20) + " MiB");
    line("taken in", value("records") + " records, " + value("processes") + " processes known");
    line("given out", value("events") + " events, " + std::to_string(number("bytes") >> 10) + " KiB; " + value("folded") + " folded, " + value("suppressed") + " kept back");
    line("fill at most", share("ring_peak_bytes", "ring_bytes") + " of the ring, " + share("outbox_peak_bytes", "outbox_bytes") + " of the outbox");
    line("kernel", value("backlog") + " of " + value("backlog_limit") + " records wait, " + value(control::find(flat_, "kernel_lost") ? "kernel_lost" : "kernel_lost_or_not_printed") + " lost since boot");
    line("lost", value("lost"), number("lost") ? kBad : kGood);
    rows("lost_", "");
    rows("bytes_", " bytes");
  }

 private:
  static constexpr const char *kNone = "", *kGood = "\033[32m", *kWarn = "\033[33m", *kBad = "\033[31m";

  std::string value(std::string_view name) const {
    const control::Member* m = control::find(flat_, name);
    return m ? printable(m->value) : "?";
  }
  /// Rule texts of others may hold anything, escape sequences of the terminal too.
  static std::string printable(std::string text) {
    std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    return text;
  }
  uint64_t number(std::string_view name) const {
    uint64_t n = 0;
    return base::parse_u64(value(name), n) ? n : 0;
  }
  std::string share(std::string_view part, std::string_view whole) const {
    const uint64_t all = number(whole);
    return std::to_string(all ? number(part) * 100 / all : 0) + " %";
  }
  static std::string span(uint64_t s) {
    char text[64];
    std::snprintf(text, sizeof text, "%llu d %02llu:%02llu:%02llu", static_cast<unsigned long long>(s / 86400), static_cast<unsigned long long>(s / 3600 % 24),
                  static_cast<unsigned long long>(s / 60 % 60), static_cast<unsigned long long>(s % 60));
    return text;
  }
  void line(const char* name, const std::string& text, const char* colour = kNone) const {
    std::printf("%-13s %s%s%s\n", name, colours_ ? colour : "", text.c_str(), colours_ && *colour ? "\033[0m" : "");
  }
  void rows(std::string_view prefix, const char* unit) const {
    for (const control::Member& m : flat_)
      if (base::starts_with(m.name, prefix)) std::printf("  %-28s %s%s\n", printable(m.name.substr(prefix.size())).c_str(), printable(m.value).c_str(), unit);
  }

  const control::Flat& flat_;
  const bool colours_;
};

int usage() {
  std::fprintf(stderr, "usage: aurochsctl status [--json] [--watch] [--socket PATH]\n");
  return 2;
}

bool show(const Arguments& a) {
  std::string text;
  control::Flat flat;
  if (!ask_daemon(a.socket, R"({"verb":"status"})", text, flat)) return false;
  const bool is_terminal = ::isatty(STDOUT_FILENO);
  if (a.watch && is_terminal) std::printf("\033[H\033[J");
  if (a.json)
    std::printf("%s\n", text.c_str());
  else
    Page(flat, is_terminal).print();
  return std::fflush(stdout) == 0;
}

}  // namespace

int status_verb(int argc, char** argv) {
  Arguments a;
  for (int i = 1; i < argc; ++i) {
    if (!std::strcmp(argv[i], "--json"))
      a.json = true;
    else if (!std::strcmp(argv[i], "--watch"))
      a.watch = true;
    else if (!std::strcmp(argv[i], "--socket") && i + 1 < argc)
      a.socket = argv[++i];
    else
      return usage();
  }
  a.socket = control_socket(a.socket);
  bool shown = show(a);
  while (shown && a.watch) {
    ::sleep(kWatchSeconds);
    shown = show(a);
  }
  return shown ? 0 : 1;
}

}  // namespace aurochs::cli
