// SPDX-License-Identifier: Apache-2.0
#include "daemon/sensor.h"

#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/limits.h"
#include "base/text.h"
#include "capture/proc_snapshot.h"
#include "daemon/hardening.h"
#include "daemon/log.h"
#include "daemon/policy_text.h"
#include "daemon/status.h"
#include "enrich/host.h"
#include "state/proc_facts.h"
#include "version.h"

namespace aurochs::daemon {
namespace {

constexpr int64_t kSaveMs = 60000, kStopMs = 3000, kQueueMs = 1000;
constexpr int64_t kGatherMs = 5;  // after a write, lines gather: one call writes many

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, s);
  return set;
}

/// PIDs by start, so that parents come before their children.
std::vector<int32_t> processes_by_start() {
  std::vector<std::pair<uint64_t, int32_t>> found;
  DIR* proc = ::opendir("/proc");
  if (!proc) return {};
  while (const dirent* entry = ::readdir(proc)) {
    uint64_t pid = 0;
    if (!base::parse_u64(entry->d_name, pid)) continue;
    if (auto stat = base::read_file("/proc/" + std::string(entry->d_name) + "/stat", limits::kProcFileBytes))
      found.emplace_back(state::start_ticks_of(*stat), static_cast<int32_t>(pid));
  }
  ::closedir(proc);
  std::sort(found.begin(), found.end());
  std::vector<int32_t> pids;
  for (const auto& [ticks, pid] : found) pids.push_back(pid);
  return pids;
}

}  // namespace

Sensor::~Sensor() {
  if (!stopping_) stop_threads();
}

int Sensor::fail(const Problem& problem) {
  log(Level::error, problem.message);
  return problem.exit;
}

pipeline::Options Sensor::line_options(const base::Uuid& dev_id) {
  pipeline::Options o;
  o.identity.dev_id = dev_id;
  o.identity.boot_id = host_facts_.boot_id;
  o.identity.boot_time_ms = host_facts_.boot_time_ms;
  o.identity.ticks_per_second = host_facts_.ticks_per_second;
  o.is_live = true;
  uint64_t unused = 0;
  random_bits(o.uuid_seed, unused);
  (void)o.settings.set("dev_id", base::to_string(dev_id));
  add_device_settings(o.settings, host_facts_);
  enrich::add_sensor_settings(o.settings, AUROCHS_VERSION);
  o.watches = watches_;
  const config::Config& c = options_.config;
  for (const auto& [name, value] :
       {std::pair<std::string_view, std::string>{"sensor_cfg_profile", std::string(govern::profile_name(profiles_->current()))}, {"sensor_cfg_profile_id", std::to_string(profiles_->current())}, {"sensor_cfg_version", c.version},
        {"sensor_groups", c.sensor_groups}, {"customer_id", c.customer_id}, {"customer_name", c.customer_name}, {"customer_system", c.customer_system}})
    if (!value.empty()) (void)o.settings.set(name, value);
  return o;
}

std::optional<Problem> Sensor::start_recording(const pipeline::Options& line) {
  if (options_.record_file.empty()) return std::nullopt;
  auto writer = capture::RecordingWriter::create(options_.record_file);
  if (!writer) return Problem{kExitFailed, writer.error().message};
  recorder_ = std::make_unique<capture::RecordingWriter>(std::move(*writer));
  const std::string sections = enrich::host_sections(line, kernel_->source().mode_name());
  audit::Frame frame;
  frame.kind = audit::FrameKind::host;
  frame.received_ms = start_ms_;
  frame.payload = sections;
  if (auto written = recorder_->append(frame); !written) return Problem{kExitFailed, written.error().message};
  return std::nullopt;
}

std::optional<Problem> Sensor::read_watches() {
  auto text = base::read_file(options_.watch_file, limits::kConfigBytes);
  if (!text) return Problem{kExitUsage, "watches: " + text.error().message + "; give the watch table with --watches"};
  auto table = watch::Table::parse(*text, options_.watch_file);
  if (!table) return Problem{kExitUsage, "watches: " + table.error().message};
  watches_ = std::move(*text);
  watching_ = std::make_unique<Watching>(std::move(*table));
  return std::nullopt;
}

std::optional<Problem> Sensor::open() {
  if (auto problem = read_watches()) return problem;
  auto state = StateDir::open(options_.state_dir);
  if (!state) return Problem{state.error().code == EBUSY ? kExitBusy : kExitFailed, state.error().message};
  state_ = std::make_unique<StateDir>(std::move(*state));
  if (!state_->trouble().empty()) log(Level::warning, state_->trouble());
  host_facts_ = read_host_facts();
  profiles_ = std::make_unique<Profiles>(options_.config);
  auto policy = policy_text(options_.config, profiles_->current());
  if (!policy) return Problem{kExitUsage, policy.error().message};
  policy_ = *policy;
  const auto wanted = govern::parse_policy(*policy);
  if (!wanted) return Problem{kExitUsage, wanted.error().message};
  tells_closes_ = wanted->wants("NetworkConnectionCloseNix");
  kernel_ = std::make_unique<KernelSide>(options_.config, options_.rules_dir, state_->file_of_boot("audit-before"), state_->file_of_boot("log-position"), host_facts_.boot_id, clock_,
                                         Profiles::rules_for(*wanted));
  wants_dns_multicast_ = !wanted->of(event::EventType::dns_multicast_query).off;
  canary_ = canary_token();
  kernel_->use_canary(canary_);
  const capture::Surroundings host = capture::look_at_host({});
  if (auto problem = kernel_->open(*watching_)) return problem;
  look_around(host);
  control_.add({"status", false, [this](const control::Request&) { return status(); }});
  control_.add({"profile", true, [this](const control::Request& request) { return profile(request); }});
  control_.open(options_.config);
  return std::nullopt;
}

std::optional<Problem> Sensor::prepare() {
  start_ms_ = clock_.unix_ms();
  pipeline::Options line = line_options(state_->dev_id());
  line.canary = canary_;
  line.blind = capture::joined_names(blind_);
  line.policy = policy_;
  if (auto problem = start_recording(line)) return problem;
  core_wake_.reset(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
  enrich::Worker::Options worker;
  worker.wake_fd = core_wake_.get();
  worker_ = std::make_unique<enrich::Worker>(worker);
  if (auto started = worker_->start(); !started) return Problem{kExitFailed, started.error().message};
  host_ = std::make_unique<enrich::LinuxProcReader>(capture::read_process, worker_.get(), clock_);
  core_ = std::make_unique<Core>(std::move(line), *host_, *worker_, recorder_.get(), outbox_, core_wake_.get());
  self_ = std::make_unique<SelfWatch>(*kernel_, *core_, *host_, options_.config.sensor_canary_s, kernel_->has_rules() ? canary_ : 0);
  // A recording must be complete in itself: what an earlier run remembered of processes is not part of it.
  if (!recorder_) load_processes();
  load_logons();
  return std::nullopt;
}

/// What stays unseen here: into the log, into the event of the start, and kept for status.
void Sensor::look_around(const capture::Surroundings& host) {
  capture::Surroundings s = host;
  capture::look_at_audit(kernel_->control(), {}, s);
  s.has_connector = kernel_->has_connector();
  s.has_multicast = kernel_->source().mode() == capture::Mode::multicast || options_.config.capture_mode != "auto";
  s.first_net = kernel_->profile().first_net_namespace;
  s.first_pid = kernel_->profile().first_pid_namespace;
  blind_ = capture::blind_spots(s);
  for (const capture::BlindSpot& spot : blind_)
    log(Level::notice, "blind spot " + std::string(spot.name) + ": " + spot.found + "; not seen: " + std::string(spot.unseen) + "; to do: " + std::string(spot.remedy));
}

std::string Sensor::profile(const control::Request& request) {
  if (const control::Member* name = control::find(request.members, "name"))
    if (auto done = profiles_->set(name->value, "asked for by uid " + std::to_string(request.uid) + ", pid " + std::to_string(request.pid)); !done)
      return control::refusal(done.error().message);
  return control::FlatWriter().text("profile", govern::profile_name(profiles_->current())).take();
}

std::string Sensor::status() {
  StatusFacts facts;
  facts.figures = core_->figures();
  facts.ring_bytes = limits::kRingBytes;
  facts.outbox_bytes = limits::kOutboxBytes;
  facts.mode = kernel_->source().mode_name();
  facts.profile = govern::profile_name(profiles_->current());
  facts.cfg_version = options_.config.version;
  facts.uptime_s = static_cast<uint64_t>(std::max<int64_t>(clock_.unix_ms() - start_ms_, 0)) / 1000;
  facts.blind = capture::joined_names(blind_);
  self_->describe(facts);
  return status_answer(facts);
}

void Sensor::load_processes() {
  auto store = state::ProcessStore::open(state_->file("state.db"));
  if (!store) return log(Level::warning, store.error().message + "; process identities of an earlier run are not continued");
  auto loaded = store->load(core_->line().lineage().table(), host_facts_.boot_id);
  if (!loaded) log(Level::warning, loaded.error().message + "; process identities of an earlier run are not continued");
}

/// The line asks for them, so a recording holds them as an answer.
void Sensor::load_logons() {
  std::string book;
  auto store = state::LogonStore::open(state_->file("state.db"));
  auto loaded = store ? store->load() : base::Result<state::SavedLogons>(store.error());
  if (loaded)
    book = state::pack_logons(*loaded);
  else
    log(Level::warning, loaded.error().message + "; counts of failed logons begin anew");
  host_->set_logons(options_.config.logon_window_s + ' ' + options_.config.logon_burst, std::move(book));
}

/// The save thread, and main when that has ended. What cannot be saved is said when it begins and when it is over, not each minute.
void Sensor::write(const Saved& saved, bool with_processes) {
  const std::string path = state_->file("state.db");
  std::string trouble;
  const auto say = [&](const base::Status& done) {
    if (!done && trouble.empty()) trouble = done.error().message;
  };
  if (with_processes) {
    auto store = state::ProcessStore::open(path);
    say(store ? store->save(saved.processes, host_facts_.boot_id) : base::Status(store.error()));
  }
  if (saved.logons) {
    auto store = state::LogonStore::open(path);
    say(store ? store->save(*saved.logons) : base::Status(store.error()));
  }
  if (!trouble.empty() && save_trouble_.empty()) log(Level::warning, trouble + "; not saved, and tried again each minute");
  if (trouble.empty() && !save_trouble_.empty()) log(Level::notice, path + ": saved again");
  save_trouble_ = std::move(trouble);
}

void Sensor::save() {
  auto saved = core_->take_saved();
  if (!saved) return;
  // On a thread of its own: a commit waits for the disk, and 0.2 s without a writer fill the outbox of a busy host.
  if (save_thread_.joinable()) save_thread_.join();
  save_thread_ = std::thread([this, saved = std::move(saved)] { write(*saved, !recorder_); });
}

/// What runs already: looked at before the capture thread exists, which then becomes the ring's producer.
void Sensor::sweep() {
  capture::FrameWriter frames(core_->ring(), core_wake_.get());
  std::string sections;
  auto put = [&](std::string_view payload) {
    char* room;
    while (!(room = frames.reserve(payload.size()))) {
      frames.wake();
      ::usleep(1000);  // the core is at work; the records that come meanwhile wait in the socket
    }
    if (!payload.empty()) std::memcpy(room, payload.data(), payload.size());
    frames.commit(audit::FrameKind::snapshot, audit::kSnapshotOfSweep, payload.size());
    frames.wake();
  };
  for (const int32_t pid : processes_by_start())
    if (pid != ::getpid() && capture::read_process(pid, sections)) put(sections);
  put({});
}

void Sensor::mark_start() {
  mark_ = std::make_unique<RunMark>(state_->file_of_boot("running"));
  if (const auto former = mark_->former()) {
    event::Event e;
    tell_former(*former, host_facts_.boot_id, e);
    core_->tell(e);
  }
  if (auto begun = mark_->begin(host_facts_.boot_id, start_ms_, clock_.monotonic_ms()); !begun)
    log(Level::warning, begun.error().message + "; an end that is not orderly will not be told");
}

void Sensor::start_threads() {
  if (options_.config.capture_priority == "realtime" && kernel_->has_connector()) {
    if (auto watch = capture::ExecWatch::open())
      watch_ = std::move(*watch);
    else
      log(Level::notice, watch.error().message);
    core_->use(watch_.get());
    if (watch_) watch_->start();
  }
  observe::Options sources;
  sources.clock = &clock_;
  (void)base::parse_i64(options_.config.logon_window_s, sources.logon_window_s);
  (void)base::parse_i64(options_.config.network_long_s, sources.network_long_s);
  sources.network_close = tells_closes_;
  (void)base::parse_i64(options_.config.profile_poll_s, sources.poll_s);
  sources.critical_files = [this] { return watching_->critical_files(); };
  (void)base::parse_i64(options_.config.observe_scan_s, sources.scan_s);
  sources.disks = options_.config.observe_disks;
  sources.dns = options_.config.dns_capture == "yes";
  sources.dns_multicast = wants_dns_multicast_;
  mark_start();
  kernel_->guard([this](const event::Event& e) { core_->tell(e); });
  observer_ = std::make_unique<observe::Observer>(sources, core_wake_.get());
  core_->use(observer_.get());
  core_thread_ = std::thread([this] { core_->run(start_ms_, kernel_->source().mode_name()); });
  sweep();
  (void)observer_->start();
  for (const std::string& source : observer_->blind()) log(Level::notice, source);
  stream_ = std::make_unique<capture::Stream>(-1, kernel_->take_connector_fd(), core_->ring(), core_wake_.get(),
                                              watch_ ? capture::SnapshotScope::none : capture::SnapshotScope::full);
  profiles_->attach({kernel_.get(), core_.get(), observer_.get(), stream_.get(), watch_.get()});
  start_capture();
}

void Sensor::start_capture() {
  RecordSource::Taken source = kernel_->source().take();
  stream_->use(source.audit_fd, std::move(source.feed), source.early);
  audit_drops_ = 0;  // another socket
  const auto priority = options_.config.capture_priority == "realtime" ? capture::Priority::realtime
                        : options_.config.capture_priority == "nice"   ? capture::Priority::nice
                                                                        : capture::Priority::normal;
  capture_thread_ = std::thread([this, priority] {
    (void)::pthread_setname_np(::pthread_self(), "aurochs-capture");
    (void)capture::set_priority(priority);
    stream_->run();
  });
}

/// Another mode: the old source is read to its end first. The connector's messages wait meanwhile.
void Sensor::follow_source() {
  RecordSource& source = kernel_->source();
  source.follow(*stream_);
  if (!source.must_change(kernel_->control(), *stream_)) return;
  stream_->stop();
  capture_thread_.join();
  if (stream_->feed()) source.save_position(*stream_->feed());
  source.change(kernel_->control());
  const auto quiet = kernel_->quiet_threads();
  start_capture();
}

void Sensor::poll_losses() {
  if (!stream_) return;
  auto since = [](uint64_t inode, uint64_t& seen) -> uint64_t {
    if (!inode) return 0;
    auto drops = capture::netlink_drops(inode);
    if (!drops || *drops < seen) return 0;
    return *drops - std::exchange(seen, *drops);
  };
  if (const uint64_t n = since(stream_->audit_inode(), audit_drops_)) stream_->report_loss(audit::GapCause::socket_drops, n);
  if (const uint64_t n = since(stream_->connector_inode(), connector_drops_)) stream_->report_loss(audit::GapCause::connector_drops, n);
}

void Sensor::second(int64_t now_ms) {
  next_second_ms_ = now_ms + 1000;
  service_.alive(core_->turns(), now_ms);
  mark_->alive(now_ms);
  poll_losses();
  self_->second(now_ms);
  control_.second(now_ms);
  follow_source();
  profiles_->second(now_ms, audit_drops_ + (stream_ ? stream_->ring_full() : 0));
  save();
  if (now_ms < next_save_ms_) return;
  next_save_ms_ = now_ms + kSaveMs;
  core_->order_save();
}

/// SIGHUP: what goes out and the profile are read anew; a bad text leaves the old one in force. Other keys hold until the next start.
void Sensor::reload() {
  auto config = config::load(options_.config_file, options_.config_file != AUROCHS_CONFIG_FILE);
  const base::Status done = config ? profiles_->reload(*config) : base::Status(config.error());
  if (done) return log(Level::notice, "SIGHUP: policy read");
  log(Level::error, done.error().message + "; the former policy stays in force");
  core_->order(audit::FrameKind::policy, audit::kPolicyRefused, done.error().message);
}

void Sensor::loop() {
  next_save_ms_ = clock_.monotonic_ms() + 5000;
  while (stop_reason_.empty()) {
    const auto state = output_.write_some();
    if (state == deliver::StreamOutput::State::broken) {
      output_broken_ = true;
      stop_reason_ = std::string("standard output: ") + std::strerror(output_.error());
      break;
    }
    const bool blocked = state == deliver::StreamOutput::State::blocked;
    const uint64_t written = std::exchange(written_, output_.bytes_written());
    const bool gathers = written != written_ && !blocked;
    if (!blocked && !gathers && !outbox_.prepare_sleep()) continue;
    pollfd p[5] = {{signals_.get(), POLLIN, 0}, {gathers ? -1 : outbox_.wake_fd(), POLLIN, 0}, {blocked ? STDOUT_FILENO : -1, POLLOUT, 0}, {stream_ ? stream_->changes_fd() : -1, POLLIN, 0},
                   {control_.fd(), POLLIN, 0}};
    const int64_t wait_ms = gathers ? kGatherMs : std::clamp<int64_t>(std::min(next_second_ms_, kernel_->next_look_ms()) - clock_.monotonic_ms(), 0, 1000);
    (void)::poll(p, 5, static_cast<int>(wait_ms));
    if (p[1].revents) outbox_.clear_wake();
    signalfd_siginfo info{};
    const bool got_signal = p[0].revents && ::read(signals_.get(), &info, sizeof info) == sizeof info;
    if (got_signal && info.ssi_signo == SIGHUP) reload();
    if (got_signal && info.ssi_signo != SIGHUP)
      stop_reason_ = std::string("signal ") + std::to_string(info.ssi_signo) + " from pid " + std::to_string(info.ssi_pid);
    const int64_t now_ms = clock_.monotonic_ms();
    uint64_t changes = 0;
    if (p[3].revents && ::read(p[3].fd, &changes, sizeof changes) == sizeof changes) kernel_->changed(now_ms);
    if (p[4].revents) control_.serve(now_ms);
    if (now_ms >= std::min(next_second_ms_, kernel_->next_look_ms())) kernel_->follow(now_ms);
    if (now_ms >= next_second_ms_) second(now_ms);
    if (stream_->counters().receive_errors.value()) stop_reason_ = "the proc connector failed for good";
    if (stream_->feed() && stream_->feed()->has_ended()) stop_reason_ = "auditd closed the pipe of its plugin";
  }
}

/// What happened before the stop is told: on a busy host the kernel's queue lags. For a moment only, since a host that is
/// busy for good never empties it. Empty twice in a row: what kauditd held in its hand is out as well.
void Sensor::await_records() {
  const int64_t until_ms = clock_.monotonic_ms() + kQueueMs;
  for (int empty = 0; !output_broken_ && empty < 2 && clock_.monotonic_ms() < until_ms; ::usleep(2000)) {
    output_broken_ = output_.write_some() == deliver::StreamOutput::State::broken;
    empty = kernel_->is_queue_empty() ? empty + 1 : 0;
  }
}

/// The line once: capture, ring, assembler, outbox; each waits for the one before it, within kStopMs.
void Sensor::stop_threads() {
  stopping_ = true;
  control_.close();
  if (stream_) await_records();
  if (stream_) stream_->stop();
  if (watch_) watch_->stop();
  if (observer_) observer_->stop();
  if (capture_thread_.joinable()) capture_thread_.join();
  if (stream_ && stream_->feed()) kernel_->source().follow(*stream_);
  if (core_thread_.joinable()) {
    core_->stop(stop_reason_.empty() ? "start failed" : stop_reason_);
    drain_output();
    core_->give_up();
    core_thread_.join();
  }
  if (worker_) (void)worker_->stop();
  if (save_thread_.joinable()) save_thread_.join();
}

void Sensor::drain_output() {
  const int64_t until_ms = clock_.monotonic_ms() + kStopMs;
  bool last_round = false;
  while (!output_broken_ && clock_.monotonic_ms() < until_ms) {
    const auto state = output_.write_some();
    if (state == deliver::StreamOutput::State::broken) return;
    if (state == deliver::StreamOutput::State::drained && last_round) return;
    last_round = core_->has_ended();
    ::usleep(last_round ? 0 : 1000);
  }
}

int Sensor::run() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (auto problem = open()) return fail(*problem);
  if (options_.config.sensor_hardening == "yes")
    for (const std::string& undone : harden()) log(Level::notice, "hardening: " + undone + "; works without it");
  quiet_ = kernel_->quiet_threads();
  int status = kExitFailed;
  std::thread([&] { status = work(); }).join();
  return status;
}

int Sensor::work() {
  (void)::pthread_setname_np(::pthread_self(), "aurochs-main");
  if (quiet_) (void)quiet_->begin();
  if (auto problem = prepare()) return fail(*problem);
  // As auditd does (priority_boost = 4): the threads of the line before ordinary load; the worker goes to 19 by itself.
  if (options_.config.capture_priority != "normal") (void)::setpriority(PRIO_PROCESS, 0, -4);
  start_threads();
  quiet_.reset();
  log(Level::notice, std::string("listening (") + kernel_->source().mode_name() + "); Ctrl-C ends it and puts everything back");
  service_.ready(std::string("listening (") + kernel_->source().mode_name() + ')');
  loop();
  service_.stopping();
  stop_threads();
  const bool degraded = kernel_->is_degraded();
  kernel_->close();
  mark_->end();
  if (core_) write({state::saved_processes(core_->line().lineage().table()), core_->line().logons()}, !recorder_);
  if (recorder_)
    if (auto flushed = recorder_->flush(); !flushed || recorder_->has_failed()) return fail({kExitFailed, "recording " + options_.record_file + ": not complete"});
  log(Level::notice, "stopped: " + stop_reason_);
  return output_broken_ ? kExitFailed : degraded ? kExitDegraded : kExitOk;
}

}  // namespace aurochs::daemon
