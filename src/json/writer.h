// SPDX-License-Identifier: Apache-2.0
// Writer: JSON text into a growing buffer that is reused (RapidJSON's writer inside, its headers nowhere else).
// Always valid JSON: text that is not UTF-8 is repaired first (base::repair_utf8). One thread per Writer.
#pragma once
#include <cstdint>
#include <memory>
#include <string_view>

namespace aurochs::json {

class Writer {
 public:
  Writer();
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void clear();  ///< forgets the text, keeps the memory
  std::string_view text() const;
  void newline();

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view k);  ///< plain ASCII
  void string(std::string_view s);
  void bytes(std::string_view s);  ///< as string(), but a byte NN that is not UTF-8 as the lone surrogate \udcNN
  void number(uint64_t v);
  void integer(int64_t v);
  void real(double v);
  void boolean(bool v);
  void null();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace aurochs::json
