/// @file
/// Models: of triples, of rows, and of custom graphs.
#ifndef ASCRIBE_MODEL_HPP
#define ASCRIBE_MODEL_HPP

#include <ascribe.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "context.hpp"
#include "dataset.hpp"
#include "detail.hpp"
#include "graph.hpp"
#include "model_options.hpp"
#include "training.hpp"
#include "views.hpp"
#include "watch.hpp"

namespace ascribe {

/// How well a model of triples finds heads and tails.
struct Ranking {
  double mean_reciprocal_rank;  ///< The mean of 1 / rank.
  double hits_at_1;             ///< The share of queries whose true entity is ranked first.
  double hits_at_3;             ///< The share among the first three.
  double hits_at_10;            ///< The share among the first ten.
  std::uint64_t queries;        ///< The number of queries.
};

/// A model: parameters with the graph that says what they predict, and after training the data and the ledger.
///
/// A functional is what is predicted or explained of a query, by name; the empty name is the first of its kind:
/// - triples: "probability" (of the tail among all), "log-probability", "score", and of the head "head-probability",
///   "head-log-probability", "head-score";
/// - rows: "loss", "probability", "log-probability", "margin", "output";
/// - graphs: "loss", and those that `Graph::functional` named.
class Model : public detail::Owned<Model, ascribe_model, ascribe_model_free> {
 public:
  /// @name Making models
  /// @{

  /// A model of triples with the entities and relations of `data`, which is not kept.
  static Model triples(const Dataset &data, const TripleOptions &options = {}, const Context &context = {}) {
    const auto c = detail::to_c(options);
    return make([&](ascribe_model **model, ascribe_error **error) {
      return ascribe_model_triples(context.get(), data.get(), &c, model, error);
    });
  }
  /// A model of rows with the features and classes of `data`, which is not kept.
  static Model rows(const Dataset &data, const RowOptions &options = {}, const Context &context = {}) {
    const auto c = detail::to_c(options);
    return make([&](ascribe_model **model, ascribe_error **error) {
      return ascribe_model_rows(context.get(), data.get(), &c, model, error);
    });
  }
  /// A model of a graph of one's own. `loss` is the number per example whose sum training makes small.
  static Model graph(const Expr &loss, const GraphOptions &options = {}, const Context &context = {}) {
    const ascribe_graph *graph = detail::graph_of(loss, "Model::graph");
    if (options.penalty) detail::graph_of(loss, options.penalty, "Model::graph");
    if (options.outputs) detail::graph_of(loss, options.outputs, "Model::graph");
    const auto c = detail::to_c(options);
    return make([&](ascribe_model **model, ascribe_error **error) {
      return ascribe_model_graph(context.get(), graph, loss.node(), options.penalty.node(), options.outputs.node(), &c,
                                 model, error);
    });
  }
  /// The model that `save` wrote; of triples and of rows.
  static Model load(const std::string &folder) {
    return make([&](ascribe_model **model, ascribe_error **error) {
      return ascribe_model_load(detail::c_string(folder, "the path of a model"), model, error);
    });
  }
  /// Another model with the same values.
  Model clone() const {
    return make([&](ascribe_model **model, ascribe_error **error) { return ascribe_model_clone(get(), model, error); });
  }
  /// @}

  /// @name Parameters
  /// @{

  /// The number of parameters, counting tables and arrays as one each.
  std::size_t parameters() const noexcept { return ascribe_model_parameters(get()); }
  /// The number of numbers in all of them.
  std::size_t dimension() const noexcept { return ascribe_model_dimension(get()); }
  /// The name of a parameter.
  std::string parameter_name(std::size_t parameter) const {
    return detail::text([&](char *buffer, std::size_t capacity, std::size_t *length, ascribe_error **error) {
      return ascribe_model_parameter_name(get(), parameter, buffer, capacity, length, error);
    });
  }
  /// The number of the parameter with this name.
  /// @throws Error `Code::not_found` if there is none.
  std::size_t find_parameter(const std::string &name) const {
    std::string known;
    for (std::size_t parameter = 0; parameter < parameters(); ++parameter) {
      const std::string other = parameter_name(parameter);
      if (other == name) return parameter;
      known += (known.empty() ? "" : ", ") + other;
    }
    throw Error(Code::not_found, "no parameter is called " + name + ": there are " + known);
  }
  /// The sizes of a parameter; none for a single number.
  std::vector<std::int64_t> parameter_shape(std::size_t parameter) const {
    std::size_t rank = 0;
    detail::check([&](ascribe_error **error) {
      return ascribe_model_parameter_shape(get(), parameter, nullptr, 0, &rank, error);
    });
    std::vector<std::int64_t> sizes(rank);
    if (rank > 0) {
      detail::check([&](ascribe_error **error) {
        return ascribe_model_parameter_shape(get(), parameter, sizes.data(), rank, &rank, error);
      });
    }
    return sizes;
  }
  /// The values of a parameter, row-major.
  std::vector<double> parameter(std::size_t parameter) const {
    std::size_t count = 1;
    for (const std::int64_t size : parameter_shape(parameter)) count *= static_cast<std::size_t>(size);
    std::vector<double> values(count);
    detail::check([&](ascribe_error **error) {
      return ascribe_model_parameter(get(), parameter, values.data(), values.size(), error);
    });
    return values;
  }
  /// Sets the values of a parameter, row-major. A ledger is dropped, because it describes other values.
  void set_parameter(std::size_t parameter, ArrayView<double> values) {
    detail::check([&](ascribe_error **error) {
      return ascribe_model_set_parameter(get(), parameter, values.data(), values.size(), error);
    });
  }
  /// @}

  /// @name Training
  /// @{

  /// Trains on `data` from the values there are, and keeps the data and, if tracked, the ledger. If it throws, the
  /// model is as it was.
  void fit(const Dataset &data, const TrainingOptions &options = {}, const Watch &watch = {},
           const Context &context = {}) {
    const auto c = detail::to_c(options);
    detail::check_watched(watch, [&](const ascribe_watch *watching, ascribe_error **error) {
      return ascribe_model_fit(get(), context.get(), data.get(), &c, watching, error);
    });
  }
  /// How the last training went.
  Training training() const {
    return detail::training(
        [&](ascribe_training *c, ascribe_error **error) { return ascribe_model_training(get(), c, error); });
  }
  /// The data it was trained on.
  Dataset data() const {
    return Dataset::adopt(detail::create<ascribe_dataset>([&](ascribe_dataset **dataset, ascribe_error **error) {
      return ascribe_model_data(get(), dataset, error);
    }));
  }
  /// What training on every example did to the rows it owns.
  Ledger ledger() const {
    return Ledger::adopt(detail::create<ascribe_ledger>([&](ascribe_ledger **ledger, ascribe_error **error) {
      return ascribe_model_ledger(get(), ledger, error);
    }));
  }
  /// @}

  /// @name Predicting
  /// @{

  /// How many numbers a model of rows predicts for a row; 0 for other models.
  std::size_t outputs() const noexcept { return ascribe_model_outputs(get()); }
  /// What a model of rows predicts: rows × outputs.
  std::vector<double> predict(const MatrixView &features, const Context &context = {}) const {
    return predict(ascribe_model_predict, features, context);
  }
  /// What a model of rows predicts for features of four bytes each: rows × outputs.
  std::vector<double> predict(const MatrixViewF32 &features, const Context &context = {}) const {
    return predict(ascribe_model_predict_f32, features, context);
  }
  /// A functional of each query.
  std::vector<double> evaluate(const Dataset &queries, const std::string &functional = {},
                               const Context &context = {}) const {
    std::vector<double> values(queries.size());
    detail::check([&](ascribe_error **error) {
      return ascribe_model_evaluate(get(), context.get(), queries.get(),
                                    detail::optional_c_string(functional, "the name of a functional"), values.data(),
                                    values.size(), error);
    });
    return values;
  }
  /// How well heads and tails of `queries` are found among all entities, leaving out the other facts of any part of
  /// `known`.
  Ranking ranking(const Dataset &known, const Dataset &queries, const Context &context = {}) const {
    auto c = detail::receiving<ascribe_ranking>();
    detail::check([&](ascribe_error **error) {
      return ascribe_model_ranking(get(), context.get(), known.get(), queries.get(), &c, error);
    });
    return {c.mean_reciprocal_rank, c.hits_at_1, c.hits_at_3, c.hits_at_10, c.queries};
  }
  /// @}

  /// @name Keeping models
  /// @{

  /// Writes the model, its data and its ledger to a folder, all or nothing.
  void save(const std::string &folder) const {
    detail::check([&](ascribe_error **error) {
      return ascribe_model_save(get(), detail::c_string(folder, "the path of a model"), error);
    });
  }
  /// Reads what `save` wrote into this model, which was made of the same graph.
  void restore(const std::string &folder) {
    detail::check([&](ascribe_error **error) {
      return ascribe_model_restore(get(), detail::c_string(folder, "the path of a model"), error);
    });
  }
  /// @}

 private:
  friend Owned;
  using Owned::Owned;

  template <class Call>
  static Model make(Call &&call) {
    return adopt(detail::create<ascribe_model>(call));
  }

  template <class Call, class View>
  std::vector<double> predict(Call call, const View &features, const Context &context) const {
    const auto rows = features.rows() > 0 ? static_cast<std::size_t>(features.rows()) : 0;
    std::vector<double> values(rows * outputs());
    detail::check([&](ascribe_error **error) {
      return call(get(), context.get(), features.get(), values.data(), values.size(), error);
    });
    return values;
  }
};

}  // namespace ascribe

#endif
