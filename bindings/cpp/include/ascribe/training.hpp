/// @file
/// How a model is trained, how that went, and what every example did to the rows it owns.
#ifndef ASCRIBE_TRAINING_HPP
#define ASCRIBE_TRAINING_HPP

#include <ascribe.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "detail.hpp"

namespace ascribe {

/// How parameters are moved.
enum class Method : std::int32_t {
  automatic = ASCRIBE_METHOD_AUTO,         ///< Triples and graphs: lazy Adam. Rows: minimized if convex, else Adam.
  sgd = ASCRIBE_METHOD_SGD,                ///< Stochastic gradient descent.
  adagrad = ASCRIBE_METHOD_ADAGRAD,        ///< Adagrad.
  adam = ASCRIBE_METHOD_ADAM,              ///< Adam that moves only the rows an example touches.
  adam_dense = ASCRIBE_METHOD_ADAM_DENSE,  ///< Adam as published, which moves everything at each step.
  minimize = ASCRIBE_METHOD_MINIMIZE       ///< Down to a gradient of `TrainingOptions::gradient`; rows and graphs.
};

/// How the learning rate changes with time.
enum class Schedule : std::int32_t {
  constant = ASCRIBE_SCHEDULE_CONSTANT,         ///< Not at all.
  linear = ASCRIBE_SCHEDULE_LINEAR,             ///< Along a line, down to zero at the end.
  exponential = ASCRIBE_SCHEDULE_EXPONENTIAL,   ///< By a factor each epoch.
  inverse_time = ASCRIBE_SCHEDULE_INVERSE_TIME  ///< As 1 / (1 + decay·time).
};

/// Which updates a ledger attributes to an example.
enum class AttributionRule : std::int32_t {
  momentum = ASCRIBE_ATTRIBUTION_MOMENTUM,  ///< What its gradients move, at once and later through momentum.
  step = ASCRIBE_ATTRIBUTION_STEP           ///< All movement in its own steps, as published.
};

/// Options of a training.
struct TrainingOptions {
  /// How parameters are moved.
  Method method = static_cast<Method>(detail::defaults<ascribe_training_options>().method);
  /// How the learning rate changes.
  Schedule schedule = static_cast<Schedule>(detail::defaults<ascribe_training_options>().schedule);
  /// Which movements the ledger says are an example's.
  AttributionRule attribution = static_cast<AttributionRule>(detail::defaults<ascribe_training_options>().attribution);
  /// The learning rate, of one example.
  double learning_rate = detail::defaults<ascribe_training_options>().learning_rate;
  /// The schedule's factor or decay.
  double schedule_value = detail::defaults<ascribe_training_options>().schedule_value;
  /// How often every example is seen.
  std::int64_t epochs = detail::defaults<ascribe_training_options>().epochs;
  /// How many examples move the parameters together; 0: what suits the kind of model.
  std::int64_t batch = detail::defaults<ascribe_training_options>().batch;
  /// Whether a ledger is kept, for rollback.
  bool track = detail::defaults<ascribe_training_options>().track != 0;
  /// After how many epochs the validation part is asked whether to stop; 0: never.
  std::int64_t stop_every = detail::defaults<ascribe_training_options>().stop_every;
  /// How often that may be no better than before.
  std::int64_t patience = detail::defaults<ascribe_training_options>().patience;
  /// The max-norm of the gradient at which minimizing ends.
  double gradient = detail::defaults<ascribe_training_options>().gradient;
  /// The most steps of minimizing.
  std::int64_t iterations = detail::defaults<ascribe_training_options>().iterations;
  /// Whether networks are minimized after the epochs.
  bool polish = detail::defaults<ascribe_training_options>().polish != 0;
  /// The seed of order and candidates; none: the model's.
  std::optional<std::int64_t> seed{};
};

/// How a training went.
struct Training {
  std::uint64_t steps;                     ///< Steps done.
  std::uint64_t epochs;                    ///< Epochs done.
  double loss;                             ///< Mean of the last epoch; NaN if there was none.
  double objective;                        ///< Where minimizing ended; NaN if nothing was minimized.
  double gradient;                         ///< The max-norm of the gradient there; NaN if nothing was minimized.
  bool converged;                          ///< Whether minimizing reached its tolerance.
  bool finished;                           ///< Whether nothing is left to do.
  std::optional<std::int64_t> best_epoch;  ///< The epoch that early stopping kept.
};

namespace detail {

inline ascribe_training_options to_c(const TrainingOptions &options) {
  auto c = initial<ascribe_training_options>();
  c.method = static_cast<std::int32_t>(options.method);
  c.schedule = static_cast<std::int32_t>(options.schedule);
  c.attribution = static_cast<std::int32_t>(options.attribution);
  c.learning_rate = options.learning_rate;
  c.schedule_value = options.schedule_value;
  c.epochs = options.epochs;
  c.batch = options.batch;
  c.track = options.track ? 1 : 0;
  c.stop_every = options.stop_every;
  c.patience = options.patience;
  c.gradient = options.gradient;
  c.iterations = options.iterations;
  c.polish = options.polish ? 1 : 0;
  if (options.seed) c.seed = *options.seed;
  return c;
}

/// Fetches how a training went, `call(ascribe_training *, ascribe_error **) -> ascribe_status`.
template <class Call>
Training training(Call &&call) {
  auto c = receiving<ascribe_training>();
  c.best_epoch = -1;
  check([&](ascribe_error **error) { return call(&c, error); });
  const auto best = c.best_epoch < 0 ? std::nullopt : std::optional<std::int64_t>(c.best_epoch);
  return {c.steps, c.epochs, c.loss, c.objective, c.gradient, c.converged != 0, c.finished != 0, best};
}

}  // namespace detail

/// What training on each example did to the rows it owns. It is a snapshot, independent of the model it came from.
class Ledger : public detail::Owned<Ledger, ascribe_ledger, ascribe_ledger_free> {
 public:
  /// A row that an example owns.
  struct Slot {
    std::size_t parameter;  ///< The parameter by its number.
    std::uint64_t row;      ///< The row of it.
    std::size_t width;      ///< How many numbers the row has.
  };

  /// How many examples there are.
  std::size_t examples() const noexcept { return ascribe_ledger_examples(get()); }
  /// How many rows an example owns.
  std::size_t slots(std::uint64_t example) const noexcept { return ascribe_ledger_slots(get(), example); }
  /// One of the rows an example owns.
  Slot slot(std::uint64_t example, std::size_t slot) const {
    Slot result{};
    detail::check([&](ascribe_error **error) {
      return ascribe_ledger_slot(get(), example, slot, &result.parameter, &result.row, &result.width, error);
    });
    return result;
  }
  /// How far the example has moved that row.
  std::vector<double> change(std::uint64_t example, std::size_t slot) const {
    std::vector<double> values(this->slot(example, slot).width);
    detail::check([&](ascribe_error **error) {
      return ascribe_ledger_change(get(), example, slot, values.data(), values.size(), error);
    });
    return values;
  }
  /// By how much a parameter of `size` numbers was moved by updates that no example owns.
  std::vector<double> remainder(std::size_t parameter, std::size_t size) const {
    std::vector<double> values(size);
    detail::check([&](ascribe_error **error) {
      return ascribe_ledger_remainder(get(), parameter, values.data(), values.size(), error);
    });
    return values;
  }

 private:
  friend Owned;
  using Owned::Owned;
};

}  // namespace ascribe

#endif
