// SPDX-License-Identifier: Apache-2.0
#include "state/process_store.h"

#include <algorithm>
#include <cstring>

#include "base/limits.h"

namespace aurochs::state {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS process("
    "id INTEGER PRIMARY KEY, guid BLOB NOT NULL, parent_guid BLOB, pid INTEGER NOT NULL, parent_pid INTEGER NOT NULL,"
    "start_ticks INTEGER, start_ms INTEGER, start_from_event INTEGER, exited_ms INTEGER, uid_real INTEGER, uid_effective INTEGER,"
    "gid_real INTEGER, gid_effective INTEGER, login_uid INTEGER, login_session INTEGER, session INTEGER, cap_effective INTEGER,"
    "cap_permitted INTEGER, has_caps INTEGER, chrooted INTEGER, image_exists INTEGER, path BLOB, command_line BLOB, cwd BLOB, cgroups BLOB);";

std::string_view blob(const base::Uuid& u) { return {reinterpret_cast<const char*>(u.bytes.data()), u.bytes.size()}; }

bool read_uuid(std::string_view bytes, base::Uuid& out) {
  if (bytes.size() != out.bytes.size()) return false;
  std::memcpy(out.bytes.data(), bytes.data(), bytes.size());
  return true;
}

void bind_row(sqlite::Statement& s, const SavedProcess& row) {
  const Process& p = row.process;
  int i = 0;
  s.bind_blob(++i, blob(p.guid));
  if (row.parent_guid.is_nil())
    s.bind_null(++i);
  else
    s.bind_blob(++i, blob(row.parent_guid));
  for (const int64_t v :
       {static_cast<int64_t>(p.pid), static_cast<int64_t>(p.parent_pid), static_cast<int64_t>(p.start_ticks), p.start_ms,
        static_cast<int64_t>(p.start_from_event), p.exited_ms, static_cast<int64_t>(p.uid_real), static_cast<int64_t>(p.uid_effective),
        static_cast<int64_t>(p.gid_real), static_cast<int64_t>(p.gid_effective), static_cast<int64_t>(p.login_uid),
        static_cast<int64_t>(p.login_session), static_cast<int64_t>(p.session), static_cast<int64_t>(p.cap_effective),
        static_cast<int64_t>(p.cap_permitted), static_cast<int64_t>(p.has_caps), static_cast<int64_t>(p.chrooted),
        static_cast<int64_t>(p.image_exists)})
    s.bind(++i, v);
  for (const std::string* text : {&row.path, &row.command_line, &row.cwd, &row.cgroups}) s.bind_blob(++i, *text);
}

void read_numbers(const sqlite::Statement& s, Process& p) {
  int i = 2;
  auto next = [&] { return s.column(i++); };
  p.pid = static_cast<int32_t>(next());
  p.parent_pid = static_cast<int32_t>(next());
  p.start_ticks = static_cast<uint64_t>(next());
  p.start_ms = next();
  p.start_from_event = next() != 0;
  p.exited_ms = next();
  p.uid_real = static_cast<uint32_t>(next());
  p.uid_effective = static_cast<uint32_t>(next());
  p.gid_real = static_cast<uint32_t>(next());
  p.gid_effective = static_cast<uint32_t>(next());
  p.login_uid = static_cast<uint32_t>(next());
  p.login_session = static_cast<uint32_t>(next());
  p.session = static_cast<int32_t>(next());
  p.cap_effective = static_cast<uint64_t>(next());
  p.cap_permitted = static_cast<uint64_t>(next());
  p.has_caps = next() != 0;
  p.chrooted = static_cast<int8_t>(next());
  p.image_exists = next() != 0;
}

}  // namespace

std::vector<SavedProcess> saved_processes(ProcessTable& table) {
  std::vector<SavedProcess> rows;
  table.each([&](const Process& p) {
    if (!p.has_guid) return;
    SavedProcess row;
    row.process = p;
    if (const Process* parent = table.get(p.parent); parent && parent->has_guid) row.parent_guid = parent->guid;
    row.path = p.path();
    row.command_line = p.command_line();
    row.cwd = p.cwd();
    row.cgroups = p.cgroups();
    row.process.text = nullptr;
    rows.push_back(std::move(row));
  });
  if (rows.size() > limits::kSavedProcesses) {
    // Live ones first, then those that ended last.
    auto value = [](const SavedProcess& r) { return r.process.exited_ms ? r.process.exited_ms : INT64_MAX; };
    std::nth_element(rows.begin(), rows.begin() + limits::kSavedProcesses, rows.end(),
                     [&](const SavedProcess& a, const SavedProcess& b) { return value(a) > value(b); });
    rows.resize(limits::kSavedProcesses);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const SavedProcess& a, const SavedProcess& b) { return a.process.start_ms < b.process.start_ms; });
  return rows;
}

base::Result<ProcessStore> ProcessStore::open(const std::string& path) {
  auto database = sqlite::Database::open(path, sqlite::Open::create);
  if (!database) return database.error();
  if (auto made = database->run(kSchema); !made) return made.error();
  return ProcessStore(std::move(*database));
}

base::Status ProcessStore::save(const std::vector<SavedProcess>& processes, std::string_view boot_id) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto cleared = database_.run("DELETE FROM process; DELETE FROM meta;"); !cleared) return cleared;
  auto meta = database_.prepare("INSERT INTO meta VALUES('boot_id', ?)");
  if (!meta) return meta.error();
  meta->bind_text(1, boot_id);
  if (auto done = meta->run(); !done) return done;
  auto insert = database_.prepare("INSERT INTO process VALUES(NULL,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  if (!insert) return insert.error();
  for (const SavedProcess& row : processes) {
    bind_row(*insert, row);
    if (auto done = insert->run(); !done) return done;
  }
  return transaction->commit();
}

base::Result<size_t> ProcessStore::load(ProcessTable& table, std::string_view boot_id) {
  auto meta = database_.prepare("SELECT value FROM meta WHERE key = 'boot_id'");
  if (!meta) return meta.error();
  auto has = meta->step();
  if (!has) return has.error();
  if (!*has || meta->column_text(0) != boot_id) return size_t{0};
  auto rows = database_.prepare(
      "SELECT guid, parent_guid, pid, parent_pid, start_ticks, start_ms, start_from_event, exited_ms, uid_real, uid_effective, gid_real,"
      "gid_effective, login_uid, login_session, session, cap_effective, cap_permitted, has_caps, chrooted, image_exists, path, command_line,"
      "cwd, cgroups FROM process ORDER BY id");
  if (!rows) return rows.error();
  size_t loaded = 0;
  for (;;) {
    auto row = rows->step();
    if (!row) return row.error();
    if (!*row) return loaded;
    Process p;
    base::Uuid parent;
    if (!read_uuid(rows->column_blob(0), p.guid)) continue;
    (void)read_uuid(rows->column_blob(1), parent);
    read_numbers(*rows, p);
    if (p.pid <= 0) continue;
    const std::string path(rows->column_blob(20)), line(rows->column_blob(21)), cwd(rows->column_blob(22)), cgroups(rows->column_blob(23));
    (void)table.restore(p, path, line, cwd, cgroups, parent);
    ++loaded;
  }
}

}  // namespace aurochs::state
