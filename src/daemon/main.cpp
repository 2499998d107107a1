// SPDX-License-Identifier: Apache-2.0
// aurochsd: options, configuration, then the sensor.
#include <malloc.h>

#include <cstdio>
#include <cstring>
#include <string>

#include "base/text.h"
#include "capture/rule_set.h"
#include "config/config.h"
#include "daemon/log.h"
#include "daemon/sensor.h"
#include "version.h"
#include "watch/table.h"

namespace aurochs::daemon {
namespace {

struct Arguments {
  std::string config_file, rules_dir, watch_file, state_dir, capture, record_file;
  bool check = false;
};

struct OptionRow {
  const char* name;
  std::string Arguments::*value;  ///< nullptr: a word without value
  const char* argument;
  const char* sentence;
};
constexpr OptionRow kOptions[] = {
    {"--config", &Arguments::config_file, "FILE", "configuration; without it " AUROCHS_CONFIG_FILE " if that is there, else built-in defaults"},
    {"--rules-dir", &Arguments::rules_dir, "DIR", "our audit rules; without it " AUROCHS_RULES_DIR},
    {"--watches", &Arguments::watch_file, "FILE", "the watch table; over watch.file; without it " AUROCHS_WATCH_FILE},
    {"--state-dir", &Arguments::state_dir, "DIR", "private state; without it " AUROCHS_STATE_DIR},
    {"--capture", &Arguments::capture, "MODE", "auto, multicast, unicast, relay, socket, log or plugin; over capture.mode"},
    {"--record", &Arguments::record_file, "FILE", "write a recording for aurochsctl replay"},
    {"--foreground", nullptr, "", "stay in the foreground, events on standard output (it always does)"},
    {"--check", nullptr, "", "check configuration and rules, then exit"},
    {"--version", nullptr, "", "print the version"},
    {"--help", nullptr, "", "print this"},
};

int usage() {
  std::printf("usage: aurochsd [OPTIONS]\n\n");
  for (const OptionRow& o : kOptions) std::printf("  %-13s %-5s %s\n", o.name, o.argument, o.sentence);
  return kExitOk;
}

/// -1: go on.
int read_arguments(int argc, char** argv, Arguments& out) {
  constexpr size_t kCount = sizeof kOptions / sizeof *kOptions;
  for (int i = 1; i < argc; ++i) {
    const OptionRow* row = nullptr;
    for (const OptionRow& o : kOptions)
      if (!std::strcmp(argv[i], o.name)) row = &o;
    if (!row) {
      const auto near = base::nearest_name(argv[i], kCount, [](size_t k) { return std::string_view(kOptions[k].name); });
      log(Level::error, std::string(argv[i]) + ": unknown option; " + (near.empty() ? "see aurochsd --help" : "did you mean " + std::string(near) + "?"));
      return kExitUsage;
    }
    if (row->value) {
      if (++i == argc) {
        log(Level::error, std::string(row->name) + ": needs " + row->argument);
        return kExitUsage;
      }
      out.*row->value = argv[i];
    }
    if (!std::strcmp(row->name, "--help")) return usage();
    if (!std::strcmp(row->name, "--version")) {
      std::printf("aurochsd %s\n", AUROCHS_VERSION);
      return kExitOk;
    }
    out.check = out.check || !std::strcmp(row->name, "--check");
  }
  return -1;
}

std::string first_of(const std::string& a, const std::string& b, const char* c) { return !a.empty() ? a : !b.empty() ? b : c; }

int check(const SensorOptions& o) {
  auto rules = capture::load_rules(o.rules_dir, capture::this_machine(), {});
  if (!rules) {
    log(Level::error, "rules: " + rules.error().message);
    return kExitUsage;
  }
  for (const std::string& e : rules->errors) log(Level::error, e);
  for (const std::string& n : rules->notes) log(Level::notice, n);
  log(Level::notice, std::to_string(rules->rules.size()) + " rules in " + o.rules_dir);
  if (const auto watches = watch::Table::load(o.watch_file); !watches) {
    log(Level::error, "watches: " + watches.error().message);
    return kExitUsage;
  }
  return rules->errors.empty() ? kExitOk : kExitUsage;
}

int run(int argc, char** argv) {
  Arguments a;
  if (const int status = read_arguments(argc, argv, a); status >= 0) return status;
  const std::string config_file = a.config_file.empty() ? AUROCHS_CONFIG_FILE : a.config_file;
  auto config = config::load(config_file, !a.config_file.empty());
  if (!config) {
    log(Level::error, config.error().message);
    return kExitUsage;
  }
  SensorOptions options;
  options.config = *config;
  options.config_file = config_file;
  if (!a.capture.empty()) {
    config::Errors errors;
    if (!config::parse("capture.mode = " + a.capture, "--capture", options.config, errors)) {
      log(Level::error, errors.lines.front());
      return kExitUsage;
    }
  }
  options.rules_dir = first_of(a.rules_dir, config->capture_rules_dir, AUROCHS_RULES_DIR);
  options.watch_file = first_of(a.watch_file, config->watch_file, AUROCHS_WATCH_FILE);
  options.state_dir = first_of(a.state_dir, config->state_dir, AUROCHS_STATE_DIR);
  options.record_file = a.record_file;
  if (a.check) return check(options);
  return Sensor(std::move(options)).run();
}

}  // namespace
}  // namespace aurochs::daemon

int main(int argc, char** argv) {
  // Six threads that hardly allocate: arenas of their own would only keep what one of them once needed.
  (void)::mallopt(M_ARENA_MAX, 1);
  return aurochs::daemon::run(argc, argv);
}
