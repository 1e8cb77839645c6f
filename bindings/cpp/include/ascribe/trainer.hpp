/// @file
/// Training step by step.
#ifndef ASCRIBE_TRAINER_HPP
#define ASCRIBE_TRAINER_HPP

#include <ascribe.h>

#include <cstdint>

#include "context.hpp"
#include "dataset.hpp"
#include "detail.hpp"
#include "model.hpp"
#include "training.hpp"
#include "watch.hpp"

namespace ascribe {

/// A training that goes on in steps, of a copy of the model it was made with.
class Trainer : public detail::Owned<Trainer, ascribe_trainer, ascribe_trainer_free> {
 public:
  /// Begins where `model` is.
  Trainer(const Model &model, const Dataset &data, const TrainingOptions &options = {}, const Context &context = {})
      : Owned(detail::create<ascribe_trainer>([&](ascribe_trainer **trainer, ascribe_error **error) {
          const auto c = detail::to_c(options);
          return ascribe_trainer_new(context.get(), model.get(), data.get(), &c, trainer, error);
        })) {}

  /// Does at most so many steps: batches, or steps of minimizing.
  void step(std::uint64_t steps = 1, const Watch &watch = {}) {
    detail::check_watched(watch, [&](const ascribe_watch *watching, ascribe_error **error) {
      return ascribe_trainer_step(get(), steps, watching, error);
    });
  }
  /// Goes on to the end.
  void run(const Watch &watch = {}) {
    detail::check_watched(watch, [&](const ascribe_watch *watching, ascribe_error **error) {
      return ascribe_trainer_run(get(), watching, error);
    });
  }
  /// How it went so far.
  Training training() const {
    return detail::training([&](ascribe_training *training, ascribe_error **error) {
      return ascribe_trainer_training(get(), training, error);
    });
  }
  /// The model as it is now, with its data and ledger.
  Model model() const {
    return Model::adopt(detail::create<ascribe_model>(
        [&](ascribe_model **model, ascribe_error **error) { return ascribe_trainer_model(get(), model, error); }));
  }

 private:
  friend Owned;
  using Owned::Owned;
};

}  // namespace ascribe

#endif
