// SPDX-License-Identifier: Apache-2.0
// aurochsctl: finds the verb in the table and runs it.
#include <cstdio>
#include <cstring>
#include <string_view>

#include "base/text.h"
#include "cli/verbs.h"
#include "version.h"

namespace aurochs::cli {

const Verb kVerbs[] = {
    {"check", check_verb, "[--json]", "would aurochsd work here, and what stands in its way"},
    {"config", config_verb, "[--format file|man]", "every configuration key, as a commented default file"},
    {"decode", decode_verb, "LOG...", "audit logs as JSON, one line an audit event, nothing interpreted away"},
    {"fields", fields_verb, "[--format text|json-schema|markdown|man]", "every event type and every field"},
    {"profile", profile_verb, "[NAME] [--socket PATH]", "which load profile a running aurochsd is in, or another one (root)"},
    {"record", record_verb, "-o FILE [OPTIONS]", "record what the kernel says and the host answers (root)"},
    {"replay", replay_verb, "[--watches FILE] FILE...", "a log or a recording through the whole line, events as JSON lines"},
    {"rules", rules_verb, "list|check|diff [--rules-dir DIR] [--json]", "audit rules: the kernel's, ours, and what would change"},
    {"status", status_verb, "[--json] [--watch] [--socket PATH]", "what a running aurochsd says of itself"},
    {"watches", watches_verb, "check [FILE] | list | match PATH [OP [PROGRAM]]", "the watch table: mistakes, rules, what a path is called"},
};
const unsigned kVerbCount = sizeof kVerbs / sizeof *kVerbs;

namespace {
int usage(std::FILE* to) {
  std::fprintf(to, "usage: aurochsctl VERB [ARGUMENTS]\n\n");
  for (const Verb& v : kVerbs) std::fprintf(to, "  %-7s %-44s %s\n", v.name, v.arguments, v.sentence);
  std::fprintf(to, "\n  help, --help; version, --version\n");
  return to == stdout ? 0 : 2;
}
}  // namespace
}  // namespace aurochs::cli

int main(int argc, char** argv) {
  using namespace aurochs;
  if (argc < 2) return cli::usage(stderr);
  const std::string_view verb = argv[1];
  if (verb == "help" || verb == "--help" || verb == "-h") return cli::usage(stdout);
  if (verb == "version" || verb == "--version") {
    std::printf("aurochsctl %s\n", AUROCHS_VERSION);
    return 0;
  }
  for (const cli::Verb& v : cli::kVerbs)
    if (verb == v.name) return v.run(argc - 1, argv + 1);
  const auto near = base::nearest_name(verb, cli::kVerbCount, [](size_t i) { return std::string_view(cli::kVerbs[i].name); });
  std::fprintf(stderr, "aurochsctl: %s: no such verb%s%.*s%s\n", argv[1], near.empty() ? "" : "; did you mean ", static_cast<int>(near.size()), near.data(),
               near.empty() ? "; see aurochsctl help" : "?");
  return 2;
}
