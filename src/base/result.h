// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error. For what may fail outside the line (files, sockets, configuration).
// The rooms of the line do not use it: damage in data is data there.
// An Error goes up unchanged, gains at most a phrase of context, and is printed once, by daemon or cli.
#pragma once
#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace aurochs::base {

struct Error {
  int code = 0;         ///< errno of the cause, 0 where there is none
  std::string message;  ///< object, reason, and what to do; no trailing newline
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : v_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : v_(std::in_place_index<1>, std::move(error)) {}
  explicit operator bool() const { return v_.index() == 0; }
  T& operator*() { return *std::get_if<0>(&v_); }
  const T& operator*() const { return *std::get_if<0>(&v_); }
  T* operator->() { return std::get_if<0>(&v_); }
  const T* operator->() const { return std::get_if<0>(&v_); }
  const Error& error() const { return *std::get_if<1>(&v_); }

 private:
  std::variant<T, Error> v_;
};

struct Ok {};
using Status = Result<Ok>;

}  // namespace aurochs::base
