// SPDX-License-Identifier: Apache-2.0
#include "state/secrets.h"

#include <doctest/doctest.h>

#include <string>

using aurochs::state::mask_secrets;

namespace {
std::string masked(std::string_view line) {
  std::string out = "untouched";
  return mask_secrets(line, out) ? out : std::string(line);
}
}  // namespace

TEST_SUITE("state") {
  TEST_CASE("secrets on command lines are hidden, the rest of the line stays") {
    struct Case {
      const char *line, *wanted;
    };
    for (const Case& c : {
             Case{"tool --password=hunter2 -v", "tool --password=*** -v"},
             Case{"tool --password hunter2 -v", "tool --password *** -v"},
             Case{"tool --db-password hunter2", "tool --db-password ***"},
             Case{"PGPASSWORD=x psql", "PGPASSWORD=*** psql"},
             Case{"env AWS_SECRET_ACCESS_KEY=abc/def aws s3 ls", "env AWS_SECRET_ACCESS_KEY=*** aws s3 ls"},
             Case{"export TOKEN=t1 SECRET=t2", "export TOKEN=*** SECRET=***"},
             Case{"curl -H 'Authorization: Bearer abc.def' http://h/", "curl -H 'Authorization: Bearer ***' http://h/"},
             Case{"curl -u me:pw http://h/", "curl -u me:*** http://h/"},
             Case{"curl --user 'me:p w' x", "curl --user 'me:***' x"},
             Case{"git clone https://me:pw@host/x.git", "git clone https://me:***@host/x.git"},
             Case{"mysql -uroot -phunter2 db", "mysql -uroot -p*** db"},
             Case{"/usr/bin/mysqldump -p'a b' db", "/usr/bin/mysqldump -p*** db"},
             Case{"sshpass -p hunter2 ssh h", "sshpass -p *** ssh h"},
             Case{"tool 'password=a b'", "tool 'password=*** b'"},
             Case{"tool --password='a b' -x", "tool --password=*** -x"},
             Case{"wget http://h/?token=abc&x=1", "wget http://h/?token=***&x=1"},
             Case{"x Password: secret1", "x Password: ***"},
             Case{"tool --api-key k --verbose", "tool --api-key *** --verbose"},
         }) {
      CAPTURE(c.line);
      CHECK(masked(c.line) == c.wanted);
    }
  }
  TEST_CASE("what is no secret is not touched") {
    for (const char* line : {"", "ls -l", "passwd root", "cat /etc/passwd", "tool --password-file /etc/x", "tool --password --verbose", "mysql -u root -p db",
                             "ssh -p 22 host", "grep -r password .", "curl http://host:80/a@b", "tool --tokens-file=x", "compass=1 north", "git clone git@host:x.git",
                             "vi /etc/pam.d/common-password", "pass", "password", "http://", "x://@", "-p"}) {
      CAPTURE(line);
      std::string out = "untouched";
      CHECK_FALSE(mask_secrets(line, out));
      CHECK(out == "untouched");
    }
  }
  TEST_CASE("hostile lines end") {
    std::string out, line;
    for (int i = 0; i < 20000; ++i) line += "password=";
    CHECK(mask_secrets(line, out));
    line.assign(100000, ':');
    CHECK_FALSE(mask_secrets(line, out));
    line.clear();
    for (int i = 0; i < 2000; ++i) line += "://a:b";
    (void)mask_secrets(line, out);
    CHECK_FALSE(mask_secrets(std::string_view("a\0b", 3), out));
  }
}
