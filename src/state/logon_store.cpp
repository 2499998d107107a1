// SPDX-License-Identifier: Apache-2.0
#include "state/logon_store.h"

#include <cstring>
#include <type_traits>

#include "base/limits.h"

namespace aurochs::state {
namespace {

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS failed_logon(time_ms INTEGER NOT NULL, user INTEGER, address INTEGER, record INTEGER, pid INTEGER, counts INTEGER);"
    "CREATE TABLE IF NOT EXISTS other_logon(key INTEGER PRIMARY KEY, count INTEGER NOT NULL, wtmp_inode INTEGER NOT NULL);";

static_assert(std::is_trivially_copyable_v<FailedLogon> && sizeof(FailedLogon) == 40 && sizeof(OtherLogons) == 16);

template <class Row>
void put_rows(std::string& out, const std::vector<Row>& rows) {
  const uint64_t count = rows.size();
  out.append(reinterpret_cast<const char*>(&count), sizeof count);
  if (count) out.append(reinterpret_cast<const char*>(rows.data()), rows.size() * sizeof(Row));
}

template <class Row>
bool take_rows(std::string_view& in, std::vector<Row>& rows, size_t bound) {
  uint64_t count = 0;
  if (in.size() < sizeof count) return false;
  std::memcpy(&count, in.data(), sizeof count);
  in.remove_prefix(sizeof count);
  if (count > bound || in.size() / sizeof(Row) < count) return false;
  rows.resize(count);
  if (count) std::memcpy(static_cast<void*>(rows.data()), in.data(), count * sizeof(Row));
  in.remove_prefix(count * sizeof(Row));
  return true;
}

int64_t as_signed(uint64_t n) { return static_cast<int64_t>(n); }

}  // namespace

std::string pack_logons(const SavedLogons& logons) {
  std::string out(reinterpret_cast<const char*>(&logons.wtmp_inode), sizeof logons.wtmp_inode);
  put_rows(out, logons.failures);
  put_rows(out, logons.others);
  return out;
}

bool unpack_logons(std::string_view in, SavedLogons& out) {
  if (in.size() >= sizeof out.wtmp_inode) {
    std::memcpy(&out.wtmp_inode, in.data(), sizeof out.wtmp_inode);
    in.remove_prefix(sizeof out.wtmp_inode);
    if (take_rows(in, out.failures, limits::kLogonFailures) && take_rows(in, out.others, limits::kLogonKeys) && in.empty()) return true;
  }
  out = SavedLogons();
  return false;
}

base::Result<LogonStore> LogonStore::open(const std::string& path) {
  auto database = sqlite::Database::open(path, sqlite::Open::create);
  if (!database) return database.error();
  if (auto made = database->run(kSchema); !made) return made.error();
  return LogonStore(std::move(*database));
}

base::Status LogonStore::save(const SavedLogons& logons) {
  auto transaction = sqlite::Transaction::begin(database_);
  if (!transaction) return transaction.error();
  if (auto cleared = database_.run("DELETE FROM failed_logon; DELETE FROM other_logon"); !cleared) return cleared.error();
  auto failure = database_.prepare("INSERT INTO failed_logon VALUES(?,?,?,?,?,?)");
  if (!failure) return failure.error();
  for (const FailedLogon& f : logons.failures) {
    int i = 0;
    for (const int64_t v : {f.time_ms, as_signed(f.user), as_signed(f.address), as_signed(f.record), int64_t{f.pid}, int64_t{f.counts}}) failure->bind(++i, v);
    if (auto done = failure->run(); !done) return done.error();
  }
  auto other = database_.prepare("INSERT OR REPLACE INTO other_logon VALUES(?,?,?)");
  if (!other) return other.error();
  for (const OtherLogons& o : logons.others) {
    other->bind(1, as_signed(o.key));
    other->bind(2, as_signed(o.count));
    other->bind(3, as_signed(logons.wtmp_inode));
    if (auto done = other->run(); !done) return done.error();
  }
  return transaction->commit();
}

base::Result<SavedLogons> LogonStore::load() {
  SavedLogons out;
  auto failures = database_.prepare("SELECT time_ms, user, address, record, pid, counts FROM failed_logon ORDER BY time_ms LIMIT " + std::to_string(limits::kLogonFailures));
  if (!failures) return failures.error();
  for (;;) {
    auto row = failures->step();
    if (!row) return row.error();
    if (!*row) break;
    auto number = [&](int i) { return static_cast<uint64_t>(failures->column(i)); };
    out.failures.push_back({failures->column(0), number(1), number(2), number(3), static_cast<int32_t>(failures->column(4)), failures->column(5) != 0});
  }
  auto others = database_.prepare("SELECT key, count, wtmp_inode FROM other_logon LIMIT " + std::to_string(limits::kLogonKeys));
  if (!others) return others.error();
  for (;;) {
    auto row = others->step();
    if (!row) return row.error();
    if (!*row) return out;
    out.others.push_back({static_cast<uint64_t>(others->column(0)), static_cast<uint64_t>(others->column(1))});
    out.wtmp_inode = static_cast<uint64_t>(others->column(2));
  }
}

}  // namespace aurochs::state
