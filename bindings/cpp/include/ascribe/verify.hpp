/// @file
/// Verification by retraining, and how well predictions agree with it.
#ifndef ASCRIBE_VERIFY_HPP
#define ASCRIBE_VERIFY_HPP

#include <ascribe.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "context.hpp"
#include "dataset.hpp"
#include "detail.hpp"
#include "model.hpp"
#include "watch.hpp"

namespace ascribe {

/// How well predicted changes agree with those by retraining. NaN where that is not defined.
struct Fidelity {
  double pearson;        ///< The correlation.
  double spearman;       ///< The correlation of ranks.
  double slope;          ///< Of the true change as a function of the predicted one.
  double maximum_error;  ///< The largest difference.
  std::uint64_t count;   ///< How many were compared.
};

/// What a functional (empty: the first) of each query changes by if the model is trained again without each of `sets`
/// of examples: sets × queries. Exact, at the cost of one training per set.
inline std::vector<double> verify_removal(const Model &model, const Dataset &queries, const std::string &functional,
                                          const std::vector<std::vector<std::uint64_t>> &sets, const Watch &watch = {},
                                          const Context &context = {}) {
  const char *name = detail::optional_c_string(functional, "the name of a functional");
  std::vector<std::uint64_t> examples;
  std::vector<std::size_t> offsets{0};
  for (const auto &set : sets) {
    examples.insert(examples.end(), set.begin(), set.end());
    offsets.push_back(examples.size());
  }
  std::vector<double> changes(sets.size() * queries.size());
  detail::check_watched(watch, [&](const ascribe_watch *watching, ascribe_error **error) {
    return ascribe_verify_removal(context.get(), model.get(), queries.get(), name, examples.data(), offsets.data(),
                                  sets.size(), watching, changes.data(), changes.size(), error);
  });
  return changes;
}

/// How well predicted changes agree with true ones.
/// @throws Error `Code::invalid_argument` if there are not as many of either.
inline Fidelity fidelity(ArrayView<double> predicted, ArrayView<double> truth) {
  if (predicted.size() != truth.size()) {
    throw Error(Code::invalid_argument, std::to_string(predicted.size()) +
                                            " predicted changes cannot be compared with " +
                                            std::to_string(truth.size()) + " true ones: give as many of either");
  }
  auto c = detail::receiving<ascribe_fidelity>();
  detail::check([&](ascribe_error **error) {
    return ascribe_verify_fidelity(predicted.data(), truth.data(), predicted.size(), &c, error);
  });
  return {c.pearson, c.spearman, c.slope, c.maximum_error, c.count};
}

}  // namespace ascribe

#endif
