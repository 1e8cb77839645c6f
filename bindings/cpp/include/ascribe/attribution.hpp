/// @file
/// The answers of a method: scores of training examples, and what a change of the training set would change.
#ifndef ASCRIBE_ATTRIBUTION_HPP
#define ASCRIBE_ATTRIBUTION_HPP

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dataset.hpp"
#include "detail.hpp"

namespace ascribe {

/// The score of an example: `for (auto [example, score] : attribution.top(5))`.
struct Score {
  std::uint64_t example;  ///< The example by its number in the training data.
  double score;           ///< Its score, in the unit of the attribution.
};

/// How well the linear system behind the scores of a query was solved; its fields are in `ascribe.h`.
using Certificate = ascribe_certificate;

/// Scores of training examples for each query.
class Attribution : public detail::Owned<Attribution, ascribe_attribution, ascribe_attribution_free> {
 public:
  /// The number of queries.
  std::size_t queries() const noexcept { return ascribe_attribution_queries(get()); }
  /// How many examples have a score for a query.
  std::size_t size(std::size_t query = 0) const noexcept { return ascribe_attribution_len(get(), query); }
  /// What a score is: "removal", the predicted change of the functional if the example were removed and the model
  /// trained again, or another quantity in words.
  std::string unit() const { return detail::text(ascribe_attribution_unit, get()); }
  /// The functional of a query, by the model as it is.
  double value(std::size_t query = 0) const {
    double value = 0;
    detail::call(ascribe_attribution_value, get(), query, &value);
    return value;
  }
  /// All scores for a query, ascending by example.
  std::vector<Score> scores(std::size_t query = 0) const {
    std::vector<std::uint64_t> examples(size(query));
    std::vector<double> values(examples.size());
    detail::call(ascribe_attribution_copy, get(), query, examples.data(), values.data(), examples.size());
    return zip(examples, values, examples.size());
  }
  /// The first `count` scores for a query: the "largest" by absolute value, the "positive" ones, the highest first, or
  /// the "negative" ones, the lowest first. Of equal scores the lower example comes first.
  std::vector<Score> top(std::size_t count, const std::string &order = {}, std::size_t query = 0) const {
    std::vector<std::uint64_t> examples(std::min(count, size(query)));
    std::vector<double> values(examples.size());
    std::size_t found = 0;
    detail::call(ascribe_attribution_top, get(), query, detail::optional_c_string(order, "the order"), examples.data(),
                 values.data(), examples.size(), &found);
    return zip(examples, values, found);
  }
  /// By how many times the derivative of a query's functional grew, at its longest, on its way back through the
  /// training; nothing for other methods than "replay". Up to about 2 scores predict removal; to 5 they rank examples,
  /// and their sizes may be off; to 50 they may be far off, so compare with `retraining_changes`; above that the
  /// training is chaotic, and no derivative predicts removal.
  std::optional<double> growth(std::size_t query = 0) const {
    double growth = 0;
    detail::call(ascribe_attribution_growth, get(), query, &growth);
    return std::isnan(growth) ? std::nullopt : std::optional<double>(growth);
  }
  /// How heavy the upper tail of a query's scores is: the `count`-th largest less the median, over the robust spread Q_n;
  /// nothing where scores have no spread. With scores of "gas" the target of a training-set attack may stand out by it.
  std::optional<double> upper_tail(std::size_t query = 0, std::size_t count = 10) const {
    double tail = 0;
    detail::call(ascribe_attribution_upper_tail, get(), query, count, &tail);
    return std::isnan(tail) ? std::nullopt : std::optional<double>(tail);
  }
  /// How well the system behind the scores of a query was solved.
  /// @throws Error `Code::unsupported` for a method that solves no linear system.
  Certificate certificate(std::size_t query = 0) const {
    return detail::filled<Certificate>(ascribe_attribution_certificate, get(), query);
  }

 private:
  friend Owned;
  using Owned::Owned;

  static std::vector<Score> zip(const std::vector<std::uint64_t> &examples, const std::vector<double> &values,
                                std::size_t count) {
    std::vector<Score> scores;
    scores.reserve(count);
    for (std::size_t i = 0; i < count; ++i) scores.push_back({examples[i], values[i]});
    return scores;
  }
};

/// A change of a training set. The dataset it names has to live as long as the call it is given to.
class Change {
 public:
  /// Removes an example.
  static Change remove(std::uint64_t example) { return Change("remove", example, nullptr, 0, 0); }
  /// Counts an example `weight` times.
  static Change reweight(std::uint64_t example, double weight) {
    return Change("reweight", example, nullptr, 0, weight);
  }
  /// Replaces an example by row `row` of `data`.
  static Change replace(std::uint64_t example, const Dataset &data, std::uint64_t row) {
    return Change("replace", example, data.get(), row, 1);
  }
  /// Adds row `row` of `data` as an example.
  static Change add(const Dataset &data, std::uint64_t row, double weight = 1) {
    return Change("add", 0, data.get(), row, weight);
  }

  /// The struct that C takes.
  const ascribe_change &get() const noexcept { return change_; }

 private:
  Change(const char *kind, std::uint64_t example, const ascribe_dataset *data, std::uint64_t row,
         double weight) noexcept {
    change_.struct_size = sizeof change_;
    change_.kind = kind;
    change_.example = example;
    change_.data = data;
    change_.row = row;
    change_.weight = weight;
  }
  ascribe_change change_{};
};

/// What a change of the training set would change, level by level, each more exact and more expensive than the one
/// before.
class WhatIf : public detail::Owned<WhatIf, ascribe_what_if, ascribe_what_if_free> {
 public:
  /// One level of the result.
  struct Step {
    std::string level;            ///< Which level it is, such as "first-order", "newton" or "retrained".
    std::vector<double> changes;  ///< The change of the functional, for each query.
    std::vector<double> errors;   ///< An estimate of its error, for each query; NaN where there is none.
    double gradient_norm;         ///< The relative gradient of the changed objective there; NaN where it is not known.
    bool at_minimum;              ///< Whether that counts as a minimum.
  };

  /// The number of queries.
  std::size_t queries() const noexcept { return ascribe_what_if_queries(get()); }
  /// How many levels were computed.
  std::size_t levels() const noexcept { return ascribe_what_if_levels(get()); }
  /// Whether the target error was met; true if none was given.
  bool reached() const noexcept { return ascribe_what_if_reached(get()) != 0; }
  /// The functional of each query before the change.
  std::vector<double> before() const { return detail::values<double>(queries(), ascribe_what_if_before, get()); }
  /// The result at one of the levels that were computed.
  Step level(std::size_t place) const {
    Step step{detail::text(ascribe_what_if_level_name, get(), place), std::vector<double>(queries()),
              std::vector<double>(queries()), 0.0, false};
    std::int32_t at_minimum = 0;
    detail::call(ascribe_what_if_changes, get(), place, step.changes.data(), step.errors.data(), step.changes.size(),
                 &step.gradient_norm, &at_minimum);
    step.at_minimum = at_minimum != 0;
    return step;
  }
  /// The results at all the levels that were computed, in their order.
  std::vector<Step> steps() const {
    std::vector<Step> steps;
    for (std::size_t place = 0; place < levels(); ++place) steps.push_back(level(place));
    return steps;
  }
  /// The parameters at a level: as many numbers as `Model::dimension` says.
  std::vector<double> parameters(std::size_t place, std::size_t dimension) const {
    return detail::values<double>(dimension, ascribe_what_if_parameters, get(), place);
  }

 private:
  friend Owned;
  using Owned::Owned;
};

}  // namespace ascribe

#endif
