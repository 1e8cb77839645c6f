/// @file
/// Errors with codes, and the version of the library.
#ifndef ASCRIBE_ERROR_HPP
#define ASCRIBE_ERROR_HPP

#include <ascribe.h>

#include <cstdint>
#include <stdexcept>
#include <string>

namespace ascribe {

/// What kind of failure it was; what a program would branch on. The numbers are those of `ascribe.h` and never change.
enum class Code : ascribe_status {
  invalid_argument = ASCRIBE_INVALID_ARGUMENT,  ///< An argument cannot be what it is.
  shape = ASCRIBE_SHAPE,                        ///< The shapes of values of a graph do not fit.
  canceled = ASCRIBE_CANCELED,                  ///< A callback or a `Cancel` stopped the call.
  io = ASCRIBE_IO,                              ///< A file could not be read or written.
  format = ASCRIBE_FORMAT,                      ///< A file does not hold what it should.
  wrong_version = ASCRIBE_WRONG_VERSION,        ///< A file or the library is of a version that does not fit.
  not_converged = ASCRIBE_NOT_CONVERGED,        ///< An iteration or a training diverged.
  not_finite = ASCRIBE_NOT_FINITE,              ///< A NaN or an infinite value where there must be none.
  unsupported = ASCRIBE_UNSUPPORTED,            ///< Not available for this model, data or handle.
  out_of_resources = ASCRIBE_OUT_OF_RESOURCES,  ///< Memory or threads ran out.
  invalid_handle = ASCRIBE_INVALID_HANDLE,      ///< Not a live handle of this type.
  internal = ASCRIBE_INTERNAL,                  ///< A fault of the library, or an object poisoned by one.
  not_found = ASCRIBE_NOT_FOUND,                ///< A name or an id that is not known.
  not_stationary = ASCRIBE_NOT_STATIONARY,      ///< The model is not at a minimum, which the call requires.
  curvature = ASCRIBE_CURVATURE                 ///< The curvature is indefinite or singular.
};

/// The name of a code in words, such as "invalid argument".
inline std::string name(Code code) { return ascribe_status_name(static_cast<ascribe_status>(code)); }

/// What every failing call throws.
class Error : public std::runtime_error {
 public:
  /// An error with a code and a sentence that says what was found and what was expected.
  Error(Code code, const std::string &message) : std::runtime_error(message), code_(code) {}

  /// The kind of failure.
  Code code() const noexcept { return code_; }

 private:
  Code code_;
};

/// The version of the library that is loaded, such as "0.1.0".
inline std::string version() { return ascribe_version(); }

/// The number of the binary interface of the library that is loaded. The first call of any kind compares it with the
/// headers this program was compiled with and throws `Error` (`Code::wrong_version`) where they differ.
inline std::uint32_t abi_version() { return ascribe_abi_version(); }

namespace detail {

/// Throws unless headers and library have the same binary interface; the message says which one is older.
inline void compare_abi(std::uint32_t headers, std::uint32_t library, const std::string &library_version) {
  if (headers == library) return;
  throw Error(Code::wrong_version,
              "this program was compiled with headers of binary interface " + std::to_string(headers) +
                  ", but the library that is loaded, version " + library_version + ", has " + std::to_string(library) +
                  ": update the " + (headers < library ? "headers and compile again" : "library"));
}

/// Compares once, before the first call.
inline void check_abi() {
  static const bool same = ascribe_abi_version() == ASCRIBE_ABI_VERSION;
  if (!same) compare_abi(ASCRIBE_ABI_VERSION, ascribe_abi_version(), ascribe_version());
}

}  // namespace detail
}  // namespace ascribe

#endif
