/// @file
/// Influence functions: what a change of the training set would change, by the curvature where training ended.
#ifndef ASCRIBE_INFLUENCE_HPP
#define ASCRIBE_INFLUENCE_HPP

#include <ascribe.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attribution.hpp"
#include "context.hpp"
#include "dataset.hpp"
#include "detail.hpp"
#include "model.hpp"
#include "views.hpp"
#include "watch.hpp"
#include "what_if.hpp"

namespace ascribe {

/// A curvature matrix.
enum class Curvature : std::int32_t {
  automatic = ASCRIBE_CURVATURE_AUTO,             ///< At a minimum the Hessian, elsewhere the Gauss-Newton matrix.
  hessian = ASCRIBE_CURVATURE_HESSIAN,            ///< The second derivatives of the objective.
  gauss_newton = ASCRIBE_CURVATURE_GAUSS_NEWTON,  ///< Without the second derivatives of the outputs.
  fisher = ASCRIBE_CURVATURE_FISHER               ///< The empirical Fisher matrix.
};

/// How systems with the curvature matrix are solved.
enum class Solver : std::int32_t {
  automatic = ASCRIBE_SOLVER_AUTO,    ///< By size, memory and the number of queries.
  direct = ASCRIBE_SOLVER_DIRECT,     ///< By a factor.
  cg = ASCRIBE_SOLVER_CG,             ///< Conjugate gradients.
  block_cg = ASCRIBE_SOLVER_BLOCK_CG, ///< Conjugate gradients of several right-hand sides together.
  minres = ASCRIBE_SOLVER_MINRES,     ///< Minimal residuals, for an indefinite matrix.
  lissa = ASCRIBE_SOLVER_LISSA,       ///< A stochastic Neumann series.
  lanczos = ASCRIBE_SOLVER_LANCZOS,   ///< A low rank by Lanczos' method.
  nystrom = ASCRIBE_SOLVER_NYSTROM    ///< A low rank by Nyström's method.
};

/// Options of `Influence`.
struct InfluenceOptions {
  /// Which curvature matrix.
  Curvature curvature = static_cast<Curvature>(detail::defaults<ascribe_influence_options>().curvature);
  /// How systems with it are solved.
  Solver solver = static_cast<Solver>(detail::defaults<ascribe_influence_options>().solver);
  /// What is added to its diagonal.
  double damping = detail::defaults<ascribe_influence_options>().damping;
  /// The relative residual at which solvers end.
  double tolerance = detail::defaults<ascribe_influence_options>().tolerance;
  /// The most steps of a solver.
  std::int64_t iterations = detail::defaults<ascribe_influence_options>().iterations;
  /// The max-norm of the gradient at what still counts as a minimum.
  double stationary = detail::defaults<ascribe_influence_options>().stationary;
  /// The rank of low-rank solvers.
  std::int64_t rank = detail::defaults<ascribe_influence_options>().rank;
  /// How many bytes may be used.
  std::uint64_t memory = detail::defaults<ascribe_influence_options>().memory;
  /// How many queries are expected at once.
  std::int64_t queries = detail::defaults<ascribe_influence_options>().queries;
  /// The seed of what is random in solvers; none: the context's.
  std::optional<std::int64_t> seed{};
};

/// Diagnostics of the model and of the curvature its influence functions use.
struct Standing {
  std::uint64_t examples;    ///< The number of examples.
  std::uint64_t parameters;  ///< The number of numbers in all parameters.
  Curvature curvature;       ///< The curvature matrix that is used.
  bool stationary;           ///< Whether the model is at a minimum.
  double damping;            ///< What is added to the diagonal.
  double value;              ///< The objective.
  double gradient;           ///< The max-norm of its gradient.
  double gradient_length;    ///< The 2-norm of its gradient.
  double lowest;             ///< The lowest eigenvalue, as far as it is known.
  double highest;            ///< The highest.
  std::uint64_t products;    ///< Products with the matrix that preparing took.
  double worst_residual;     ///< The worst relative residual of all systems solved so far.
  bool converged;            ///< Whether all of them reached the tolerance.
  bool factored;             ///< Whether the matrix was factored.
};

/// Influence functions of a model at its parameters. Setting it up costs most; any number of queries follow. The
/// handle locks itself: calls from several threads run one after the other.
class Influence : public detail::Owned<Influence, ascribe_influence, ascribe_influence_free> {
 public:
  /// Leave-one-out scores: corrected for each example's own part in the curvature, by its leverage.
  struct Corrected {
    std::vector<double> scores;     ///< queries × examples.
    std::vector<double> leverages;  ///< One for each example.
  };

  /// Influence of the examples `model` was trained on.
  explicit Influence(const Model &model, const InfluenceOptions &options = {}, const Watch &watch = {},
                     const Context &context = {})
      : Influence(model, nullptr, options, watch, context) {}
  /// Influence of the examples of `data`.
  Influence(const Model &model, const Dataset &data, const InfluenceOptions &options = {}, const Watch &watch = {},
            const Context &context = {})
      : Influence(model, data.get(), options, watch, context) {}

  /// Diagnostics.
  Standing standing() const {
    auto c = detail::receiving<ascribe_standing>();
    detail::check([&](ascribe_error **error) { return ascribe_influence_standing(get(), &c, error); });
    return {c.examples,        c.parameters, static_cast<Curvature>(c.curvature),
            c.stationary != 0, c.damping,    c.value,
            c.gradient,        c.gradient_length,
            c.lowest,          c.highest,    c.products,
            c.worst_residual,  c.converged != 0,
            c.factored != 0};
  }
  /// The solver in words, with the reason why it was chosen.
  std::string solver() const {
    return detail::text([&](char *buffer, std::size_t capacity, std::size_t *length, ascribe_error **error) {
      return ascribe_influence_solver(get(), buffer, capacity, length, error);
    });
  }
  /// What a functional (empty: the first) of each query would change by, to first order, without each of the examples.
  Attribution explain(const Dataset &queries, const std::string &functional = {}, const Watch &watch = {}) const {
    const char *name = detail::optional_c_string(functional, "the name of a functional");
    return Attribution::adopt(detail::create_watched<ascribe_attribution, ascribe_attribution_free>(
        watch, [&](const ascribe_watch *watching, ascribe_attribution **attribution, ascribe_error **error) {
          return ascribe_influence_explain(get(), queries.get(), name, watching, attribution, error);
        }));
  }
  /// Leave-one-out scores of some examples, corrected for each one's own part in the curvature, with its leverage.
  Corrected corrected(const Dataset &queries, const std::string &functional, ArrayView<std::uint64_t> examples,
                      const Watch &watch = {}) const {
    const char *name = detail::optional_c_string(functional, "the name of a functional");
    Corrected result{std::vector<double>(queries.size() * examples.size()), std::vector<double>(examples.size())};
    detail::check_watched(watch, [&](const ascribe_watch *watching, ascribe_error **error) {
      return ascribe_influence_corrected(get(), queries.get(), name, examples.data(), examples.size(), watching,
                                         result.scores.data(), result.leverages.data(), error);
    });
    return result;
  }
  /// What each example's own loss would change by without it, for all examples: large for those that fit the others
  /// badly.
  std::vector<double> self(const Watch &watch = {}) const { return self(nullptr, standing().examples, watch); }
  /// The same for some examples.
  std::vector<double> self(ArrayView<std::uint64_t> examples, const Watch &watch = {}) const {
    if (examples.empty()) return {};  // to C, no examples are all of them
    return self(examples.data(), examples.size(), watch);
  }
  /// What a functional of each query would change by after all these changes together, level by level.
  WhatIf what_if(const Dataset &queries, const std::string &functional, ArrayView<Change> changes,
                 const WhatIfOptions &options = {}, const Watch &watch = {}) const {
    const char *name = detail::optional_c_string(functional, "the name of a functional");
    std::vector<ascribe_change> c_changes;
    for (const Change &change : changes) c_changes.push_back(change.get());
    auto c = detail::initial<ascribe_what_if_options>();
    c.until = static_cast<std::int32_t>(options.until);
    c.tolerance = options.tolerance;
    c.gradient = options.gradient;
    c.iterations = options.iterations;
    return WhatIf::adopt(detail::create_watched<ascribe_what_if, ascribe_what_if_free>(
        watch, [&](const ascribe_watch *watching, ascribe_what_if **what_if, ascribe_error **error) {
          return ascribe_influence_what_if(get(), queries.get(), name, c_changes.data(), c_changes.size(), &c, watching,
                                           what_if, error);
        }));
  }
  /// The products of the curvature matrix, without damping, with each row of `directions`: as many rows as that.
  std::vector<double> hvp(const MatrixView &directions, const Watch &watch = {}) const {
    return products(ascribe_influence_hvp, directions, watch);
  }
  /// The solutions of the system with the curvature matrix and damping, for each row of `directions`: as many rows as
  /// that.
  std::vector<double> inverse_hvp(const MatrixView &directions, const Watch &watch = {}) const {
    return products(ascribe_influence_inverse_hvp, directions, watch);
  }

 private:
  friend Owned;
  using Owned::Owned;

  Influence(const Model &model, const ascribe_dataset *data, const InfluenceOptions &options, const Watch &watch,
            const Context &context)
      : Owned(detail::create_watched<ascribe_influence, ascribe_influence_free>(
            watch, [&](const ascribe_watch *watching, ascribe_influence **influence, ascribe_error **error) {
              auto c = detail::initial<ascribe_influence_options>();
              c.curvature = static_cast<std::int32_t>(options.curvature);
              c.solver = static_cast<std::int32_t>(options.solver);
              c.damping = options.damping;
              c.tolerance = options.tolerance;
              c.iterations = options.iterations;
              c.stationary = options.stationary;
              c.rank = options.rank;
              c.memory = options.memory;
              c.queries = options.queries;
              if (options.seed) c.seed = *options.seed;
              return ascribe_influence_new(context.get(), model.get(), data, &c, watching, influence, error);
            })) {}

  std::vector<double> self(const std::uint64_t *examples, std::size_t count, const Watch &watch) const {
    std::vector<double> values(count);
    detail::check_watched(watch, [&](const ascribe_watch *watching, ascribe_error **error) {
      return ascribe_influence_self(get(), examples, count, watching, values.data(), values.size(), error);
    });
    return values;
  }

  template <class Call>
  std::vector<double> products(Call call, const MatrixView &directions, const Watch &watch) const {
    std::vector<double> values(directions.size());
    detail::check_watched(watch, [&](const ascribe_watch *watching, ascribe_error **error) {
      return call(get(), directions.get(), watching, values.data(), values.size(), error);
    });
    return values;
  }
};

}  // namespace ascribe

#endif
