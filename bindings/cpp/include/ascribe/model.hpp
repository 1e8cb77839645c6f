/// @file
/// Models of triples, networks and custom ones, and their training.
#ifndef ASCRIBE_MODEL_HPP
#define ASCRIBE_MODEL_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "context.hpp"
#include "dataset.hpp"
#include "detail.hpp"
#include "graph.hpp"
#include "monitor.hpp"
#include "options.hpp"
#include "views.hpp"

namespace ascribe {

/// How well a model of triples finds heads and tails; its fields are in `ascribe.h`.
using Ranking = ascribe_ranking;
/// How a training went; its fields are in `ascribe.h`.
using Training = ascribe_training;

/// What training on each example did to the rows it owns, as the training's option "attribution" counts it. It is a
/// snapshot, independent of the model it came from.
class Ledger : public detail::Owned<Ledger, ascribe_ledger, ascribe_ledger_free> {
 public:
  /// A row that an example owns.
  struct Slot {
    std::size_t parameter;  ///< The parameter by its number.
    std::uint64_t row;      ///< The row of it.
    std::size_t width;      ///< How many numbers the row has.
  };

  /// How many examples there are.
  std::size_t examples() const noexcept { return ascribe_ledger_examples(get()); }
  /// How many rows an example owns.
  std::size_t slots(std::uint64_t example) const noexcept { return ascribe_ledger_slots(get(), example); }
  /// One of the rows an example owns.
  Slot slot(std::uint64_t example, std::size_t slot) const {
    Slot result{};
    detail::call(ascribe_ledger_slot, get(), example, slot, &result.parameter, &result.row, &result.width);
    return result;
  }
  /// How much of that row's movement is credited to the example.
  std::vector<double> change(std::uint64_t example, std::size_t slot) const {
    return detail::values<double>(this->slot(example, slot).width, ascribe_ledger_change, get(), example, slot);
  }
  /// By how much a parameter of `size` numbers was moved by updates that no example owns.
  std::vector<double> remainder(std::size_t parameter, std::size_t size) const {
    return detail::values<double>(size, ascribe_ledger_remainder, get(), parameter);
  }

 private:
  friend Owned;
  using Owned::Owned;
};

class LedgerBuilder;

/// A model: parameters with the graph that says what they predict, and after training the data and the ledger.
///
/// A functional is what is predicted or explained of a query, by name; the empty name is the first of its kind:
/// - triples: "probability" (of the tail among all), "log-probability", "score", and of the head "head-probability",
///   "head-log-probability", "head-score";
/// - networks: "loss", "probability", "log-probability", "margin", "output";
/// - custom models: "loss", and those that `Graph::functional` named.
class Model : public detail::Owned<Model, ascribe_model, ascribe_model_free> {
 public:
  /// @name Making models
  /// @{

  /// A model of a kind: of triples "distmult", "complex" or "transe", options in the table "triples"; of rows "linear",
  /// "logistic", "softmax", "hinge", "squared-hinge", "mlp" or "cnn", options in the table "network". It has the entities
  /// and relations, or the features and classes, of `data`, which is not kept.
  Model(const Context &context, const std::string &kind, const Dataset &data, const Options &options = {})
      : Owned(detail::create<ascribe_model>(ascribe_model_new, context.get(), detail::c_string(kind, "the kind"),
                                            data.get(), options.to_c().get())) {}
  /// The same in the default context.
  Model(const std::string &kind, const Dataset &data, const Options &options = {})
      : Model(Context(), kind, data, options) {}
  /// A model of one's own. `loss` is the number per example whose mean training makes small; `penalty` is a shared
  /// number that is added to every loss; `outputs` are what the loss is a convex function of, for Gauss-Newton products. Either
  /// may be an `Expr` without a value. Options are in the table "custom".
  static Model custom(const Context &context, const Expr &loss, const Expr &penalty = {}, const Expr &outputs = {},
                      const Options &options = {}) {
    const ascribe_graph *graph = detail::graph_of(loss, "Model::custom");
    if (penalty) detail::graph_of(loss, penalty, "Model::custom");
    if (outputs) detail::graph_of(loss, outputs, "Model::custom");
    return detail::make<Model>(ascribe_model_custom, context.get(), graph, loss.node(), penalty.node(), outputs.node(),
                               options.to_c().get());
  }
  /// The same in the default context.
  static Model custom(const Expr &loss, const Expr &penalty = {}, const Expr &outputs = {},
                      const Options &options = {}) {
    return custom(Context(), loss, penalty, outputs, options);
  }
  /// The model that `save` wrote, unless it is a custom one.
  static Model load(const std::string &folder) {
    return detail::make<Model>(ascribe_model_load, detail::c_string(folder, "the path of a model"));
  }
  /// Another model with the same values.
  Model clone() const { return detail::make<Model>(ascribe_model_clone, get()); }
  /// @}

  /// @name Parameters
  /// @{

  /// The number of parameters, counting tables and arrays as one each.
  std::size_t parameters() const noexcept { return ascribe_model_parameters(get()); }
  /// The number of numbers in all of them.
  std::size_t dimension() const noexcept { return ascribe_model_dimension(get()); }
  /// The name of a parameter.
  std::string parameter_name(std::size_t parameter) const {
    return detail::text(ascribe_model_parameter_name, get(), parameter);
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
    return detail::sizes(ascribe_model_parameter_shape, get(), parameter);
  }
  /// The values of a parameter, row-major.
  std::vector<double> parameter(std::size_t parameter) const {
    std::size_t count = 1;
    for (const std::int64_t size : parameter_shape(parameter)) count *= static_cast<std::size_t>(size);
    return detail::values<double>(count, ascribe_model_parameter, get(), parameter);
  }
  /// Sets the values of a parameter, row-major. A ledger is dropped, because it describes other values.
  void set_parameter(std::size_t parameter, ArrayView<double> values) {
    detail::call(ascribe_model_set_parameter, get(), parameter, values.data(), values.size());
  }
  /// JSON: what the model is, how it was trained and how that went.
  std::string describe() const { return detail::text(ascribe_model_describe, get()); }
  /// @}

  /// @name Training
  /// @{

  /// Trains on `data` from the values there are, and keeps the data and, where there is one, the ledger. Options are in
  /// the table "training". If it throws, the model is as it was.
  void fit(const Dataset &data, const Options &options = {}, const Monitor &monitor = {}, const Context &context = {}) {
    const auto c = options.to_c();
    detail::call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
      return ascribe_model_fit(get(), context.get(), data.get(), c.get(), monitored, error);
    });
  }
  /// Says that the values are those that a training elsewhere ended at, on `data`: the model is then explained, saved and
  /// changed as one that was trained here, as far as that needs no step of the training. Nothing is moved; `training` says
  /// whether the values are a minimum, where there is one to be. Of the options of "training" only "optimizer" and
  /// "gradient_tolerance" are taken. A ledger is dropped. Set the values first.
  void set_data(const Dataset &data, const Options &options = {}, const Monitor &monitor = {},
                const Context &context = {}) {
    const auto c = options.to_c();
    detail::call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
      return ascribe_model_set_data(get(), context.get(), data.get(), c.get(), monitored, error);
    });
  }
  /// Gives the model the ledger that was recorded while its values were trained elsewhere, and the data it was begun for.
  /// Set the values first: other values drop it.
  void set_ledger(const LedgerBuilder &builder);
  /// How the last training went.
  Training training() const { return detail::filled<Training>(ascribe_model_training, get()); }
  /// The data it was trained on.
  Dataset data() const { return detail::make<Dataset>(ascribe_model_data, get()); }
  /// What training on every example did to the rows it owns.
  /// @throws Error `Code::unsupported` if the training kept no ledger.
  Ledger ledger() const { return detail::make<Ledger>(ascribe_model_ledger, get()); }
  /// How smooth the training is in the weights of its examples, from -1 to 1, by training three times more with weights
  /// that differ by a hundredth. 1: derivatives can predict removal; near 0: the training is chaotic, and no attribution
  /// predicts it.
  /// @throws Error `Code::unsupported` for a model that was not trained by steps of an optimizer alone.
  double smoothness(const Monitor &monitor = {}, const Context &context = {}) const {
    double smoothness = 0;
    detail::call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
      return ascribe_model_smoothness(get(), context.get(), monitored, &smoothness, error);
    });
    return smoothness;
  }
  /// Measures what "rollback" predicts by removing so many examples, each by a training without it, and keeps the result
  /// with the model until it is trained again: `Attributor::describe` has it under "calibration" after the first
  /// explanation, which otherwise removes as many as the option "calibrate" says. Nothing is measured of models that are
  /// not of triples. If it throws, the model is as it was.
  /// @throws Error `Code::unsupported` for a model without a ledger.
  void calibrate(std::size_t removals, const Monitor &monitor = {}, const Context &context = {}) {
    detail::call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
      return ascribe_model_calibrate(get(), context.get(), removals, monitored, error);
    });
  }
  /// @}

  /// @name Predicting
  /// @{

  /// How many numbers a network predicts for a row; 0 for other models.
  std::size_t outputs() const noexcept { return ascribe_model_outputs(get()); }
  /// What a network predicts: rows × outputs.
  std::vector<double> predict(const MatrixView &features, const Context &context = {}) const {
    return predict(ascribe_model_predict, features, context);
  }
  /// What a network predicts for features of four bytes each: rows × outputs.
  std::vector<double> predict(const MatrixViewF32 &features, const Context &context = {}) const {
    return predict(ascribe_model_predict_f32, features, context);
  }
  /// A functional of each query.
  std::vector<double> evaluate(const Dataset &queries, const std::string &functional = {},
                               const Context &context = {}) const {
    return detail::values<double>(queries.size(), ascribe_model_evaluate, get(), context.get(), queries.get(),
                                  detail::functional_name(functional));
  }
  /// How well heads and tails of `queries` are found among all entities, leaving out the other facts of any part of
  /// `known`.
  Ranking ranking(const Dataset &known, const Dataset &queries, const Context &context = {}) const {
    return detail::filled<Ranking>(ascribe_model_ranking, get(), context.get(), known.get(), queries.get());
  }
  /// @}

  /// @name Keeping models
  /// @{

  /// Writes the model, its data and its ledger to a folder, all or nothing.
  void save(const std::string &folder) const {
    detail::call(ascribe_model_save, get(), detail::c_string(folder, "the path of a model"));
  }
  /// Reads what `save` wrote into this model, which was made of the same graph.
  void restore(const std::string &folder) {
    detail::call(ascribe_model_restore, get(), detail::c_string(folder, "the path of a model"));
  }
  /// JSON: what a saved model is, without reading its arrays.
  static std::string inspect(const std::string &folder) {
    return detail::text(ascribe_model_inspect, detail::c_string(folder, "the path of a model"));
  }
  /// @}

 private:
  friend Owned;
  using Owned::Owned;

  template <class Function, class View>
  std::vector<double> predict(Function function, const View &features, const Context &context) const {
    const auto rows = features.rows() > 0 ? static_cast<std::size_t>(features.rows()) : 0;
    return detail::values<double>(rows * outputs(), function, get(), context.get(), features.get());
  }
};

/// A training that goes on in steps, of a copy of the model it was made with.
class Trainer : public detail::Owned<Trainer, ascribe_trainer, ascribe_trainer_free> {
 public:
  /// Begins where `model` is. Options are in the table "training".
  Trainer(const Context &context, const Model &model, const Dataset &data, const Options &options = {})
      : Owned(detail::create<ascribe_trainer>(ascribe_trainer_new, context.get(), model.get(), data.get(),
                                              options.to_c().get())) {}
  /// The same in the default context.
  Trainer(const Model &model, const Dataset &data, const Options &options = {})
      : Trainer(Context(), model, data, options) {}

  /// Does at most so many steps: batches, or steps of minimizing.
  void step(std::uint64_t steps = 1, const Monitor &monitor = {}) {
    detail::call_monitored(monitor, [&](const ascribe_monitor *monitored, ascribe_error **error) {
      return ascribe_trainer_step(get(), steps, monitored, error);
    });
  }
  /// Goes on to the end.
  void run(const Monitor &monitor = {}) { step(UINT64_MAX, monitor); }
  /// How it went so far.
  Training training() const { return detail::filled<Training>(ascribe_trainer_training, get()); }
  /// The model as it is now, with its data and ledger.
  Model model() const { return detail::make<Model>(ascribe_trainer_model, get()); }

 private:
  friend Owned;
  using Owned::Owned;
};

/// The ledger of a training that your own code runs: what each example moved, recorded step by step. When the training has
/// ended, give a model the values and then, by `Model::set_ledger`, the ledger; rollback explains it like one that was
/// trained here.
class LedgerBuilder : public detail::Owned<LedgerBuilder, ascribe_ledger_builder, ascribe_ledger_builder_free> {
 public:
  /// A ledger without changes for a training of a model made like `model`, on `data`. By the rule "step" changes of a row
  /// add up; by "refill" each comes with its curvature, and later steps of other examples answer to it.
  LedgerBuilder(const Model &model, const Dataset &data, const std::string &rule = "step")
      : Owned(detail::create<ascribe_ledger_builder>(ascribe_ledger_builder_new, model.get(), data.get(),
                                                     detail::c_string(rule, "the rule"))) {}
  /// Records that an example moved a row in the step under way: of gradient descent by minus the learning rate times the
  /// gradient of its loss. With the rule "refill" `curvature` is the diagonal of the Gauss-Newton matrix of its loss along
  /// the row, as long as `change`; otherwise it is empty.
  void record(std::uint64_t example, std::size_t parameter, std::uint64_t row, ArrayView<double> change,
              ArrayView<double> curvature = {}) {
    if (!curvature.empty() && curvature.size() != change.size()) {
      throw Error(Code::invalid_argument, "the length of the curvature is " + std::to_string(curvature.size()) +
                                              ", expected " + std::to_string(change.size()) + ", as the change has");
    }
    detail::call(ascribe_ledger_builder_record, get(), example, parameter, row, change.data(),
                 curvature.empty() ? nullptr : curvature.data(), change.size());
  }
  /// Ends the step under way, which was taken with a learning rate.
  void end_step(double learning_rate) { detail::call(ascribe_ledger_builder_end_step, get(), learning_rate); }
  /// Counts an epoch.
  void end_epoch() { detail::call(ascribe_ledger_builder_end_epoch, get()); }

 private:
  friend Owned;
  using Owned::Owned;
};

inline void Model::set_ledger(const LedgerBuilder &builder) {
  detail::call(ascribe_model_set_ledger, get(), builder.get());
}

}  // namespace ascribe

#endif
