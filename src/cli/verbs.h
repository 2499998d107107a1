// SPDX-License-Identifier: Apache-2.0
// The verbs of aurochsctl: one row and one file each. A verb gets argv from its own name on, writes results to
// stdout and messages to stderr, and returns the exit status: 0 done, 1 failed or found something wrong, 2 usage.
#pragma once

namespace aurochs::cli {

struct Verb {
  const char* name;
  int (*run)(int argc, char** argv);
  const char* arguments;  ///< for the usage line
  const char* sentence;
};

int check_verb(int argc, char** argv);
int config_verb(int argc, char** argv);
int decode_verb(int argc, char** argv);
int fields_verb(int argc, char** argv);
int profile_verb(int argc, char** argv);
int record_verb(int argc, char** argv);
int replay_verb(int argc, char** argv);
int rules_verb(int argc, char** argv);
int status_verb(int argc, char** argv);
int watches_verb(int argc, char** argv);

extern const Verb kVerbs[];
extern const unsigned kVerbCount;

}  // namespace aurochs::cli
