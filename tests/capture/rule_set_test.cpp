// SPDX-License-Identifier: Apache-2.0
#include "capture/rule_set.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "support/fake_kernel.h"

using namespace aurochs;
using namespace aurochs::capture;
using test::FakeKernel;

namespace {

std::vector<Rule> rules(const std::string& text) { return parse_rules(text, "a.rules", "x86_64").rules; }

const std::string kExec = "-a always,exit -F arch=b64 -S execve -k aurochs-exec\n";
const std::string kFile = "-w /etc/x -p wa -k aurochs-file\n";
const std::string kOld = "-w /etc/old -p wa -k aurochs-old\n";

/// A rule of the site: our parser would not take its key.
std::string foreign() {
  std::string rule = rules(kFile)[0].data;
  return rule.replace(rule.find("aurochs-"), 8, "the-site");
}

void write(const std::string& path, const std::string& text) { REQUIRE(base::write_file_atomically(path, text, 0600)); }

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("apply adds what is missing, deletes what is stale, and leaves others alone") {
    FakeKernel kernel;
    kernel.rules = {foreign(), rules(kOld)[0].data, rules(kExec)[0].data};
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    const RuleDiff d = diff_rules(kernel.rules, rules(kExec + kFile));
    CHECK(d.to_add.size() == 1);
    CHECK(d.present.size() == 1);
    CHECK(d.stale_ours.size() == 1);
    CHECK(d.foreign.size() == 1);
    const auto applied = apply_rules(control, rules(kExec + kFile));
    REQUIRE(applied);
    REQUIRE(applied->added.size() == 1);
    CHECK(applied->added[0].key == "aurochs-file");
    CHECK(applied->deleted == 1);
    CHECK(kernel.rules.size() == 3);
    CHECK(apply_rules(control, rules(kExec + kFile))->added.empty());
    REQUIRE(remove_ours(control));
    CHECK(kernel.rules == std::vector<std::string>{foreign()});
  }
  TEST_CASE("a locked audit is an outcome, a missing right an error") {
    FakeKernel kernel;
    kernel.immutable();
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    CHECK(apply_rules(control, rules(kExec))->outcome == RulesOutcome::immutable);
    CHECK(remove_ours(control)->outcome == RulesOutcome::done);
    kernel.rules = {rules(kOld)[0].data};
    CHECK(remove_ours(control)->outcome == RulesOutcome::immutable);
    kernel.can_control = false;
    CHECK(apply_rules(control, rules(kExec)).error().code == EPERM);
  }
  TEST_CASE("a rule that the kernel does not understand does not cost the others") {
    FakeKernel kernel;
    kernel.unknown_field = rule_field::kExe;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    const auto applied =
        apply_rules(control, rules("-a always,exit -F arch=b64 -S open -F exe=/bin/x -k aurochs-x\n" + kExec));
    REQUIRE(applied);
    CHECK(applied->added.size() == 1);
    REQUIRE(applied->refused.size() == 1);
    CHECK(applied->refused[0].text.find("a.rules:1: -a always,exit") == 0);
  }
  TEST_CASE("a kernel that refuses a rule gets the one behind else, and keeps it") {
    const std::string text = "-a always,exit -F arch=b64 -S connect -F saddr_fam>=2 -k aurochs-c\n# else: -a always,exit -F arch=b64 -S connect -k aurochs-c\n";
    FakeKernel kernel;
    kernel.unknown_field = rule_field::kSaddrFamily;
    const auto socket = kernel.socket();
    AuditControl control(*socket);
    auto applied = apply_rules(control, rules(text + kExec));
    REQUIRE(applied);
    CHECK(applied->added.size() == 2);
    CHECK(applied->refused.empty());
    REQUIRE(kernel.rules.size() == 2);
    CHECK(rule_text(kernel.rules[0]) == "-a always,exit -F arch=b64 -S connect -F key=aurochs-c");
    applied = apply_rules(control, rules(text + kExec));
    CHECK(applied->added.empty());
    CHECK(applied->deleted == 0);
    kernel.unknown_field = 0xFFFF;
    kernel.rules.clear();
    REQUIRE(apply_rules(control, rules(text)));
    CHECK(rule_text(kernel.rules.at(0)) == rules(text)[0].text);
    CHECK(rules(text)[0].text.find("saddr_fam>=2") != std::string::npos);
  }
  TEST_CASE("a directory of rules is read in the order of names, twins once") {
    char directory[] = "/tmp/aurochs-rules-XXXXXX";
    REQUIRE(::mkdtemp(directory));
    const std::string dir = directory;
    write(dir + "/20-b.rules", kFile + kExec);
    write(dir + "/10-a.rules", kExec + "-D\n");
    write(dir + "/30-c.rules~", kOld);
    const auto loaded = load_rules(dir, "x86_64", {});
    REQUIRE(loaded);
    REQUIRE(loaded->rules.size() == 2);
    CHECK(loaded->rules[0].file == dir + "/10-a.rules");
    CHECK(loaded->errors.size() == 1);
    REQUIRE(loaded->notes.size() == 1);
    CHECK(loaded->notes[0] == dir + "/20-b.rules:2: the same rule as " + dir + "/10-a.rules:1, skipped");
    for (const char* name : {"/10-a.rules", "/20-b.rules", "/30-c.rules~"}) ::unlink((dir + name).c_str());
    ::rmdir(directory);
    CHECK(load_rules(dir, "x86_64", {}).error().code == ENOENT);
  }
  TEST_CASE("optional rules: those below a line that names a wanted type; one without such a line is an error") {
    char directory[] = "/tmp/aurochs-rules-XXXXXX";
    REQUIRE(::mkdtemp(directory));
    const std::string dir = directory;
    write(dir + "/a.rules", "# For: ProcessForkNix, FileReadNix\n" + kExec);
    write(dir + "/b.rules", "# a text\n# For: TimeAdjustNix\n" + kFile);
    std::string asked;
    auto taken = [&](const std::string& type) {
      auto parsed = load_optional_rules(dir, "x86_64", {[&](std::string_view name) { return (asked += std::string(name) + ' ', name == type); }, "default"});
      REQUIRE(parsed);
      CHECK(parsed->errors.empty());
      return parsed->rules.size();
    };
    CHECK(taken("FileReadNix") == 1);
    CHECK(asked == "ProcessForkNix FileReadNix TimeAdjustNix ");
    CHECK(taken("TimeAdjustNix") == 1);
    CHECK(taken("Nothing") == 0);
    write(dir + "/c.rules", kOld);
    const auto parsed = load_optional_rules(dir, "x86_64", {});
    REQUIRE(parsed);
    REQUIRE(parsed->errors.size() == 1);
    CHECK(parsed->errors[0].find("/c.rules:1: ") != std::string::npos);
    CHECK(parsed->rules.size() == 2);
    for (const char* name : {"/a.rules", "/b.rules", "/c.rules", ""}) ::remove((dir + name).c_str());
  }
  TEST_CASE("conditions hold for the rules below them, several lines together, and end at the next ones") {
    char directory[] = "/tmp/aurochs-rules-XXXXXX";
    REQUIRE(::mkdtemp(directory));
    const std::string dir = directory;
    write(dir + "/a.rules", kFile + "# Profiles: highproc\n# For: FileReadNix\n" + kExec + "# Profiles: default, highnet\n# For: FileReadNix\n" + kOld + "# else: -a always,exit -F arch=b64 -S getpid -k aurochs-x\n# For: all\n-a always,exit -F arch=b64 -S getppid -k aurochs-last\n");
    auto lines = [&](const std::string& profile, bool wants) {
      const auto parsed = load_rules(dir, "x86_64", {[wants](std::string_view) { return wants; }, profile});
      REQUIRE(parsed);
      CHECK(parsed->errors.empty());
      std::string out;
      for (const Rule& rule : parsed->rules) out += std::to_string(rule.line) + (rule.otherwise.empty() ? " " : "+ ");
      return out;
    };
    CHECK(lines("default", true) == "1 7+ 10 ");
    CHECK(lines("default", false) == "1 10 ");
    CHECK(lines("highproc", true) == "1 4 10 ");
    CHECK(lines("highproc", false) == "1 10 ");
    CHECK(lines("", false) == "1 10 ");
    CHECK(lines("", true) == "1 4 7+ 10 ");
    ::remove((dir + "/a.rules").c_str());
    ::rmdir(directory);
  }
  TEST_CASE("rules of one filter become one with the calls and keys of all; not across never, not the rule of execs") {
    auto merged = [](const std::string& text) {
      auto parsed = parse_rules(text, "f", "x86_64");
      CHECK(parsed.errors.empty());
      merge_rules(parsed.rules);
      std::vector<std::string> out;
      for (const Rule& rule : parsed.rules) out.push_back(rule.text);
      return out;
    };
    const std::string a = "-a always,exit -F arch=b64 -S listen -F success=1 -k aurochs-a\n", b = "-a always,exit -F arch=b64 -S mknod -F success=1 -k aurochs-b\n",
                      other = "-a always,exit -F arch=b64 -S mknod -F success=0 -k aurochs-b\n", never = "# reason: a test\n-a never,exit -F arch=b64 -S listen -F exe=/bin/x -k aurochs-n\n";
    const auto one = merged(a + other + b);
    REQUIRE(one.size() == 2);
    CHECK(one[0].find("listen") != std::string::npos);
    CHECK(one[0].find("mknod") != std::string::npos);
    CHECK(one[0].find("aurochs-a") != std::string::npos);
    CHECK(one[0].find("aurochs-b") != std::string::npos);
    auto parsed = parse_rules(a + b, "f", "x86_64");
    merge_rules(parsed.rules);
    const auto again = parse_rules(parsed.rules[0].text + "\n", "g", "x86_64");
    REQUIRE(again.rules.size() == 1);
    CHECK(same_rule(again.rules[0].data, parsed.rules[0].data));
    CHECK(is_ours(parsed.rules[0].data));
    CHECK(merged(a + a + b).size() == 1);
    CHECK(merged(a + never + b).size() == 3);
    CHECK(merged("-a always,exit -F arch=b64 -S execve -k aurochs-exec\n-a always,exit -F arch=b64 -S mount -k aurochs-acts\n").size() == 2);
    CHECK(merged("-a always,exit -F arch=b32 -S listen -F success=1 -k aurochs-a\n" + a).size() == 2);
    CHECK(merged(a + "# else: -a always,exit -F arch=b64 -S listen -k aurochs-a\n" + b).size() == 2);
  }
}
