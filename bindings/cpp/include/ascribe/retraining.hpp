/// @file
/// Changes by retraining, and how well predictions agree with them.
#ifndef ASCRIBE_RETRAINING_HPP
#define ASCRIBE_RETRAINING_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "context.hpp"
#include "dataset.hpp"
#include "detail.hpp"
#include "model.hpp"
#include "monitor.hpp"
#include "views.hpp"

namespace ascribe {

/// How well predicted changes agree with those by retraining; its fields are in `ascribe.h`.
using Fidelity = ascribe_fidelity;

/// What a functional (empty: the first) of each query changes by if the model is trained again without each of `sets`
/// of examples: sets × queries. Exact, at the cost of one training per set. NaN where there is no minimum without a set, or
/// it was not reached.
inline std::vector<double> retraining_changes(const Model &model, const Dataset &queries,
                                              const std::string &functional,
                                              const std::vector<std::vector<std::uint64_t>> &sets,
                                              const Monitor &monitor = {}, const Context &context = {}) {
  std::vector<std::uint64_t> examples;
  std::vector<std::size_t> offsets{0};
  for (const auto &set : sets) {
    examples.insert(examples.end(), set.begin(), set.end());
    offsets.push_back(examples.size());
  }
  return detail::values_monitored(sets.size() * queries.size(), monitor, ascribe_retraining_changes, context.get(),
                                  model.get(), queries.get(), detail::functional_name(functional), examples.data(),
                                  offsets.data(), sets.size());
}

/// How well predicted changes agree with true ones; pairs whose true change is NaN are left out.
/// @throws Error `Code::invalid_argument` if there are not as many of either, or no true change is known.
inline Fidelity retraining_fidelity(ArrayView<double> predicted, ArrayView<double> truth) {
  if (predicted.size() != truth.size()) {
    throw Error(Code::invalid_argument, std::to_string(predicted.size()) +
                                            " predicted changes cannot be compared with " +
                                            std::to_string(truth.size()) + " true ones: give as many of either");
  }
  return detail::filled<Fidelity>(ascribe_retraining_fidelity, predicted.data(), truth.data(), predicted.size());
}

}  // namespace ascribe

#endif
