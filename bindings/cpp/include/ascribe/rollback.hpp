/// @file
/// Gradient rollback: the functional with an example's own updates to the rows it owns taken back.
#ifndef ASCRIBE_ROLLBACK_HPP
#define ASCRIBE_ROLLBACK_HPP

#include <ascribe.h>

#include <cstdint>
#include <string>
#include <vector>

#include "attribution.hpp"
#include "context.hpp"
#include "dataset.hpp"
#include "detail.hpp"
#include "model.hpp"
#include "watch.hpp"

namespace ascribe {

/// Which examples are candidates of an explanation.
enum class Scope : std::int32_t {
  all_read = ASCRIBE_SCOPE_ALL_READ,  ///< Those that own a row the query reads.
  entities = ASCRIBE_SCOPE_ENTITIES,  ///< Those that share an entity with the query.
  all = ASCRIBE_SCOPE_ALL             ///< All of them.
};

/// How exactly candidates are scored.
enum class Effort : std::int32_t {
  automatic = ASCRIBE_EFFORT_AUTO,  ///< As the number of candidates allows.
  exact = ASCRIBE_EFFORT_EXACT,     ///< The functional without each of them.
  linear = ASCRIBE_EFFORT_LINEAR,   ///< Its slope along each.
  hybrid = ASCRIBE_EFFORT_HYBRID    ///< By slope first, then exactly the largest of those.
};

/// Options of `Rollback::explain`.
struct RollbackOptions {
  /// Which examples are candidates.
  Scope scope = static_cast<Scope>(detail::defaults<ascribe_rollback_options>().scope);
  /// How exactly they are scored.
  Effort effort = static_cast<Effort>(detail::defaults<ascribe_rollback_options>().effort);
  /// How many a hybrid scores exactly.
  std::int64_t rerank = detail::defaults<ascribe_rollback_options>().rerank;
};

/// Explains predictions of a model that was trained with a ledger.
class Rollback : public detail::Owned<Rollback, ascribe_rollback, ascribe_rollback_free> {
 public:
  /// Explains `functional` (empty: the first) of `model` as it is now.
  /// @throws Error `Code::unsupported` if the model has no ledger: fit it with `TrainingOptions::track`.
  explicit Rollback(const Model &model, const std::string &functional = {}, const Context &context = {})
      : Owned(detail::create<ascribe_rollback>([&](ascribe_rollback **rollback, ascribe_error **error) {
          return ascribe_rollback_new(context.get(), model.get(),
                                      detail::optional_c_string(functional, "the name of a functional"), rollback,
                                      error);
        })) {}

  /// The predicted change of each query's functional if the updates of a training example were taken back.
  Attribution explain(const Dataset &queries, const RollbackOptions &options = {}, const Watch &watch = {}) const {
    auto c = detail::initial<ascribe_rollback_options>();
    c.scope = static_cast<std::int32_t>(options.scope);
    c.effort = static_cast<std::int32_t>(options.effort);
    c.rerank = options.rerank;
    return Attribution::adopt(detail::create_watched<ascribe_attribution, ascribe_attribution_free>(
        watch, [&](const ascribe_watch *watching, ascribe_attribution **attribution, ascribe_error **error) {
          return ascribe_rollback_explain(get(), queries.get(), &c, watching, attribution, error);
        }));
  }
  /// The functional of each query with the updates of all these examples taken back together.
  std::vector<double> without(const Dataset &queries, ArrayView<std::uint64_t> examples) const {
    std::vector<double> values(queries.size());
    detail::check([&](ascribe_error **error) {
      return ascribe_rollback_without(get(), queries.get(), examples.data(), examples.size(), values.data(),
                                      values.size(), error);
    });
    return values;
  }

 private:
  friend Owned;
  using Owned::Owned;
};

}  // namespace ascribe

#endif
