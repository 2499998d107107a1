// SPDX-License-Identifier: Apache-2.0
// aurochsctl replay FILE...: a log or a recording through the whole line, events as JSON lines. Needs no root and
// touches nothing of this host: a log tells only what its records say, a recording also what the host answered then.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "capture/line_reader.h"
#include "capture/recording.h"
#include "cli/verbs.h"
#include "json/event_json.h"
#include "enrich/host.h"
#include "pipeline/pipeline.h"
#include "version.h"
#include "watch/table.h"

namespace aurochs::cli {
namespace {

/// Answers out of the recording, in the order of the questions.
class RecordedProcReader final : public state::ProcReader {
 public:
  explicit RecordedProcReader(capture::RecordingReader& recording) : recording_(recording) {}
  bool ask(state::Ask what, int64_t id, std::string_view path, std::string& answer) override {
    bool found = false;
    return recording_.next_answer(static_cast<uint16_t>(what), id, path, answer, found) && found;
  }

 private:
  capture::RecordingReader& recording_;
};

class Output {
 public:
  size_t operator()(const event::Event& e) {
    const size_t bytes = json::write_line(e, writer_);
    if (writer_.text().size() >= kFlushBytes) flush();
    return bytes;
  }
  void flush() {
    failed_ = failed_ || !base::write_all(1, writer_.text());
    writer_.clear();
  }
  bool failed() const { return failed_; }

 private:
  static constexpr size_t kFlushBytes = 64u << 10;
  json::Writer writer_;
  bool failed_ = false;
};

int complain(const base::Error& e) {
  std::fprintf(stderr, "aurochsctl: %s\n", e.message.c_str());
  return 1;
}

void summarize(const char* path, const pipeline::Pipeline& line) {
  const reassemble::Counters& c = line.counters();
  std::fprintf(stderr, "aurochsctl: %s: %llu records, %llu audit events, %llu events", path, static_cast<unsigned long long>(c.records),
               static_cast<unsigned long long>(c.events), static_cast<unsigned long long>(line.events()));
  if (c.incomplete) std::fprintf(stderr, ", %llu incomplete", static_cast<unsigned long long>(c.incomplete));
  if (c.late) std::fprintf(stderr, ", %llu late", static_cast<unsigned long long>(c.late));
  if (const uint64_t bad = line.lost(audit::GapCause::not_a_record)) std::fprintf(stderr, ", %llu lines that are no records", static_cast<unsigned long long>(bad));
  std::fputc('\n', stderr);
}

int replay_recording(const char* path, Output& output) {
  auto recording = capture::RecordingReader::open(path);
  if (!recording) return complain(recording.error());
  audit::Frame frame;
  auto more = recording->next(frame);
  if (!more) return complain(more.error());
  pipeline::Options options;
  options.is_live = true;
  std::string boot_id, how;
  if (!*more || frame.kind != audit::FrameKind::host || !enrich::read_host_frame(frame, options, boot_id, how)) {
    return complain({0, std::string(path) + ": recording without a host frame: it is damaged, or was cut before its first event"});
  }
  RecordedProcReader reader(*recording);
  pipeline::Pipeline line(options, reader, [&](const event::Event& e) { return output(e); });
  line.start(frame.received_ms, how);
  while ((more = recording->next(frame)) && *more) {
    if (frame.kind == audit::FrameKind::host)
      line.finish(enrich::stop_reason(frame));
    else
      line.push(frame);
  }
  output.flush();
  if (!more) return complain(more.error());
  summarize(path, line);
  if (recording->torn_bytes()) std::fprintf(stderr, "aurochsctl: %s: %llu bytes at the end are no whole frame (the recording was cut)\n", path, static_cast<unsigned long long>(recording->torn_bytes()));
  if (recording->unknown_questions()) {
    std::fprintf(stderr, "aurochsctl: %s: %llu questions were not answered by the recording: it is of another version of aurochs\n", path,
                 static_cast<unsigned long long>(recording->unknown_questions()));
    return 1;
  }
  return 0;
}

int replay_log(const char* path, const std::string& watches, Output& output) {
  pipeline::Options options;
  options.watches = watches;
  enrich::add_sensor_settings(options.settings, AUROCHS_VERSION);
  options.settings.set("sensor_capture", "replay");
  state::NoProcReader reader;
  pipeline::Pipeline line(options, reader, [&](const event::Event& e) { return output(e); });
  audit::Frame frame;
  frame.kind = audit::FrameKind::line;
  const auto read = capture::read_lines(path, [&](std::string_view text) {
    frame.payload = text;
    line.push(frame);
    return !output.failed();
  });
  line.finish("end of input");
  output.flush();
  if (!read) return complain(read.error());
  summarize(path, line);
  if (read->skipped) std::fprintf(stderr, "aurochsctl: %s: %llu lines longer than %zu bytes left out\n", path, static_cast<unsigned long long>(read->skipped), limits::kLineBytes);
  return 0;
}

/// Text of the watch table of a log; a recording has its own. What is not installed and was not asked for is no table.
base::Result<std::string> read_watches(const char* file) {
  auto text = base::read_file(file ? file : AUROCHS_WATCH_FILE, limits::kConfigBytes);
  if (!text) return !file && text.error().code == ENOENT ? base::Result<std::string>(std::string()) : text.error();
  const auto table = watch::Table::parse(*text, file ? file : AUROCHS_WATCH_FILE);
  return table ? std::move(text) : table.error();
}

bool is_recording(const char* path) {
  char head[32] = {};
  std::FILE* f = std::strcmp(path, "-") ? std::fopen(path, "rb") : nullptr;
  if (!f) return false;
  const size_t n = std::fread(head, 1, capture::kRecordingMagic.size(), f);
  std::fclose(f);
  return std::string_view(head, n) == capture::kRecordingMagic;
}

}  // namespace

int replay_verb(int argc, char** argv) {
  const bool has_watches = argc > 2 && !std::strcmp(argv[1], "--watches");
  const int first = has_watches ? 3 : 1;
  if (argc <= first) {
    std::fprintf(stderr, "usage: aurochsctl replay [--watches FILE] FILE...   (audit.log, ausearch --raw output, gzip of these, a recording; - reads standard input)\n");
    return 2;
  }
  const auto watches = read_watches(has_watches ? argv[2] : nullptr);
  if (!watches) return complain(watches.error());
  int status = 0;
  for (int i = first; i < argc; ++i) {
    Output output;
    const int result = is_recording(argv[i]) ? replay_recording(argv[i], output) : replay_log(argv[i], *watches, output);
    if (result || output.failed()) status = 1;
  }
  return status;
}

}  // namespace aurochs::cli
