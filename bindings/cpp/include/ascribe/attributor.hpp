/// @file
/// Attribution by name of a method: what a prediction is due to, and what would change with the training set.
#ifndef ASCRIBE_ATTRIBUTOR_HPP
#define ASCRIBE_ATTRIBUTOR_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "attribution.hpp"
#include "context.hpp"
#include "dataset.hpp"
#include "detail.hpp"
#include "model.hpp"
#include "monitor.hpp"
#include "options.hpp"
#include "views.hpp"

namespace ascribe {

/// Diagnostics of a model's objective and of the curvature that influence functions use; its fields are in `ascribe.h`.
using Diagnostics = ascribe_diagnostics;

/// A method of attribution for a trained model. Setting one up costs most; any number of queries follow.
///
///     const ascribe::Attributor influence(model, "influence", {{"solver", "cg"}, {"damping", 0.01}});
///     for (auto [example, score] : influence.explain(queries, "loss").top(5)) ...
///
/// Methods, each with a table of options of its name:
/// - "influence": influence functions, by the curvature where training ended;
/// - "rollback": gradient rollback, by the updates that the ledger kept;
/// - "replay": the exact derivative of the whole training by each example's weight; `Attribution::growth` says how far
///   it can be trusted;
/// - "dvemb": data value embeddings, replay of a training by sgd with Fisher matrices for Hessians;
/// - "tracin": by how much the functional fell in the steps of the example;
/// - "tracincp", "gas": the inner product or the cosine of gradients, at checkpoints of the training;
/// - "graddot", "gradcos": the inner product or the cosine of gradients, where training ended.
///
/// Scores of the first four are predicted changes of the functional if the example were removed (the unit "removal").
/// "replay", "dvemb", "tracin", "tracincp" and "gas" need a training by steps of an optimizer alone, which they do again.
///
/// What a method cannot answer throws `Error` (`Code::unsupported`) with the methods that can. In every call an empty
/// functional is the model's first, and results for several queries and examples are row-major: query by query. It
/// keeps model and data as they were. Calls on one "influence" from several threads run one after the other.
class Attributor : public detail::Owned<Attributor, ascribe_attributor, ascribe_attributor_free> {
 public:
  /// Scores that are exact in each example's own curvature, by its leverage.
  struct LeaveOneOut {
    std::vector<double> scores;     ///< queries × examples.
    std::vector<double> leverages;  ///< One for each example.
  };
  /// What a change of the examples' inputs would change.
  struct InputEffects {
    std::vector<double> values;  ///< queries × examples × width: the change of the functional per unit of each number.
    std::size_t width;           ///< How many numbers of the input an example has.
  };
  /// Examples whose inputs were changed to change a prediction.
  struct Attack {
    std::vector<double> values;  ///< The sum of the functional over the queries, at first and after each round.
    Dataset perturbed;           ///< The examples as they are after the last round.
  };

  /// @name Setting up
  /// @{

  /// A method for a trained model and the data it was trained on; an empty name is "rollback" where training kept a
  /// ledger, and otherwise "influence".
  /// @throws Error `Code::unsupported` for "rollback" without a ledger, `Code::not_stationary` or `Code::curvature`
  /// where the curvature that was requested cannot be used.
  explicit Attributor(const Model &model, const std::string &method = {}, const Options &options = {},
                      const Monitor &monitor = {})
      : Attributor(Context(), model, method, options, monitor) {}
  /// A method for other examples than those trained on; "influence", "graddot" or "gradcos".
  Attributor(const Model &model, const std::string &method, const Dataset &data, const Options &options = {},
             const Monitor &monitor = {})
      : Attributor(Context(), model, method, data, options, monitor) {}
  /// The first in a context.
  Attributor(const Context &context, const Model &model, const std::string &method = {}, const Options &options = {},
             const Monitor &monitor = {})
      : Attributor(set_up(context, model, method, nullptr, options, monitor)) {}
  /// The second in a context.
  Attributor(const Context &context, const Model &model, const std::string &method, const Dataset &data,
             const Options &options = {}, const Monitor &monitor = {})
      : Attributor(set_up(context, model, method, data.get(), options, monitor)) {}

  /// JSON: what each solver of "influence" would cost, and which would be chosen; nothing is solved.
  static std::string plan(const Model &model, const Options &options = {}, const Context &context = {}) {
    return plan(context, model, nullptr, options);
  }
  /// The same for other examples than those trained on.
  static std::string plan(const Model &model, const Dataset &data, const Options &options = {},
                          const Context &context = {}) {
    return plan(context, model, data.get(), options);
  }
  /// @}

  /// @name What it is
  /// @{

  /// The number of examples that are scored.
  std::size_t examples() const noexcept { return ascribe_attributor_examples(get()); }
  /// JSON: the method, the unit of its scores, the options in force, and for "influence" curvature, solver and why.
  std::string describe() const { return detail::text(ascribe_attributor_describe, get()); }
  /// Diagnostics of model and curvature; of "influence".
  Diagnostics diagnostics() const { return detail::filled<Diagnostics>(ascribe_attributor_diagnostics, get()); }
  /// @}

  /// @name Scores
  /// @{

  /// The scores of the examples for a functional of each query; all methods.
  Attribution explain(const Dataset &queries, const std::string &functional = {}, const Monitor &monitor = {}) const {
    return detail::make_monitored<Attribution>(monitor, ascribe_attributor_explain, get(), queries.get(),
                                               detail::functional_name(functional));
  }
  /// The score of each example for its own loss, for all examples: large for those that fit the others badly; not of
  /// "rollback".
  std::vector<double> self_scores(const Monitor &monitor = {}) const {
    return self_scores(nullptr, examples(), monitor);
  }
  /// The same for some examples.
  std::vector<double> self_scores(ArrayView<std::uint64_t> examples, const Monitor &monitor = {}) const {
    if (examples.empty()) return {};  // to C, no examples are all of them
    return self_scores(examples.data(), examples.size(), monitor);
  }
  /// Leave-one-out scores of some examples, with the leverages; of "influence".
  LeaveOneOut leave_one_out(const Dataset &queries, const std::string &functional, ArrayView<std::uint64_t> examples,
                            const Monitor &monitor = {}) const {
    const char *name = detail::functional_name(functional);
    LeaveOneOut result{std::vector<double>(queries.size() * examples.size()), std::vector<double>(examples.size())};
    detail::call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
      return ascribe_attributor_leave_one_out(get(), queries.get(), name, examples.data(), examples.size(), monitored,
                                              result.scores.data(), result.scores.size(), result.leverages.data(),
                                              result.leverages.size(), error);
    });
    return result;
  }
  /// The most by which each score may differ from that at the minimum of the objective, because of solving, training and
  /// rounding, queries × examples; NaN where that is not known. Of "influence".
  std::vector<double> error_bounds(const Dataset &queries, const std::string &functional,
                                   ArrayView<std::uint64_t> examples, const Monitor &monitor = {}) const {
    return detail::values_monitored(queries.size() * examples.size(), monitor, ascribe_attributor_error_bounds, get(),
                                    queries.get(), detail::functional_name(functional), examples.data(),
                                    examples.size());
  }
  /// @}

  /// @name Changes of the training set
  /// @{

  /// What a functional of each query would change by per unit of each number of an input (empty: the features) of each
  /// of some examples; of "influence".
  InputEffects input_effects(const Dataset &queries, const std::string &functional, const std::string &input,
                             ArrayView<std::uint64_t> examples, const Monitor &monitor = {}) const {
    const char *name = detail::functional_name(functional), *c_input = input_name(input);
    InputEffects result{{}, 0};
    detail::call(ascribe_attributor_input_effects, get(), queries.get(), name, c_input, examples.data(),
                 examples.size(), static_cast<const ascribe_monitor *>(nullptr), static_cast<double *>(nullptr),
                 std::size_t{0}, &result.width);
    result.values.resize(queries.size() * examples.size() * result.width);
    detail::call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
      return ascribe_attributor_input_effects(get(), queries.get(), name, c_input, examples.data(), examples.size(),
                                              monitored, result.values.data(), result.values.size(), &result.width,
                                              error);
    });
    return result;
  }
  /// What a functional of each query would change by after all these changes together, level by level. Options are in
  /// the table "what-if". With "rollback" examples can be removed, and there is one level.
  WhatIf what_if(const Dataset &queries, const std::string &functional, ArrayView<Change> changes,
                 const Options &options = {}, const Monitor &monitor = {}) const {
    std::vector<ascribe_change> c_changes;
    for (const Change &change : changes) c_changes.push_back(change.get());
    return detail::make_monitored<WhatIf>(monitor, ascribe_attributor_what_if, get(), queries.get(),
                                          detail::functional_name(functional), c_changes.data(), c_changes.size(),
                                          options.to_c().get());
  }
  /// Changes an input (empty: the features) of some examples in rounds, so that training on them raises a functional of
  /// the queries; of "influence". Options are in the table "attack".
  Attack attack(const Dataset &queries, const std::string &functional, const std::string &input,
                ArrayView<std::uint64_t> examples, const Options &options = {}, const Monitor &monitor = {}) const {
    const char *name = detail::functional_name(functional), *c_input = input_name(input);
    const auto c = options.to_c();
    ascribe_dataset *perturbed = nullptr;
    std::vector<double> values;
    std::size_t count = 0;
    const auto ask = [&](const ascribe_monitor *monitored, ascribe_error **error) {
      return ascribe_attributor_attack(get(), queries.get(), name, c_input, examples.data(), examples.size(), c.get(),
                                       monitored, values.empty() ? nullptr : values.data(), values.size(), &count,
                                       &perturbed, error);
    };
    detail::call_monitored(monitor, ask);  // the number of values alone
    values.resize(count);
    detail::call_monitored(monitor, ask);
    return {std::move(values), Dataset::adopt(perturbed)};
  }
  /// @}

  /// @name Products
  /// @{

  /// The products of the curvature matrix, without damping, with each row of `directions`: as many rows as that; of
  /// "influence".
  std::vector<double> products(const MatrixView &directions, const Monitor &monitor = {}) const {
    return products("curvature", directions, monitor);
  }
  /// The solutions of the system with the curvature matrix and damping, for each row of `directions`: as many rows as
  /// that; of "influence".
  std::vector<double> inverse_products(const MatrixView &directions, const Monitor &monitor = {}) const {
    return products("inverse", directions, monitor);
  }
  /// @}

 private:
  friend Owned;
  using Owned::Owned;

  static Attributor set_up(const Context &context, const Model &model, const std::string &method,
                           const ascribe_dataset *data, const Options &options, const Monitor &monitor) {
    return detail::make_monitored<Attributor>(monitor, ascribe_attributor_new, context.get(), model.get(),
                                              detail::optional_c_string(method, "the name of a method"), data,
                                              options.to_c().get());
  }
  static std::string plan(const Context &context, const Model &model, const ascribe_dataset *data,
                          const Options &options) {
    const ascribe_monitor *none = nullptr;
    return detail::text(ascribe_attributor_plan, context.get(), model.get(), data, options.to_c().get(), none);
  }
  std::vector<double> products(const char *by, const MatrixView &directions, const Monitor &monitor) const {
    return detail::values_monitored(directions.size(), monitor, ascribe_attributor_products, get(), by,
                                    directions.get());
  }
  static const char *input_name(const std::string &input) {
    return detail::optional_c_string(input, "the name of an input");
  }
  std::vector<double> self_scores(const std::uint64_t *examples, std::size_t count, const Monitor &monitor) const {
    return detail::values_monitored(count, monitor, ascribe_attributor_self, get(), examples, count);
  }
};

}  // namespace ascribe

#endif
