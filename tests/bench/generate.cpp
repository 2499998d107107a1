// SPDX-License-Identifier: Apache-2.0
// A big audit.log on stdout, the same for the same arguments: half execs (argv of 2 to 40 words, some hex, some split),
// the rest opens, renames, connects, privilege changes and PAM messages; 1 ms an event in steps of 4 ms.
#include "bench/generate.h"

#include <cstdio>
#include <string>
#include <vector>

namespace aurochs::bench {
namespace {

class Random {
 public:
  uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  unsigned below(unsigned n) { return static_cast<unsigned>(next() % n); }
  bool one_in(unsigned n) { return below(n) == 0; }

 private:
  uint64_t state_ = 0x243F6A8885A308D3u;
};

const char* const kImages[] = {"/usr/bin/bash", "/usr/bin/python3.11", "/usr/bin/grep", "/usr/bin/sed",   "/usr/bin/find", "/usr/bin/gcc-12",
                               "/usr/lib/git-core/git", "/usr/bin/tar", "/usr/sbin/sshd", "/usr/bin/sudo", "/usr/bin/id", "/usr/bin/curl"};
const char* const kWords[] = {"-l", "-la", "--color=auto", "/etc/passwd", "-o", "main.o", "-c", "src/main.c", "-I/usr/include", "--no-pager", "status", "HEAD",
                              "s/a/b/", "-name", "*.py", "{}", ";", "http://127.0.0.1:8080/api/v1/items", "два слова", "with space", "tab\there", "quo\"te"};
constexpr unsigned kImageCount = sizeof kImages / sizeof *kImages, kWordCount = sizeof kWords / sizeof *kWords;

std::string hex(const std::string& s) {
  std::string out;
  for (const char c : s) {
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) >> 4];
    out += "0123456789ABCDEF"[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string encoded(const std::string& s) {
  for (const char c : s)
    if (static_cast<unsigned char>(c) < 0x21 || static_cast<unsigned char>(c) > 0x7E || c == '"') return hex(s);
  return '"' + s + '"';
}

class Generator {
 public:
  explicit Generator(Mode mode) : mode_(mode) {}

  std::vector<std::string> event(uint64_t n) {
    head_ = "msg=audit(" + std::to_string(time_ms_ / 1000) + '.' + three(time_ms_ % 1000) + ':' + std::to_string(100000 + n) + "): ";
    if (random_.one_in(4)) time_ms_ += 4;
    n_ = n;
    image_ = kImages[random_.below(kImageCount)];
    records_.clear();
    const unsigned kind = random_.below(100);
    if (kind < 50)
      exec();
    else if (kind < 65)
      file(257, 3, {"/etc/", "/etc/conf.tmp"}, {"PARENT", "CREATE"});
    else if (kind < 70)
      file(82, 0, {"/etc/", "/etc/", "/etc/c.tmp", "/etc/c"}, {"PARENT", "PARENT", "DELETE", "CREATE"});
    else if (kind < 82)
      connect();
    else if (kind < 86)
      syscall(105, 0, 0, "priv"), title(image_);
    else
      message();
    return records_;
  }

 private:
  static std::string three(int64_t v) {
    const std::string s = std::to_string(v);
    return std::string(3 - s.size(), '0') + s;
  }
  void add(const char* type, const std::string& text) { records_.push_back(std::string("type=") + type + ' ' + head_ + text); }
  std::string name() const { return image_.substr(image_.rfind('/') + 1); }

  void syscall(unsigned number, int exit, size_t items, const char* key) {
    const std::string uid = std::to_string(mode_ == Mode::unknown ? 700000 + n_ % 90000 : n_ % 3 ? 0 : 33);
    std::string s = "arch=c000003e syscall=" + std::to_string(number) + " success=yes exit=" + std::to_string(exit);
    char a[80];
    std::snprintf(a, sizeof a, " a0=%x a1=%x a2=%x a3=%x", random_.below(1u << 30), random_.below(1u << 30), random_.below(1u << 30), random_.below(1u << 30));
    s += a;
    s += " items=" + std::to_string(items) + " ppid=" + std::to_string(1000 + n_ * 7 % 31000) + " pid=" + std::to_string(1000 + n_ % 31000);
    for (const char* id : {"auid", "uid", "gid", "euid", "suid", "fsuid", "egid", "sgid", "fsgid"}) s += std::string(" ") + id + '=' + uid;
    add("SYSCALL", s + " tty=pts" + std::to_string(n_ % 7) + " ses=" + std::to_string(n_ % 90) + " comm=" + encoded(name().substr(0, 15)) + " exe=" + encoded(image_) +
                       " subj=unconfined key=\"" + key + '"');
  }
  void path(size_t item, const std::string& path_name, const char* nametype) {
    add("PATH", "item=" + std::to_string(item) + " name=" + encoded(path_name) + " inode=" + std::to_string(100 + n_ % 999) +
                    " dev=fd:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=" + nametype + " cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0");
  }
  void title(const std::string& text) {
    if (mode_ != Mode::noend) add("PROCTITLE", "proctitle=" + hex(text.substr(0, 128)));
  }
  void exec() {
    std::vector<std::string> argv{name()};
    const unsigned words = random_.one_in(10) ? 1 + random_.below(40) : 1 + random_.below(8);
    for (unsigned i = 0; i < words; ++i) argv.push_back(kWords[random_.below(kWordCount)]);
    const bool is_long = random_.one_in(100);
    std::string text = "argc=" + std::to_string(argv.size() + is_long), all = argv[0];
    for (size_t i = 0; i < argv.size(); ++i) text += " a" + std::to_string(i) + '=' + encoded(argv[i]);
    for (size_t i = 1; i < argv.size(); ++i) all += std::string(1, '\0') + argv[i];
    syscall(59, 0, 2, "exec");
    add("EXECVE", text);
    for (unsigned part = 0; is_long && part < 3; ++part) {
      const std::string at = "a" + std::to_string(argv.size());
      add("EXECVE", (part ? "" : at + "_len=18000 ") + at + '[' + std::to_string(part) + "]=" + hex(std::string(3000, 'y')));
    }
    add("CWD", "cwd=" + encoded(n_ % 4 ? "/home/user/work" : "/srv/мой сайт"));
    path(0, image_, "NORMAL");
    path(1, "/lib64/ld-linux-x86-64.so.2", "NORMAL");
    title(all);
  }
  void file(unsigned number, int exit, const std::vector<std::string>& names, const std::vector<const char*>& types) {
    syscall(number, exit, names.size(), "etc-write");
    add("CWD", "cwd=\"/\"");
    for (size_t i = 0; i < names.size(); ++i) path(i, names[i], types[i]);
    title(image_);
  }
  void connect() {
    syscall(42, 0, 0, "net");
    add("SOCKADDR", n_ % 5 ? "saddr=020001BB0A0001020000000000000000" : "saddr=0A0001BB0000000020010DB800000000000000000000000100000000");
    title(image_);
  }
  void message() {
    const std::string user = std::to_string(n_ % 9);
    add("USER_ACCT", "pid=" + std::to_string(1000 + n_ % 31000) + " uid=0 auid=1000 ses=" + std::to_string(n_ % 90) +
                         " subj=unconfined msg='op=PAM:accounting grantors=pam_unix acct=\"user" + user +
                         "\" exe=\"/usr/sbin/sshd\" hostname=10.0.0.7 addr=10.0.0.7 terminal=ssh res=success'");
  }

  Mode mode_;
  Random random_;
  int64_t time_ms_ = 1760000000000;
  uint64_t n_ = 0;
  std::string head_, image_;
  std::vector<std::string> records_;
};

}  // namespace

void generate(uint64_t events, Mode mode, const std::function<void(const std::string&)>& line) {
  Generator generator(mode);
  Random order;
  std::vector<std::vector<std::string>> block;
  for (uint64_t n = 0; n < events; ++n) {
    block.push_back(generator.event(n));
    if (mode == Mode::interleave && block.size() < 4 && n + 1 < events) continue;
    // Order is kept within an event, as one task writes its records; between events the CPUs mix them.
    std::vector<size_t> at(block.size());
    for (size_t left = block.size(); left;) {
      const size_t i = order.below(static_cast<unsigned>(block.size()));
      if (at[i] == block[i].size()) continue;
      line(block[i][at[i]++]);
      left -= at[i] == block[i].size();
    }
    block.clear();
  }
}

}  // namespace aurochs::bench
