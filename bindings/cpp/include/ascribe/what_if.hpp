/// @file
/// Changes of a training set and what they would change.
#ifndef ASCRIBE_WHAT_IF_HPP
#define ASCRIBE_WHAT_IF_HPP

#include <ascribe.h>

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "dataset.hpp"
#include "detail.hpp"

namespace ascribe {

/// A change of a training set. The dataset it names has to live as long as the call it is given to.
class Change {
 public:
  /// Removes an example.
  static Change remove(std::uint64_t example) { return Change({ASCRIBE_CHANGE_REMOVE, example, 0, nullptr, 0}); }
  /// Counts an example `weight` times.
  static Change reweight(std::uint64_t example, double weight) {
    return Change({ASCRIBE_CHANGE_REWEIGHT, example, weight, nullptr, 0});
  }
  /// Replaces an example by row `row` of `with`.
  static Change replace(std::uint64_t example, const Dataset &with, std::uint64_t row) {
    return Change({ASCRIBE_CHANGE_REPLACE, example, 1, with.get(), row});
  }
  /// Adds row `row` of `with` as an example.
  static Change add(const Dataset &with, std::uint64_t row, double weight = 1) {
    return Change({ASCRIBE_CHANGE_ADD, 0, weight, with.get(), row});
  }

  /// The struct that C takes.
  const ascribe_change &get() const noexcept { return change_; }

 private:
  explicit Change(const ascribe_change &change) noexcept : change_(change) {}
  ascribe_change change_;
};

/// Levels of refinement, each more exact and more expensive than the one before.
enum class Level : std::int32_t {
  first_order = ASCRIBE_LEVEL_FIRST_ORDER,    ///< By the gradient of the functional.
  second_order = ASCRIBE_LEVEL_SECOND_ORDER,  ///< With the change of curvature, to first order.
  leverage = ASCRIBE_LEVEL_LEVERAGE,          ///< Corrected by leverage.
  newton = ASCRIBE_LEVEL_NEWTON,              ///< One step with the changed curvature, the functional computed there.
  retrained = ASCRIBE_LEVEL_RETRAINED         ///< Trained again to the optimum.
};

/// Options of `Influence::what_if`.
struct WhatIfOptions {
  /// The last level that is computed.
  Level until = static_cast<Level>(detail::defaults<ascribe_what_if_options>().until);
  /// The estimated error at which further levels are left out; 0: none is.
  double tolerance = detail::defaults<ascribe_what_if_options>().tolerance;
  /// The max-norm of the gradient at which training again ends.
  double gradient = detail::defaults<ascribe_what_if_options>().gradient;
  /// The most steps of training again.
  std::int64_t iterations = detail::defaults<ascribe_what_if_options>().iterations;
};

/// What a change of the training set would change, level by level.
class WhatIf : public detail::Owned<WhatIf, ascribe_what_if, ascribe_what_if_free> {
 public:
  /// One level of the result.
  struct Step {
    Level level;                  ///< Which level it is.
    std::vector<double> changes;  ///< The change of the functional, for each query.
    std::vector<double> errors;   ///< An estimate of its error, for each query; NaN where there is none.
  };

  /// The number of queries.
  std::size_t queries() const noexcept { return ascribe_what_if_queries(get()); }
  /// How many levels were computed.
  std::size_t levels() const noexcept { return ascribe_what_if_levels(get()); }
  /// Whether the tolerance was met; true if none was given.
  bool reached() const noexcept { return ascribe_what_if_reached(get()) != 0; }
  /// The functional of each query before the change.
  std::vector<double> before() const {
    std::vector<double> values(queries());
    detail::check([&](ascribe_error **error) {
      return ascribe_what_if_before(get(), values.data(), values.size(), error);
    });
    return values;
  }
  /// The result at one of the levels that were computed.
  Step level(std::size_t place) const {
    std::int32_t level = 0;
    std::vector<double> changes(queries());
    std::vector<double> errors(queries());
    detail::check([&](ascribe_error **error) {
      return ascribe_what_if_level(get(), place, &level, changes.data(), errors.data(), changes.size(), error);
    });
    return {static_cast<Level>(level), std::move(changes), std::move(errors)};
  }
  /// The results at all the levels that were computed, in their order.
  std::vector<Step> steps() const {
    std::vector<Step> steps;
    for (std::size_t place = 0; place < levels(); ++place) steps.push_back(level(place));
    return steps;
  }
  /// The parameters at a level: as many numbers as `Model::dimension` says.
  std::vector<double> parameters(std::size_t place, std::size_t dimension) const {
    std::vector<double> values(dimension);
    detail::check([&](ascribe_error **error) {
      return ascribe_what_if_parameters(get(), place, values.data(), values.size(), error);
    });
    return values;
  }

 private:
  friend Owned;
  using Owned::Owned;
};

}  // namespace ascribe

#endif
