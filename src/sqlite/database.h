// SPDX-License-Identifier: Apache-2.0
// Database, Statement, Transaction: the thin wall around SQLite; its header is included by database.cpp only.
// Our own files are WAL with synchronous=NORMAL: a crash of the program loses nothing, one of the host at most
// the newest transactions, never the file. Foreign files are opened read-only and immutable: no lock, no -wal or
// -shm beside them, and what still lies in their -wal is not seen. Errors name the path, the action and SQLite's
// reason. One thread at a time for a Database with its statements, which must not outlive it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace aurochs::sqlite {

enum class Open : uint8_t { create, foreign };

class Statement {
 public:
  Statement(Statement&& o) noexcept;
  Statement& operator=(Statement&& o) noexcept;
  ~Statement();

  // Parameters count from 1. A binding that fails is reported by the next step().
  void bind(int index, int64_t value);
  void bind_text(int index, std::string_view text);
  void bind_blob(int index, std::string_view bytes);
  void bind_null(int index);

  /// True: a row is there. False: done; the statement is reset and its bindings are kept.
  base::Result<bool> step();
  /// For a statement without rows.
  base::Status run();
  void reset();

  // Columns count from 0; views live until the next step() or reset().
  int64_t column(int index) const;
  std::string_view column_text(int index) const;
  std::string_view column_blob(int index) const;
  bool column_is_null(int index) const;

 private:
  friend class Database;
  Statement(sqlite3_stmt* statement, std::string path) : statement_(statement), path_(std::move(path)) {}
  void remember(int code);

  sqlite3_stmt* statement_ = nullptr;
  std::string path_;
  int bind_code_ = 0;
};

class Database {
 public:
  static base::Result<Database> open(const std::string& path, Open mode);
  Database(Database&& o) noexcept;
  Database& operator=(Database&& o) noexcept;
  ~Database();

  /// One or more statements without parameters and rows.
  base::Status run(const char* sql);
  base::Result<Statement> prepare(std::string_view sql);
  int64_t last_row_id() const;
  int64_t changed_rows() const;  ///< by the newest INSERT, UPDATE or DELETE
  const std::string& path() const { return path_; }

 private:
  explicit Database(std::string path) : path_(std::move(path)) {}
  base::Error error(std::string_view action) const;

  sqlite3* database_ = nullptr;
  std::string path_;
};

/// Rolled back unless committed.
class Transaction {
 public:
  static base::Result<Transaction> begin(Database& database);
  Transaction(Transaction&& o) noexcept : database_(std::exchange(o.database_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  base::Status commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;
};

}  // namespace aurochs::sqlite
