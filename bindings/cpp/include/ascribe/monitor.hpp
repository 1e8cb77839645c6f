/// @file
/// Progress of long calls and their early end.
#ifndef ASCRIBE_MONITOR_HPP
#define ASCRIBE_MONITOR_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <functional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

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
struct Monitor {
  /// Neither.
  Monitor() = default;
  /// A progress callback: it returns whether to go on, or nothing, which always goes on.
  template <class Function, class = std::enable_if_t<std::is_invocable_v<Function &, const Progress &> &&
                                                     !std::is_same_v<std::decay_t<Function>, Monitor>>>
  Monitor(Function &&function) {
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
  Monitor(const Cancel &flag) : cancel(&flag) {}
  /// Both.
  template <class Function>
  Monitor(Function &&function, const Cancel &flag) : Monitor(std::forward<Function>(function)) { cancel = &flag; }

  /// The progress callback; returns whether to go on.
  std::function<bool(const Progress &)> progress;
  /// Stops the call when it is raised.
  const Cancel *cancel = nullptr;
};

namespace detail {

/// A `Monitor` during one call: what C is given, and the exception that waits until C has returned.
class Monitored {
 public:
  explicit Monitored(const Monitor &monitor) : monitor_(monitor) {
    ascribe_monitor_init(&c_, sizeof c_);
    if (monitor.progress) {
      c_.progress = forward;
      c_.progress_data = this;
    }
    if (monitor.cancel != nullptr) c_.cancel = monitor.cancel->get();
  }
  Monitored(const Monitored &) = delete;
  Monitored &operator=(const Monitored &) = delete;

  const ascribe_monitor *get() const noexcept { return &c_; }

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
    auto &self = *static_cast<Monitored *>(data);
    if (self.thrown_) return 1;
    try {
      ascribe_progress known{};  // an older library may have fewer fields
      std::memcpy(&known, event, std::min(event->struct_size, sizeof known));
      const Progress progress{known.phase == nullptr ? std::string_view() : std::string_view(known.phase), known.done,
                              known.total, known.value, known.quality};
      return self.monitor_.progress(progress) ? 0 : 1;
    } catch (...) {
      self.thrown_ = std::current_exception();
      return 1;
    }
  }

  const Monitor &monitor_;
  ascribe_monitor c_{};
  std::exception_ptr thrown_;
};

/// Makes a monitored call, `call(const ascribe_monitor *, ascribe_error **) -> ascribe_status`.
template <class Call>
void call_monitored(const Monitor &monitor, Call &&call) {
  check_abi();
  Monitored monitored(monitor);
  ascribe_error *error = nullptr;
  const ascribe_status status = call(monitored.get(), &error);
  monitored.finish(status, error);
}

/// Makes a monitored call that creates a handle, `function(arguments..., const ascribe_monitor *, T **, ascribe_error
/// **)`. The handle is freed should the callback have thrown all the same.
template <class Wrapper, class Function, class... Arguments>
Wrapper make_monitored(const Monitor &monitor, Function function, Arguments... arguments) {
  Wrapper result = Wrapper::adopt(nullptr);
  call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
    typename Wrapper::Handle *handle = nullptr;
    const ascribe_status status = function(arguments..., monitored, &handle, error);
    result = Wrapper::adopt(handle);
    return status;
  });
  return result;
}

/// The `count` results of a monitored call, `function(arguments..., const ascribe_monitor *, double *, size_t capacity,
/// ascribe_error **)`.
template <class Function, class... Arguments>
std::vector<double> values_monitored(std::size_t count, const Monitor &monitor, Function function,
                                     Arguments... arguments) {
  std::vector<double> result(count);
  call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
    return function(arguments..., monitored, result.data(), result.size(), error);
  });
  return result;
}

}  // namespace detail
}  // namespace ascribe

#endif
