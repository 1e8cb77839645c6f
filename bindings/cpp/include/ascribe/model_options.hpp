/// @file
/// Options of models.
#ifndef ASCRIBE_MODEL_OPTIONS_HPP
#define ASCRIBE_MODEL_OPTIONS_HPP

#include <ascribe.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "detail.hpp"
#include "graph.hpp"

namespace ascribe {

/// The loss of a model of triples.
enum class TripleLoss : std::int32_t {
  sampled_softmax = ASCRIBE_LOSS_SAMPLED_SOFTMAX,            ///< Softmax against candidates drawn at random.
  binary_cross_entropy = ASCRIBE_LOSS_BINARY_CROSS_ENTROPY,  ///< Each candidate by itself, true or false.
  full_softmax = ASCRIBE_LOSS_FULL_SOFTMAX                   ///< Softmax against all entities.
};

/// Which sides of a triple are compared in training.
enum class Sides : std::int32_t {
  tails = ASCRIBE_SIDES_TAILS,  ///< The tail with other tails.
  heads = ASCRIBE_SIDES_HEADS,  ///< The head with other heads.
  both = ASCRIBE_SIDES_BOTH     ///< Both.
};

/// When candidates are drawn.
enum class Candidates : std::int32_t {
  each_epoch = ASCRIBE_CANDIDATES_EACH_EPOCH,  ///< Anew in each epoch.
  once = ASCRIBE_CANDIDATES_ONCE               ///< Once for each example.
};

/// Options of `Model::triples`.
struct TripleOptions {
  /// The kind of model: "distmult", "complex", "transe", ...; empty: the first.
  std::string kind{};
  /// The width of an entity's vector.
  std::int64_t dimension = detail::defaults<ascribe_triple_options>().dimension;
  /// The half width of initial values.
  double initial = detail::defaults<ascribe_triple_options>().initial;
  /// The loss.
  TripleLoss loss = static_cast<TripleLoss>(detail::defaults<ascribe_triple_options>().loss);
  /// Which sides are compared.
  Sides sides = static_cast<Sides>(detail::defaults<ascribe_triple_options>().sides);
  /// When candidates are drawn.
  Candidates candidates = static_cast<Candidates>(detail::defaults<ascribe_triple_options>().candidates);
  /// How many candidates are drawn.
  std::int64_t negatives = detail::defaults<ascribe_triple_options>().negatives;
  /// What it computes in.
  Precision precision = static_cast<Precision>(detail::defaults<ascribe_triple_options>().precision);
  /// The seed of initial values and of training; none: the context's.
  std::optional<std::int64_t> seed{};
};

/// The loss of a model of rows.
enum class RowLoss : std::int32_t {
  squared = ASCRIBE_LOSS_SQUARED,    ///< Of numbers.
  logistic = ASCRIBE_LOSS_LOGISTIC,  ///< Of two classes.
  hinge = ASCRIBE_LOSS_HINGE,        ///< Of two classes, smoothed.
  softmax = ASCRIBE_LOSS_SOFTMAX     ///< Of several classes.
};

/// A function between layers.
enum class Activation : std::int32_t {
  tanh = ASCRIBE_ACTIVATION_TANH,          ///< tanh x.
  relu = ASCRIBE_ACTIVATION_RELU,          ///< max(x, 0).
  gelu = ASCRIBE_ACTIVATION_GELU,          ///< x·Φ(x).
  softplus = ASCRIBE_ACTIVATION_SOFTPLUS,  ///< ln(1 + eˣ).
  sigmoid = ASCRIBE_ACTIVATION_SIGMOID     ///< 1 / (1 + e⁻ˣ).
};

/// A layer of a network; the functions of namespace `layer` make them.
using Layer = ascribe_layer;

/// The layers of a network: `options.layers = {layer::dense(16), layer::activation(Activation::tanh)}`.
namespace layer {
/// Every output of all inputs.
inline Layer dense(std::int64_t outputs) { return {ASCRIBE_LAYER_DENSE, outputs, 0}; }
/// A convolution with a square window.
inline Layer convolution(std::int64_t channels, std::int64_t side) {
  return {ASCRIBE_LAYER_CONVOLUTION, channels, side};
}
/// A function of each number.
inline Layer activation(Activation function) {
  return {ASCRIBE_LAYER_ACTIVATION, static_cast<std::int32_t>(function), 0};
}
/// The largest number of each square window.
inline Layer max_pool(std::int64_t side) { return {ASCRIBE_LAYER_MAX_POOL, side, 0}; }
/// The mean of each square window.
inline Layer average_pool(std::int64_t side) { return {ASCRIBE_LAYER_AVERAGE_POOL, side, 0}; }
}  // namespace layer

/// Options of `Model::rows`.
struct RowOptions {
  /// The loss; none: by the targets, squared for numbers, logistic for two classes, softmax for more.
  std::optional<RowLoss> loss{};
  /// How far the corner of the hinge is rounded; 0.1 by default.
  double smoothing = detail::defaults<ascribe_row_options>().smoothing;
  /// The weight of the penalty on squared parameters; 0.01 by default.
  double l2 = detail::defaults<ascribe_row_options>().l2;
  /// Whether a constant is added to each output.
  bool intercept = detail::defaults<ascribe_row_options>().intercept != 0;
  /// The layers before the last, dense one; none: a generalized linear model.
  std::vector<Layer> layers{};
  /// What it computes in.
  Precision precision = static_cast<Precision>(detail::defaults<ascribe_row_options>().precision);
  /// The seed of initial values and of training; none: the context's.
  std::optional<std::int64_t> seed{};
};

/// Options of `Model::graph`.
struct GraphOptions {
  /// A shared number that is added to the mean of the losses; none if left empty.
  Expr penalty{};
  /// What the loss is a convex function of, for Gauss-Newton products; none if left empty.
  Expr outputs{};
  /// The half width of initial values.
  double initial = detail::defaults<ascribe_graph_options>().initial;
  /// What it computes in.
  Precision precision = static_cast<Precision>(detail::defaults<ascribe_graph_options>().precision);
  /// The seed of initial values and of training; none: the context's.
  std::optional<std::int64_t> seed{};
};

namespace detail {

inline ascribe_triple_options to_c(const TripleOptions &options) {
  auto c = initial<ascribe_triple_options>();
  c.kind = optional_c_string(options.kind, "the kind of a model");
  c.dimension = options.dimension;
  c.initial = options.initial;
  c.loss = static_cast<std::int32_t>(options.loss);
  c.sides = static_cast<std::int32_t>(options.sides);
  c.candidates = static_cast<std::int32_t>(options.candidates);
  c.negatives = options.negatives;
  c.precision = static_cast<std::int32_t>(options.precision);
  if (options.seed) c.seed = *options.seed;
  return c;
}

inline ascribe_row_options to_c(const RowOptions &options) {
  auto c = initial<ascribe_row_options>();
  c.loss = options.loss ? static_cast<std::int32_t>(*options.loss) : ASCRIBE_LOSS_BY_TARGETS;
  c.smoothing = options.smoothing;
  c.l2 = options.l2;
  c.intercept = options.intercept ? 1 : 0;
  c.layers = options.layers.data();
  c.layer_count = options.layers.size();
  c.precision = static_cast<std::int32_t>(options.precision);
  if (options.seed) c.seed = *options.seed;
  return c;
}

inline ascribe_graph_options to_c(const GraphOptions &options) {
  auto c = initial<ascribe_graph_options>();
  c.initial = options.initial;
  c.precision = static_cast<std::int32_t>(options.precision);
  if (options.seed) c.seed = *options.seed;
  return c;
}

}  // namespace detail
}  // namespace ascribe

#endif
