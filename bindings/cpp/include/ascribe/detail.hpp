/// @file
/// How the wrappers are made. Nothing in `ascribe::detail` is meant to be used from outside.
#ifndef ASCRIBE_DETAIL_HPP
#define ASCRIBE_DETAIL_HPP

#include <ascribe.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "error.hpp"

namespace ascribe {
namespace detail {

/// A deleter without state.
template <auto free>
struct Free {
  template <class T>
  void operator()(T *handle) const noexcept { free(handle); }
};

/// A handle with its end; the base of every class that is one.
template <class Wrapper, class T, auto free>
class Owned {
 public:
  /// The type behind the C handle.
  using Handle = T;
  /// The C handle; null once moved from.
  T *get() noexcept { return handle_.get(); }
  /// The C handle, for calls that do not change it.
  const T *get() const noexcept { return handle_.get(); }
  /// Hands the C handle over: from now on the caller frees it.
  T *release() noexcept { return handle_.release(); }
  /// Takes a C handle over: from now on the object frees it.
  static Wrapper adopt(T *handle) noexcept { return Wrapper(handle); }
  /// Whether there is a handle: false once moved from or released.
  explicit operator bool() const noexcept { return handle_ != nullptr; }

 protected:
  explicit Owned(T *handle) noexcept : handle_(handle) {}
  Owned(Owned &&) noexcept = default;
  Owned &operator=(Owned &&) noexcept = default;
  ~Owned() = default;

 private:
  std::unique_ptr<T, Free<free>> handle_;
};

/// Throws what a status and its error object say.
[[noreturn]] inline void raise(ascribe_status status, ascribe_error *raw) {
  const std::unique_ptr<ascribe_error, Free<ascribe_error_free>> error(raw);
  const std::string message = ascribe_error_message(error.get());
  throw Error(static_cast<Code>(status), message.empty() ? ascribe_status_name(status) : message);
}

/// Makes a call, `function(arguments..., ascribe_error **)`, and throws if it fails.
template <class Function, class... Arguments>
void call(Function function, Arguments... arguments) {
  check_abi();
  ascribe_error *error = nullptr;
  const ascribe_status status = function(arguments..., &error);
  if (status != ASCRIBE_OK) raise(status, error);
}

/// Makes a call that creates a handle, `function(arguments..., T **, ascribe_error **)`.
template <class T, class Function, class... Arguments>
T *create(Function function, Arguments... arguments) {
  T *handle = nullptr;
  call(function, arguments..., &handle);
  return handle;
}

/// As `create`, in the class that owns such handles.
template <class Wrapper, class Function, class... Arguments>
Wrapper make(Function function, Arguments... arguments) {
  return Wrapper::adopt(create<typename Wrapper::Handle>(function, arguments...));
}

/// The `count` results of a call, `function(arguments..., T *, size_t capacity, ascribe_error **)`.
template <class T, class Function, class... Arguments>
std::vector<T> values(std::size_t count, Function function, Arguments... arguments) {
  std::vector<T> result(count);
  call(function, arguments..., result.data(), result.size());
  return result;
}

/// The text of a call in two parts, `function(arguments..., char *, size_t capacity, size_t *length, ascribe_error
/// **)`.
template <class Function, class... Arguments>
std::string text(Function function, Arguments... arguments) {
  std::size_t length = 0;
  call(function, arguments..., static_cast<char *>(nullptr), std::size_t{0}, &length);
  std::string result(length + length / 2 + 1, '\0');  // for one that grows meanwhile, through calls on other threads
  call(function, arguments..., result.data(), result.size(), &length);
  result.resize(length);
  return result;
}

/// The sizes of a call in two parts, `function(arguments..., int64_t *, size_t capacity, size_t *rank, ascribe_error
/// **)`.
template <class Function, class... Arguments>
std::vector<std::int64_t> sizes(Function function, Arguments... arguments) {
  std::size_t rank = 0;
  call(function, arguments..., static_cast<std::int64_t *>(nullptr), std::size_t{0}, &rank);
  std::vector<std::int64_t> result(rank);
  if (rank > 0) call(function, arguments..., result.data(), result.size(), &rank);
  return result;
}

/// A struct that a call fills as far as both know its fields, `function(arguments..., T *, ascribe_error **)`.
template <class T, class Function, class... Arguments>
T filled(Function function, Arguments... arguments) {
  T result{};
  result.struct_size = sizeof(T);
  call(function, arguments..., &result);
  return result;
}

/// A string for C, which ends at the first NUL: there must be none within.
inline const char *c_string(const std::string &string, const char *what) {
  if (string.find('\0') != std::string::npos) {
    throw Error(Code::invalid_argument, std::string(what) + " contains a NUL character: leave it out");
  }
  return string.c_str();
}

/// As `c_string`, with null for an empty one.
inline const char *optional_c_string(const std::string &string, const char *what) {
  return string.empty() ? nullptr : c_string(string, what);
}

/// The name of a functional for C; null, the first there is, for an empty one.
inline const char *functional_name(const std::string &functional) {
  return optional_c_string(functional, "the name of a functional");
}

}  // namespace detail
}  // namespace ascribe

#endif
