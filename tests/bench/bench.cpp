// SPDX-License-Identifier: Apache-2.0
// aurochs-bench: the line's speed, memory and allocations on a log.
//   generate N [interleave|noend|unknown]   a log on stdout
//   run LOG                                 the log through the whole line to JSON, names of users resolved
//   check N [MODE]                          generate and run in memory; fails when steady state allocates
//   soak N [MODE]                           generate and run as it is made; fails when memory grows after the first tenth
// A benchmark prints figures and judges none but the count of allocations, which no load of the machine changes.
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <new>
#include <string>

#include "bench/generate.h"
#include "capture/line_reader.h"
#include "enrich/users.h"
#include "json/event_json.h"
#include "pipeline/pipeline.h"

// Counts every allocation of the C++ code, which is all of the line's (libcrypto and SQLite allocate nothing per event).
namespace {
unsigned long long allocations = 0;
}
void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;
  std::abort();
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, std::size_t) noexcept { std::free(p); }

namespace aurochs::bench {
namespace {

/// Users of this host and nothing else: a log of another host has no files here.
class UserReader final : public state::ProcReader {
 public:
  bool ask(state::Ask what, int64_t id, std::string_view, std::string& answer) override {
    answer.clear();
    const auto kind = what == state::Ask::group ? enrich::NameKind::group : enrich::NameKind::user;
    if (what != state::Ask::user && what != state::Ask::group) return false;
    return users_.name(kind, static_cast<uint32_t>(id), 0, answer) == enrich::Users::Found::yes;
  }
  UserReader() { (void)users_.names_token(); }

 private:
  enrich::Users users_;
};

double cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

class Run {
 public:
  Run() : line_({}, reader_, [this](const event::Event& e) { return write(e); }) { frame_.kind = audit::FrameKind::line; }

  void push(std::string_view text) {
    frame_.payload = text;
    line_.push(frame_);
  }
  void finish() { line_.finish("end"); }
  const pipeline::Pipeline& line() const { return line_; }
  unsigned long long json_bytes() const { return json_bytes_; }

 private:
  size_t write(const event::Event& e) {
    writer_.clear();
    const size_t bytes = json::write_line(e, writer_);
    json_bytes_ += bytes;
    return bytes;
  }
  UserReader reader_;
  json::Writer writer_;
  unsigned long long json_bytes_ = 0;
  pipeline::Pipeline line_;
  audit::Frame frame_;
};

int run(const char* path) {
  Run bench;
  const double begin = cpu_seconds();
  auto read = capture::read_lines(path, [&](std::string_view text) {
    bench.push(text);
    return true;
  });
  bench.finish();
  const double seconds = cpu_seconds() - begin;
  if (!read) {
    std::fprintf(stderr, "aurochs-bench: %s\n", read.error().message.c_str());
    return 1;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto& c = bench.line().counters();
  std::printf("records %llu, audit events %llu, events %llu, JSON %llu bytes\n", static_cast<unsigned long long>(c.records),
              static_cast<unsigned long long>(c.events), static_cast<unsigned long long>(bench.line().events()), bench.json_bytes());
  std::printf("CPU %.2f s, %.0f records/s, %.0f audit events/s, %.0f ns/audit event, peak RSS %ld KiB\n", seconds,
              static_cast<double>(c.records) / seconds, static_cast<double>(c.events) / seconds, seconds * 1e9 / static_cast<double>(c.events), usage.ru_maxrss);
  return 0;
}

/// Allocations of the second half; the first warms every pool and table.
int check(uint64_t events, Mode mode) {
  Run bench;
  // Lines are made beforehand, so that only the line's own work is between the two counts.
  std::string text;
  generate(events, mode, [&](const std::string& line) { (text += line) += '\n'; });
  std::string_view rest = text;
  size_t half = text.size() / 2;
  while (text[half] != '\n') ++half;
  unsigned long long before = 0;
  uint64_t events_before = 0;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    bench.push(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    if (before || text.size() - rest.size() <= half) continue;
    before = allocations;
    events_before = bench.line().counters().events;
  }
  const unsigned long long made = allocations - before;
  const uint64_t counted = bench.line().counters().events - events_before;
  std::printf("%s - %llu audit events in steady state, %llu allocations\n1..1\n", made * 1000 <= counted ? "ok 1" : "not ok 1",
              static_cast<unsigned long long>(counted), made);
  return made * 1000 <= counted ? 0 : 1;
}

uint64_t resident_kib() {
  unsigned long long size = 0, resident = 0;
  std::FILE* const statm = std::fopen("/proc/self/statm", "r");
  if (!statm) return 0;
  const bool read = std::fscanf(statm, "%llu %llu", &size, &resident) == 2;
  std::fclose(statm);
  return read ? resident * static_cast<unsigned long long>(sysconf(_SC_PAGESIZE)) / 1024 : 0;
}

/// Resident memory after the first tenth, in which tables fill, against its peak behind that.
int soak(uint64_t events, Mode mode) {
  constexpr uint64_t kAllowedKib = 2048;
  Run bench;
  uint64_t filled_kib = 0, peak_kib = 0, next = events / 10;
  generate(events, mode, [&](const std::string& line) {
    bench.push(line);
    if (bench.line().counters().events < next) return;
    next += events / 100;
    const uint64_t now_kib = resident_kib();
    if (!filled_kib) filled_kib = now_kib;
    peak_kib = now_kib > peak_kib ? now_kib : peak_kib;
  });
  const bool good = filled_kib && peak_kib <= filled_kib + kAllowedKib;
  std::printf("%s - %llu audit events: %llu KiB resident after the first tenth, at most %llu KiB behind it\n1..1\n", good ? "ok 1" : "not ok 1",
              static_cast<unsigned long long>(bench.line().counters().events), static_cast<unsigned long long>(filled_kib), static_cast<unsigned long long>(peak_kib));
  return good ? 0 : 1;
}

bool mode_of(const char* name, Mode& out) {
  constexpr const char* kNames[] = {"plain", "interleave", "noend", "unknown"};
  for (size_t i = 0; i < 4; ++i)
    if (!std::strcmp(name, kNames[i])) {
      out = static_cast<Mode>(i);
      return true;
    }
  return false;
}

int main_of(int argc, char** argv) {
  Mode mode = Mode::plain;
  const bool numbered = argc >= 3 && (!std::strcmp(argv[1], "generate") || !std::strcmp(argv[1], "check") || !std::strcmp(argv[1], "soak"));
  if (argc == 3 && !std::strcmp(argv[1], "run")) return run(argv[2]);
  if (!numbered || (argc > 3 && !mode_of(argv[3], mode))) {
    std::fprintf(stderr, "usage: aurochs-bench generate N [MODE] | run LOG | check N [MODE] | soak N [MODE]; MODE: plain interleave noend unknown\n");
    return 2;
  }
  const uint64_t events = std::strtoull(argv[2], nullptr, 10);
  if (!std::strcmp(argv[1], "check")) return check(events, mode);
  if (!std::strcmp(argv[1], "soak")) return soak(events, mode);
  generate(events, mode, [](const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), stdout);
    std::fputc('\n', stdout);
  });
  return 0;
}

}  // namespace
}  // namespace aurochs::bench

int main(int argc, char** argv) { return aurochs::bench::main_of(argc, argv); }
