/// @file
/// How the wrappers are made. Nothing in `ascribe::detail` is meant to be used from outside.
#ifndef ASCRIBE_DETAIL_HPP
#define ASCRIBE_DETAIL_HPP

#include <ascribe.h>

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "error.hpp"

namespace ascribe {
namespace detail {

/// A deleter without state.
template <auto free>
struct Free {
  template <class T>
  void operator()(T *handle) const noexcept {
    free(handle);
  }
};

/// A handle with its end; the base of every class that is one.
template <class Wrapper, class T, auto free>
class Owned {
 public:
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

/// Makes a call, `call(ascribe_error **) -> ascribe_status`, and throws if it fails.
template <class Call>
void check(Call &&call) {
  check_abi();
  ascribe_error *error = nullptr;
  const ascribe_status status = call(&error);
  if (status != ASCRIBE_OK) raise(status, error);
}

/// Makes a call that creates a handle, `call(T **, ascribe_error **) -> ascribe_status`.
template <class T, class Call>
T *create(Call &&call) {
  T *handle = nullptr;
  check([&](ascribe_error **error) { return call(&handle, error); });
  return handle;
}

/// The text of a call in two parts, `call(char *, size_t capacity, size_t *length, ascribe_error **) ->
/// ascribe_status`.
template <class Call>
std::string text(Call &&call) {
  std::size_t length = 0;
  check([&](ascribe_error **error) { return call(static_cast<char *>(nullptr), std::size_t{0}, &length, error); });
  std::string result(length + 1, '\0');
  check([&](ascribe_error **error) { return call(result.data(), result.size(), &length, error); });
  result.resize(length);
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

/// A struct that the library fills, as far as both know its fields.
template <class T>
T receiving() {
  T result{};
  result.struct_size = sizeof(T);
  return result;
}

// One overload for each struct of options, so that the template below finds the function by the type.
inline void init(ascribe_context_options &o) { ascribe_context_options_init(&o, sizeof o); }
inline void init(ascribe_watch &o) { ascribe_watch_init(&o, sizeof o); }
inline void init(ascribe_triple_options &o) { ascribe_triple_options_init(&o, sizeof o); }
inline void init(ascribe_row_options &o) { ascribe_row_options_init(&o, sizeof o); }
inline void init(ascribe_graph_options &o) { ascribe_graph_options_init(&o, sizeof o); }
inline void init(ascribe_training_options &o) { ascribe_training_options_init(&o, sizeof o); }
inline void init(ascribe_table_options &o) { ascribe_table_options_init(&o, sizeof o); }
inline void init(ascribe_rollback_options &o) { ascribe_rollback_options_init(&o, sizeof o); }
inline void init(ascribe_influence_options &o) { ascribe_influence_options_init(&o, sizeof o); }
inline void init(ascribe_what_if_options &o) { ascribe_what_if_options_init(&o, sizeof o); }

/// A struct of options with the library's defaults.
template <class T>
T initial() {
  check_abi();
  T options{};
  init(options);
  return options;
}

/// The library's defaults, fetched once.
template <class T>
const T &defaults() {
  static const T options = initial<T>();
  return options;
}

}  // namespace detail

/// The precision a model computes in. Results are `double` in either.
enum class Precision : std::int32_t {
  f64 = ASCRIBE_F64,  ///< Eight bytes.
  f32 = ASCRIBE_F32   ///< Four bytes.
};

}  // namespace ascribe

#endif
