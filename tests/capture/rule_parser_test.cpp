// SPDX-License-Identifier: Apache-2.0
#include "capture/rule_parser.h"

#include <doctest/doctest.h>

#include <cstring>

using namespace aurochs::capture;

namespace {

ParsedRules parse(const std::string& text, const char* machine = "x86_64") {
  return parse_rules(text, "a.rules", machine);
}

/// Text of the only rule, or of the only error.
std::string one(const std::string& line, const char* machine = "x86_64") {
  const ParsedRules p = parse(line, machine);
  if (p.rules.size() == 1 && p.errors.empty()) return p.rules[0].text;
  return p.errors.size() == 1 && p.rules.empty() ? p.errors[0] : "neither one rule nor one error";
}

}  // namespace

TEST_SUITE("capture") {
  TEST_CASE("rules read back in one spelling, which compiles to the same bytes") {
    const struct {
      const char *given, *text;
    } rows[] = {
        {"-a always,exit -F arch=b64 -S execve,execveat -k aurochs-exec",
         "-a always,exit -F arch=b64 -S execve,execveat -F key=aurochs-exec"},
        {"-a exit,always -S execve -S execveat -F key=aurochs-exec -F arch=x86_64",
         "-a always,exit -F arch=b64 -S execve,execveat -F key=aurochs-exec"},
        {"-A always,exit -F arch=b32 -S 11 -k aurochs-x", "-A always,exit -F arch=b32 -S execve -F key=aurochs-x"},
        {"-a always,exit -F arch=b64 -S fchmodat2 -k aurochs-x",
         "-a always,exit -F arch=b64 -S fchmodat2 -F key=aurochs-x"},
        {"-a always,exit -F arch=b64 -S 452,1999 -k aurochs-x",
         "-a always,exit -F arch=b64 -S fchmodat2,1999 -F key=aurochs-x"},
        {"-a always,exit -F arch=b64 -S all -F auid>=1000 -F auid!=unset -F uid=root -F exit=-EPERM -k aurochs-x",
         "-a always,exit -F arch=b64 -S all -F auid>=1000 -F auid!=unset -F uid=0 -F exit=-1 -F key=aurochs-x"},
        {"-a always,exit -F arch=b64 -S socket -F a0=2 -F a1&0xff -F a2&=1 -F a3<9 -F gid<=5 -F ppid>1 -k aurochs-x",
         "-a always,exit -F arch=b64 -S socket -F a0=2 -F a1&255 -F a2&=1 -F a3<9 -F gid<=5 -F ppid>1 -F "
         "key=aurochs-x"},
        {"-a always,exit -F arch=b64 -S kill -C uid!=obj_uid -C auid=uid -k aurochs-x -k aurochs-y",
         "-a always,exit -F arch=b64 -S kill -C uid!=obj_uid -C uid=auid -F key=aurochs-x -F key=aurochs-y"},
        {"-a always,exit -F path=/etc/shadow -F perm=aw -F filetype=file -k aurochs-x",
         "-a always,exit -S all -F path=/etc/shadow -F perm=wa -F filetype=file -F key=aurochs-x"},
        {"-w /etc/ -p wa -k aurochs-x", "-a always,exit -S all -F dir=/etc -F perm=wa -F key=aurochs-x"},
        {"-w \"/no such/file\" -k aurochs-x",
         "-a always,exit -S all -F path=\"/no such/file\" -F perm=rwxa -F key=aurochs-x"},
        {"# reason: noise\n-a never,exit -F arch=b64 -S execve -F exe=/bin/true -k aurochs-x",
         "-a never,exit -F arch=b64 -S execve -F exe=/bin/true -F key=aurochs-x"},
    };
    for (const auto& row : rows) {
      const ParsedRules p = parse(row.given);
      REQUIRE_MESSAGE(p.rules.size() == 1, row.given << " " << (p.errors.empty() ? "" : p.errors[0]));
      CHECK(p.rules[0].text == row.text);
      CHECK(is_ours(p.rules[0].data));
      const ParsedRules again = parse("# reason: again\n" + p.rules[0].text);
      REQUIRE_MESSAGE(again.rules.size() == 1, p.rules[0].text);
      CHECK(same_rule(again.rules[0].data, p.rules[0].data));
    }
  }
  TEST_CASE("else: belongs to the rule of the line above, and to no other") {
    const std::string rule = "-a always,exit -F arch=b64 -S connect -F saddr_fam=2 -k aurochs-x\n", other = "# else: -a always,exit -F arch=b64 -S connect -k aurochs-x\n";
    const ParsedRules p = parse(rule + other);
    REQUIRE(p.rules.size() == 1);
    CHECK(rule_text(p.rules[0].otherwise) == "-a always,exit -F arch=b64 -S connect -F key=aurochs-x");
    for (const std::string& text : {other + rule, rule + "# a word\n" + other, rule + "\n" + other}) {
      const ParsedRules q = parse(text);
      REQUIRE(q.rules.size() == 1);
      CHECK(q.rules[0].otherwise.empty());
    }
    const ParsedRules skipped = parse(rule + "-a always,exit -F arch=arm -S connect -k aurochs-x\n" + other);
    REQUIRE(skipped.rules.size() == 1);
    CHECK(skipped.rules[0].otherwise.empty());
    const ParsedRules bad = parse(rule + "# else: -D\n");
    REQUIRE(bad.errors.size() == 1);
    CHECK(bad.errors[0].find("a.rules:2: -D") == 0);
  }
  TEST_CASE("every refusal says where, what, why and what to do") {
    const struct {
      const char *given, *error;
    } rows[] = {
        {"-D", "-D: aurochs never changes the rules of others; remove it"},
        {"-b 8192", "-b: aurochs never changes the backlog limit by a rule file; remove it"},
        {"-e 2", "-e: aurochs never changes audit's enabled flag by a rule file; remove it"},
        {"-a always,exclude -F msgtype=CWD -k aurochs-x",
         "-a always,exclude: aurochs never changes the exclude list; use the exit list"},
        {"-A task,never", "-A task,never: aurochs never changes the task list; use the exit list"},
        {"-a never,exit -F arch=b64 -S open -k aurochs-x",
         "-a never,exit: a never rule hides events from every reader of audit; write the line \"# reason: ...\" above "
         "it"},
        {"-a always,exit -S open -k aurochs-x",
         "-S: without -F arch= the numbers would mean other syscalls to 32-bit programs; add -F arch=b64 or b32"},
        {"-a always,exit -F arch=b64 -S execvee -k aurochs-x",
         "-S execvee: unknown syscall (did you mean execve?); correct it, or write its number"},
        {"-a always,exit -F arch=b64 -S open -F uidd=0 -k aurochs-x",
         "-F uidd=0: unknown field (did you mean uid?); see auditctl(8)"},
        {"-a always,exit -F arch=b64 -S open -k mine",
         "key mine: does not begin with aurochs-, so the rule could not be told from those of others; rename it"},
        {"-a always,exit -F arch=b64 -S open", "rule: no key; add -k aurochs-NAME"},
        {"-a always,exit -F arch=b64 -k aurochs-x",
         "rule: would audit every syscall; name them with -S, or a file with -F path="},
        {"-a always,exit -F arch=b99 -S open -k aurochs-x",
         "-F arch=b99: unknown architecture; write b64, b32 or a name like aarch64"},
        {"-a always,exit -F arch=b64 -S 2040 -k aurochs-x",
         "-S 2040: the kernel audits syscalls below 2016 only; remove it"},
        {"-w /etc -F ARCH=b64 -k aurochs-x", "-F ARCH=b64: not written so; write -F arch=, -k or -C"},
        {"-w /a\"'\"b -k aurochs-x", "-w /a'b: holds a quote; use a path or name without quotes"},
        {"-w etc -k aurochs-x", "-w etc: not an absolute path; begin it with /"},
        {"-w /etc -p q -k aurochs-x", "-p q: not permissions; write letters of rwxa"},
        {"-w /etc -k", "-k: its value is missing; write it behind the option"},
        {"-w '/etc", "line: a quote is not closed; close it on the same line"},
        {"frobnicate", "frobnicate: not an option of a rule; write one of -a -A -w -p -S -F -C -k"},
        {"-a always,exit -F arch=b64 -S open -C uid=gid -k aurochs-x",
         "-C uid=gid: the kernel does not compare these two; see -C in auditctl(8) for the pairs"},
        {"-a always,exit -F arch=b64 -S open -F uid=nobody-of-this-name -k aurochs-x",
         "-F uid=nobody-of-this-name: no such user; give a name of this host or a number"},
        {"-a always,exit -F arch=b64 -S open -F path>/etc -k aurochs-x",
         "-F path>/etc: operator > does not fit; use ="},
        {"-a always,exit -F arch=b64 -S open -F pid=9999999999 -k aurochs-x",
         "-F pid=9999999999: not a number; write a decimal or 0x number"},
    };
    for (const auto& row : rows) CHECK(one(row.given) == "a.rules:1: " + std::string(row.error));
  }
  TEST_CASE("a bad line costs that line only") {
    const ParsedRules p = parse("\n# comment\n-D\n  -w /etc/x -k aurochs-x\r\nnonsense\n");
    CHECK(p.rules.size() == 1);
    CHECK(p.rules[0].line == 4);
    REQUIRE(p.errors.size() == 2);
    CHECK(p.errors[1].substr(0, 10) == "a.rules:5:");
  }
  TEST_CASE("one file serves every machine: what it has not is skipped with a note") {
    const std::string process =
        "-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k aurochs-p\n"
        "-a always,exit -F arch=b32 -S fork,vfork,clone,clone3 -k aurochs-p\n";
    CHECK(parse(process).notes.empty());
    const ParsedRules arm = parse(process, "aarch64");
    CHECK(arm.errors.empty());
    REQUIRE(arm.rules.size() == 2);
    CHECK(arm.rules[0].text == "-a always,exit -F arch=b64 -S clone,clone3 -F key=aurochs-p");
    CHECK(arm.notes.size() == 2);
    CHECK(arm.notes[0] == "a.rules:1: -S fork: not a syscall of arch=b64 on this machine, skipped");
    CHECK(parse(process, "i686").rules.size() == 1);
    CHECK(parse(process, "ppc64le").rules.size() == 1);
    CHECK(parse("-a always,exit -F arch=b64 -S fork -k aurochs-p", "aarch64").notes.back() ==
          "a.rules:1: no syscall left, rule skipped");
  }
  TEST_CASE("rules that differ in their syscalls only are noted") {
    ParsedRules p = parse(
        "-a always,exit -F arch=b64 -S open -k aurochs-x\n"
        "-a always,exit -F arch=b32 -S open -k aurochs-x\n"
        "-a always,exit -F arch=b64 -S openat -k aurochs-x\n");
    note_mergeable(p);
    REQUIRE(p.notes.size() == 1);
    CHECK(p.notes[0] ==
          "a.rules:3: differs from a.rules:1 in its syscalls only; one rule with all of them costs the host less");
  }
  TEST_CASE("bytes that are no rule have no text and equal nothing") {
    const std::string good = parse("-w /etc/x -k aurochs-x").rules[0].data;
    CHECK(same_rule(good, good + "trailing"));
    std::string prepended = good;
    prepended[0] = static_cast<char>(prepended[0] | 0x10);
    CHECK(same_rule(good, prepended));
    std::string bad = good;
    bad[sizeof(RuleHead) - 4] = 127;  // more strings than there are bytes
    for (const std::string& bytes : {std::string(), good.substr(0, 100), good.substr(0, good.size() - 1), bad}) {
      CHECK(rule_text(bytes).empty());
      CHECK(rule_keys(bytes).empty());
      CHECK_FALSE(is_ours(bytes));
      CHECK_FALSE(same_rule(bytes, bytes));
    }
  }
}
