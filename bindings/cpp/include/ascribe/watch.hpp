/// @file
/// Progress of long calls and their early end.
#ifndef ASCRIBE_WATCH_HPP
#define ASCRIBE_WATCH_HPP

#include <ascribe.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <string_view>
#include <type_traits>
#include <utility>

#include "context.hpp"
#include "detail.hpp"

namespace ascribe {

/// How far a long call has come.
struct Progress {
  std::string_view phase;   ///< "training", "minimizing", "solving", "scoring", "retraining", ...
  std::uint64_t done = 0;   ///< Steps done in this phase.
  std::uint64_t total = 0;  ///< Steps of this phase; 0 if that is not known.
  double value = 0;         ///< A loss, an objective or a residual; NaN where there is none.
  double quality = 0;       ///< Of an evaluation; NaN where there is none.
};

/// Monitors a long call: a progress callback that returns whether to go on, a `Cancel`, both or neither. A call takes a
/// lambda or a `Cancel` in its place:
///
///     model.fit(data, options, [](const ascribe::Progress &p) { return p.done < 1000; });
///
/// A call that is stopped throws `Error` with `Code::canceled`; an exception of the callback is rethrown unchanged.
struct Watch {
  /// Neither.
  Watch() = default;
  /// A progress callback: it returns whether to go on, or nothing, which always goes on.
  template <class Function, class = std::enable_if_t<std::is_invocable_v<Function &, const Progress &> &&
                                                     !std::is_same_v<std::decay_t<Function>, Watch>>>
  Watch(Function &&function) {
    if constexpr (std::is_void_v<std::invoke_result_t<Function &, const Progress &>>) {
      progress = [f = std::forward<Function>(function)](const Progress &event) mutable {
        f(event);
        return true;
      };
    } else {
      progress = std::forward<Function>(function);
    }
  }
  /// A flag, which has to live as long as the call.
  Watch(const Cancel &flag) : cancel(&flag) {}
  /// Both.
  template <class Function>
  Watch(Function &&function, const Cancel &flag) : Watch(std::forward<Function>(function)) {
    cancel = &flag;
  }

  /// The progress callback; returns whether to go on.
  std::function<bool(const Progress &)> progress;
  /// Stops the call when it is raised.
  const Cancel *cancel = nullptr;
};

namespace detail {

/// A `Watch` during one call: what C is given, and the exception that waits until C has returned.
class Watching {
 public:
  explicit Watching(const Watch &watch) : watch_(watch), c_(initial<ascribe_watch>()) {
    if (watch.progress) {
      c_.progress = forward;
      c_.progress_data = this;
    }
    if (watch.cancel != nullptr) c_.cancel = watch.cancel->get();
  }
  Watching(const Watching &) = delete;
  Watching &operator=(const Watching &) = delete;

  const ascribe_watch *get() const noexcept { return &c_; }

  /// Throws what the callback threw, else what the status says.
  void finish(ascribe_status status, ascribe_error *error) const {
    if (thrown_) {
      ascribe_error_free(error);
      std::rethrow_exception(thrown_);
    }
    if (status != ASCRIBE_OK) raise(status, error);
  }

 private:
  static std::int32_t forward(const ascribe_progress *event, void *data) noexcept {
    auto &self = *static_cast<Watching *>(data);
    if (self.thrown_) return 1;
    try {
      ascribe_progress known{};  // an older library may have fewer fields
      std::memcpy(&known, event, std::min(event->struct_size, sizeof known));
      const Progress progress{known.phase == nullptr ? std::string_view() : std::string_view(known.phase), known.done,
                              known.total, known.value, known.quality};
      return self.watch_.progress(progress) ? 0 : 1;
    } catch (...) {
      self.thrown_ = std::current_exception();
      return 1;
    }
  }

  const Watch &watch_;
  ascribe_watch c_;
  std::exception_ptr thrown_;
};

/// Makes a call with a watch, `call(const ascribe_watch *, ascribe_error **) -> ascribe_status`.
template <class Call>
void check_watched(const Watch &watch, Call &&call) {
  check_abi();
  Watching watching(watch);
  ascribe_error *error = nullptr;
  const ascribe_status status = call(watching.get(), &error);
  watching.finish(status, error);
}

/// Makes a watched call that creates a handle; it is freed should the callback have thrown all the same.
template <class T, auto free, class Call>
T *create_watched(const Watch &watch, Call &&call) {
  std::unique_ptr<T, Free<free>> result;
  check_watched(watch, [&](const ascribe_watch *watching, ascribe_error **error) {
    T *handle = nullptr;
    const ascribe_status status = call(watching, &handle, error);
    result.reset(handle);
    return status;
  });
  return result.release();
}

}  // namespace detail
}  // namespace ascribe

#endif
