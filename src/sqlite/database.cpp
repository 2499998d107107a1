// SPDX-License-Identifier: Apache-2.0
#include "sqlite/database.h"

#include <sqlite3.h>

#include <utility>

namespace aurochs::sqlite {
namespace {
constexpr int kBusyTimeoutMs = 2000;
constexpr size_t kActionBytes = 120;  // of the SQL text shown in a message

base::Error make_error(const std::string& path, std::string_view action, int code, const char* reason) {
  std::string message = path + ": " + std::string(action.substr(0, kActionBytes)) + ": " + reason;
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: message += "; move the file away, a new one is made"; break;
    case SQLITE_FULL: message += "; make room on the disk"; break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN: message += "; check that the directory exists and its permissions"; break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED: message += "; end the other program that uses it"; break;
    default: break;
  }
  return base::Error{0, std::move(message)};
}

std::string immutable_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    if (c == '?' || c == '#' || c == '%') {
      constexpr char kHex[] = "0123456789ABCDEF";
      uri += '%';
      uri += kHex[static_cast<unsigned char>(c) >> 4];
      uri += kHex[static_cast<unsigned char>(c) & 15];
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

std::string_view bytes_of(const void* data, int size) {
  return data ? std::string_view(static_cast<const char*>(data), static_cast<size_t>(size)) : std::string_view();
}
}  // namespace

base::Result<Database> Database::open(const std::string& path, Open mode) {
  Database db(path);
  const bool own = mode == Open::create;
  const std::string name = own ? path : immutable_uri(path);
  const int flags = SQLITE_OPEN_NOMUTEX |
                    (own ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
  if (sqlite3_open_v2(name.c_str(), &db.database_, flags, nullptr) != SQLITE_OK) return db.error("open");
  sqlite3_extended_result_codes(db.database_, 1);
  sqlite3_busy_timeout(db.database_, kBusyTimeoutMs);
  // The schema is read here, so that a file that is no database is known now and not in the middle of the work.
  const base::Status ready =
      own ? db.run("PRAGMA cache_size=-256; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA user_version")
          : db.run("PRAGMA cache_size=-256; PRAGMA schema_version");
  if (!ready) return ready.error();
  return base::Result<Database>(std::move(db));  // GCC 8 would copy a plain `db`
}

Database::Database(Database&& o) noexcept : database_(std::exchange(o.database_, nullptr)), path_(std::move(o.path_)) {}

Database& Database::operator=(Database&& o) noexcept {
  std::swap(database_, o.database_);
  std::swap(path_, o.path_);
  return *this;
}

Database::~Database() { sqlite3_close_v2(database_); }

base::Error Database::error(std::string_view action) const {
  const int code = database_ ? sqlite3_errcode(database_) : SQLITE_NOMEM;
  return make_error(path_, action, code, database_ ? sqlite3_errmsg(database_) : sqlite3_errstr(code));
}

base::Status Database::run(const char* sql) {
  if (sqlite3_exec(database_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error(sql);
  return base::Ok{};
}

base::Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(database_, sql.data(), static_cast<int>(sql.size()), &statement, nullptr) != SQLITE_OK)
    return error(sql);
  return Statement(statement, path_);
}

int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(database_); }
int64_t Database::changed_rows() const { return sqlite3_changes(database_); }

Statement::Statement(Statement&& o) noexcept
    : statement_(std::exchange(o.statement_, nullptr)), path_(std::move(o.path_)), bind_code_(o.bind_code_) {}

Statement& Statement::operator=(Statement&& o) noexcept {
  std::swap(statement_, o.statement_);
  std::swap(path_, o.path_);
  std::swap(bind_code_, o.bind_code_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::remember(int code) {
  if (bind_code_ == SQLITE_OK) bind_code_ = code;
}

// SQLite copies what is bound: a caller's view may die before step().
void Statement::bind(int index, int64_t value) { remember(sqlite3_bind_int64(statement_, index, value)); }
void Statement::bind_null(int index) { remember(sqlite3_bind_null(statement_, index)); }
void Statement::bind_text(int index, std::string_view text) {
  remember(sqlite3_bind_text64(statement_, index, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}
void Statement::bind_blob(int index, std::string_view bytes) {
  remember(sqlite3_bind_blob64(statement_, index, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_TRANSIENT));
}

base::Result<bool> Statement::step() {
  int code = std::exchange(bind_code_, SQLITE_OK);
  const char* reason = code == SQLITE_OK ? nullptr : sqlite3_errstr(code);
  if (code == SQLITE_OK) code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) {
    sqlite3_reset(statement_);
    return false;
  }
  if (!reason) reason = sqlite3_errmsg(sqlite3_db_handle(statement_));
  base::Error error = make_error(path_, sqlite3_sql(statement_), code, reason);
  sqlite3_reset(statement_);
  return error;
}

base::Status Statement::run() {
  auto row = step();
  if (!row) return row.error();
  sqlite3_reset(statement_);
  return base::Ok{};
}

void Statement::reset() { sqlite3_reset(statement_); }

int64_t Statement::column(int index) const { return sqlite3_column_int64(statement_, index); }
bool Statement::column_is_null(int index) const { return sqlite3_column_type(statement_, index) == SQLITE_NULL; }
std::string_view Statement::column_text(int index) const {
  const void* text = sqlite3_column_text(statement_, index);
  return bytes_of(text, sqlite3_column_bytes(statement_, index));
}
std::string_view Statement::column_blob(int index) const {
  const void* blob = sqlite3_column_blob(statement_, index);
  return bytes_of(blob, sqlite3_column_bytes(statement_, index));
}

base::Result<Transaction> Transaction::begin(Database& database) {
  // IMMEDIATE: the wait for another writer happens here, not in the middle of the transaction.
  const base::Status begun = database.run("BEGIN IMMEDIATE");
  if (!begun) return begun.error();
  return Transaction(database);
}

Transaction::~Transaction() {
  if (database_) (void)database_->run("ROLLBACK");
}

base::Status Transaction::commit() {
  base::Status done = database_->run("COMMIT");
  if (done) database_ = nullptr;
  return done;
}

}  // namespace aurochs::sqlite
