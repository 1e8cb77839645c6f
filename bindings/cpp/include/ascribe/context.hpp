/// @file
/// What calls run in: threads, seed and log.
#ifndef ASCRIBE_CONTEXT_HPP
#define ASCRIBE_CONTEXT_HPP

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "detail.hpp"

namespace ascribe {

namespace detail {

using Log = std::function<void(std::string_view, std::string_view, std::string_view)>;

/// The library's own settings of a context, fetched once.
inline const ascribe_context_options &context_defaults() {
  static const ascribe_context_options options = [] {
    check_abi();
    ascribe_context_options initial{};
    ascribe_context_options_init(&initial, sizeof initial);
    return initial;
  }();
  return options;
}

}  // namespace detail

/// The settings of a `Context`.
struct ContextOptions {
  /// How many threads compute. Results are the same bytes for any number.
  std::int64_t threads = detail::context_defaults().threads;
  /// What every random number is drawn from where no seed of its own is given.
  std::uint64_t seed = detail::context_defaults().seed;
  /// Receives the log; nothing is logged without. The level is a word, the target the part of the library. It is called
  /// on the thread that made the call, and at the same time from several where several use the context. It lives as
  /// long as the context and everything made with it. What it throws is swallowed: a log line is no reason to stop.
  std::function<void(std::string_view level, std::string_view target, std::string_view message)> log{};
  /// The least important level that is still reported: "error", "warning", "info" or "debug"; empty: the library's
  /// choice.
  std::string log_level{};
};

namespace detail {

inline void log_line(const char *level, const char *target, const char *message, void *data) noexcept {
  try {
    (*static_cast<const Log *>(data))(level, target, message);
  } catch (...) {
    // A line that cannot be written is lost; the call goes on.
  }
}

inline void log_free(void *data) noexcept { delete static_cast<Log *>(data); }

inline ascribe_context *new_context(const ContextOptions &options) {
  ascribe_context_options c = context_defaults();
  c.threads = options.threads;
  c.seed = options.seed;
  c.log_level = optional_c_string(options.log_level, "the level of the log");
  auto log = options.log ? std::make_unique<Log>(options.log) : nullptr;
  if (log) {
    c.log = log_line;
    c.log_free = log_free;
  }
  check_abi();
  c.log_data = log.release();  // the library's from here on, also if it fails
  return create<ascribe_context>(ascribe_context_new, &c);
}

}  // namespace detail

/// A pool of threads, a seed and a log. Everything made with a context shares it, so it may be destroyed at any time.
/// One made without options is the library's default and owns nothing: one thread, seed 42, no log.
class Context : public detail::Owned<Context, ascribe_context, ascribe_context_free> {
 public:
  /// The default context.
  Context() noexcept : Owned(nullptr) {}
  /// A context with these settings.
  /// @throws Error `Code::invalid_argument` for a number of threads below one or an unknown level,
  /// `Code::out_of_resources` if the threads cannot be had.
  explicit Context(const ContextOptions &options) : Owned(detail::new_context(options)) {}

  /// How many threads compute.
  std::int64_t threads() const noexcept { return ascribe_context_threads(get()); }

 private:
  friend Owned;
  using Owned::Owned;
};

/// A flag that stops a long call from elsewhere: from another thread or a signal handler.
class Cancel : public detail::Owned<Cancel, ascribe_cancel, ascribe_cancel_free> {
 public:
  /// A flag that is not raised.
  Cancel() : Owned(detail::create<ascribe_cancel>(ascribe_cancel_new)) {}

  /// Raises the flag: calls that were given it throw `Code::canceled` soon. Safe from a signal handler.
  void request() const noexcept { ascribe_cancel_request(get()); }
  /// Lowers the flag.
  void reset() const noexcept { ascribe_cancel_reset(get()); }
  /// Whether the flag is raised.
  bool requested() const noexcept { return ascribe_cancel_requested(get()) != 0; }

 private:
  friend Owned;
  using Owned::Owned;
};

}  // namespace ascribe

#endif
