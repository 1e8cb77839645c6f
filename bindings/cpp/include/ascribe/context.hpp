/// @file
/// What calls run in: threads, seed and log.
#ifndef ASCRIBE_CONTEXT_HPP
#define ASCRIBE_CONTEXT_HPP

#include <ascribe.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "detail.hpp"

namespace ascribe {

/// The severity of a log message.
enum class LogLevel : std::int32_t {
  error = ASCRIBE_LOG_ERROR,      ///< Something failed.
  warning = ASCRIBE_LOG_WARNING,  ///< A result may be unreliable.
  info = ASCRIBE_LOG_INFO,        ///< What was done.
  debug = ASCRIBE_LOG_DEBUG       ///< How it was done.
};

/// Options of a `Context`.
struct ContextOptions {
  /// How many threads compute. Results are the same bytes for any number.
  std::int64_t threads = detail::defaults<ascribe_context_options>().threads;
  /// What every random number is drawn from where no seed of its own is given.
  std::uint64_t seed = detail::defaults<ascribe_context_options>().seed;
  /// Receives the log; nothing is logged without. It is called on the thread that made the call, and at the same time
  /// from several where several use the context. It lives as long as the context and everything made with it. What it
  /// throws is swallowed: a log line is no reason to stop.
  std::function<void(LogLevel level, std::string_view target, std::string_view message)> log{};
  /// The least important level that is still reported.
  LogLevel log_level = static_cast<LogLevel>(detail::defaults<ascribe_context_options>().log_level);
};

namespace detail {

using Log = std::function<void(LogLevel, std::string_view, std::string_view)>;

inline void log_line(std::int32_t level, const char *target, const char *message, void *data) noexcept {
  try {
    (*static_cast<const Log *>(data))(static_cast<LogLevel>(level), target, message);
  } catch (...) {
    // A line that cannot be written is lost; the call goes on.
  }
}

inline void log_free(void *data) noexcept { delete static_cast<Log *>(data); }

inline ascribe_context *new_context(const ContextOptions &options) {
  auto c = initial<ascribe_context_options>();
  c.threads = options.threads;
  c.seed = options.seed;
  c.log_level = static_cast<std::int32_t>(options.log_level);
  auto log = options.log ? std::make_unique<Log>(options.log) : nullptr;
  if (log) {
    c.log = log_line;
    c.log_free = log_free;
  }
  return create<ascribe_context>([&](ascribe_context **context, ascribe_error **error) {
    c.log_data = log.release();  // the library's from here on, also if it fails
    return ascribe_context_new(&c, context, error);
  });
}

}  // namespace detail

/// A pool of threads, a seed and a log. Everything made with a context shares it, so it may be destroyed at any time.
/// One made without options is the library's default and owns nothing: one thread, seed 42, no log.
class Context : public detail::Owned<Context, ascribe_context, ascribe_context_free> {
 public:
  /// The default context.
  Context() noexcept : Owned(nullptr) {}
  /// A context with these options.
  /// @throws Error `Code::invalid_argument` for a number of threads below one, `Code::out_of_resources` if they cannot
  /// be had.
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
  Cancel()
      : Owned(detail::create<ascribe_cancel>(
            [](ascribe_cancel **cancel, ascribe_error **error) { return ascribe_cancel_new(cancel, error); })) {}

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
