/// @file
/// Scores of training examples: which examples a prediction is due to.
#ifndef ASCRIBE_ATTRIBUTION_HPP
#define ASCRIBE_ATTRIBUTION_HPP

#include <ascribe.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "detail.hpp"

namespace ascribe {

/// What the functional would change by if an example were left out: `for (auto [example, score] : attribution.top(5))`.
struct Score {
  std::uint64_t example;  ///< The example by its number in the training data.
  double score;           ///< The predicted change.
};

/// Which examples come first.
enum class Order : std::int32_t {
  largest = ASCRIBE_ORDER_LARGEST,    ///< By the absolute value of the score.
  positive = ASCRIBE_ORDER_POSITIVE,  ///< Positive scores, largest first: the functional would rise without them.
  negative = ASCRIBE_ORDER_NEGATIVE   ///< Negative scores, most negative first: it would fall without them.
};

/// How well the linear system behind the scores of a query was solved.
struct Certificate {
  double residual;           ///< The norm of the residual.
  double relative_residual;  ///< The same, relative to the norm of the right-hand side.
  double tolerance;          ///< The relative residual that was requested.
  bool converged;            ///< Whether it was reached.
  std::uint64_t iterations;  ///< Steps of the solver.
  std::uint64_t products;    ///< Products with the curvature matrix.
};

/// Scores of training examples for each query.
class Attribution : public detail::Owned<Attribution, ascribe_attribution, ascribe_attribution_free> {
 public:
  /// The number of queries.
  std::size_t queries() const noexcept { return ascribe_attribution_queries(get()); }
  /// How many examples have a score for a query.
  std::size_t size(std::size_t query = 0) const noexcept { return ascribe_attribution_len(get(), query); }
  /// The functional of a query, by the model as it is.
  double value(std::size_t query = 0) const {
    double value = 0;
    detail::check([&](ascribe_error **error) { return ascribe_attribution_value(get(), query, &value, error); });
    return value;
  }
  /// All scores for a query, ascending by example.
  std::vector<Score> scores(std::size_t query = 0) const {
    std::vector<std::uint64_t> examples(size(query));
    std::vector<double> values(examples.size());
    detail::check([&](ascribe_error **error) {
      return ascribe_attribution_copy(get(), query, examples.data(), values.data(), examples.size(), error);
    });
    return zip(examples, values, examples.size());
  }
  /// The first `count` scores for a query in some order; of equal ones the lower example comes first.
  std::vector<Score> top(std::size_t count, Order order = Order::largest, std::size_t query = 0) const {
    std::vector<std::uint64_t> examples(std::min(count, size(query)));
    std::vector<double> values(examples.size());
    std::size_t found = 0;
    detail::check([&](ascribe_error **error) {
      return ascribe_attribution_top(get(), query, static_cast<std::int32_t>(order), examples.data(), values.data(),
                                     examples.size(), &found, error);
    });
    return zip(examples, values, found);
  }
  /// How well the system behind the scores of a query was solved.
  /// @throws Error `Code::unsupported` for a rollback, which solves no linear system.
  Certificate certificate(std::size_t query = 0) const {
    auto c = detail::receiving<ascribe_certificate>();
    detail::check([&](ascribe_error **error) { return ascribe_attribution_certificate(get(), query, &c, error); });
    return {c.residual, c.relative_residual, c.tolerance, c.converged != 0, c.iterations, c.products};
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

}  // namespace ascribe

#endif
