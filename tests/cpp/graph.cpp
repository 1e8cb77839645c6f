// Every operation of a graph, by its value and its derivative against the formula written in C++.
#include <algorithm>
#include <functional>
#include <numeric>

#include "check.hpp"

using namespace ascribe;

// A number with decimals is no axis: `max(x, 0.0)` is not what it looks like.
#define TAKES_AXIS(function)                                                                                          \
  template <class T, class = void> struct axis_of_##function : std::false_type {};                                    \
  template <class T>                                                                                                  \
  struct axis_of_##function<T, std::void_t<decltype(function(std::declval<Expr>(), std::declval<T>()))>>              \
      : std::true_type {};                                                                                            \
  static_assert(axis_of_##function<int>::value && axis_of_##function<std::int64_t>::value);                           \
  static_assert(!axis_of_##function<double>::value && !axis_of_##function<float>::value)
TAKES_AXIS(sum);
TAKES_AXIS(max);
TAKES_AXIS(log_sum_exp);
TAKES_AXIS(softmax);
TAKES_AXIS(argmax_mask);
#undef TAKES_AXIS

using Numbers = std::vector<double>;

// The value of `make(x)`, all its elements weighted and summed, for one example whose input x has some sizes.
static double evaluate(const Numbers &x, ArrayView<std::int64_t> sizes, const std::function<Expr(Expr, Graph &)> &make,
                       const Numbers &weights) {
  Graph graph;
  const auto input = graph.input("x", sizes);
  const auto unused = graph.parameter("unused");
  auto value = make(input, graph);
  const auto shape = value.shape();
  const auto count = std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  CHECK(static_cast<std::size_t>(count) == weights.size());
  Expr sum_of_all;
  value = reshape(value, {count});
  for (std::int64_t i = 0; i < count; ++i) {
    const auto term = sum(slice(value, 0, i, 1)) * weights[static_cast<std::size_t>(i)];
    sum_of_all = i == 0 ? term : sum_of_all + term;
  }
  graph.functional("value", sum_of_all);
  const auto model = Model::custom(sum_of_all + 0 * unused);
  Dataset data(1);
  data.set_numbers("x", MatrixView::row_major(x.data(), 1, static_cast<std::int64_t>(x.size())));
  return model.evaluate(data, "value").at(0);
}

static void is(const char *what, const Numbers &x, ArrayView<std::int64_t> sizes,
               const std::function<Expr(Expr, Graph &)> &make, const Numbers &expected) {
  Numbers weights(expected.size());
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = 1.0 / static_cast<double>(i + 1);
    sum += weights[i] * expected[i];
  }
  const double found = evaluate(x, sizes, make, weights);
  check(close_to(found, sum), (std::string(what) + ": " + std::to_string(found) + ", not " + std::to_string(sum)).c_str(),
        __FILE__, __LINE__);
}

static Numbers each(const Numbers &x, double (*function)(double)) {
  Numbers results;
  for (const double number : x) results.push_back(function(number));
  return results;
}

static void elementwise() {
  const Numbers x{-1.5, -0.2, 0.3, 2.0}, positive{0.1, 0.7, 1.0, 3.0};
  const auto unary = [&](const char *what, Expr (*operation)(const Expr &), double (*function)(double)) {
    is(what, x, {4}, [&](Expr e, Graph &) { return operation(e); }, each(x, function));
  };
  unary("exp", exp, [](double a) { return std::exp(a); });
  is("log", positive, {4}, [](Expr e, Graph &) { return log(e); }, each(positive, [](double a) { return std::log(a); }));
  unary("tanh", tanh, [](double a) { return std::tanh(a); });
  unary("sigmoid", sigmoid, [](double a) { return 1 / (1 + std::exp(-a)); });
  unary("softplus", softplus, [](double a) { return std::log1p(std::exp(a)); });
  unary("relu", relu, [](double a) { return std::max(a, 0.0); });
  unary("step", step, [](double a) { return a > 0 ? 1.0 : 0.0; });
  unary("erf", erf, [](double a) { return std::erf(a); });
  unary("sin", sin, [](double a) { return std::sin(a); });
  unary("cos", cos, [](double a) { return std::cos(a); });
  unary("abs", abs, [](double a) { return std::fabs(a); });
  unary("sign", sign, [](double a) { return a > 0 ? 1.0 : a < 0 ? -1.0 : 0.0; });
  unary("gelu", gelu, [](double a) { return a / 2 * (1 + std::erf(a / std::sqrt(2.0))); });
  unary("gelu_tanh", gelu_tanh, [](double a) {
    return a / 2 * (1 + std::tanh(std::sqrt(2 / std::acos(-1.0)) * (a + 0.044715 * a * a * a)));
  });
  unary("neg", neg, [](double a) { return -a; });

  const auto constant = [&](const char *what, const std::function<Expr(Expr)> &operation, double (*function)(double)) {
    is(what, x, {4}, [&](Expr e, Graph &) { return operation(e); }, each(x, function));
  };
  constant("scale", [](Expr e) { return scale(e, 3); }, [](double a) { return 3 * a; });
  constant("shift", [](Expr e) { return shift(e, 3); }, [](double a) { return a + 3; });
  constant("power", [](Expr e) { return power(e, 2); }, [](double a) { return a * a; });
  constant("e + 2", [](Expr e) { return e + 2; }, [](double a) { return a + 2; });
  constant("2 + e", [](Expr e) { return 2 + e; }, [](double a) { return 2 + a; });
  constant("e - 2", [](Expr e) { return e - 2; }, [](double a) { return a - 2; });
  constant("2 - e", [](Expr e) { return 2 - e; }, [](double a) { return 2 - a; });
  constant("e * 2", [](Expr e) { return e * 2; }, [](double a) { return a * 2; });
  constant("2 * e", [](Expr e) { return 2 * e; }, [](double a) { return 2 * a; });
  constant("e / 2", [](Expr e) { return e / 2; }, [](double a) { return a / 2; });
  constant("2 / e", [](Expr e) { return 2 / e; }, [](double a) { return 2 / a; });
  constant("-e", [](Expr e) { return -e; }, [](double a) { return -a; });
  constant("+e", [](Expr e) { return +e; }, [](double a) { return a; });
  constant("e + e * e", [](Expr e) { return e + e * e; }, [](double a) { return a + a * a; });
  constant("exp(e) - e", [](Expr e) { return exp(e) - e; }, [](double a) { return std::exp(a) - a; });
  constant("e / exp(e)", [](Expr e) { return e / exp(e); }, [](double a) { return a / std::exp(a); });
  constant(
      "assignments",
      [](Expr e) {
        Expr f = e;
        f += e, f -= 1, f *= e, f /= 4, f += 2.5, f -= e, f *= 2, f /= exp(e);
        return f;
      },
      [](double a) { return ((a + a - 1) * a / 4 + 2.5 - a) * 2 / std::exp(a); });
  is("fill", x, {4}, [](Expr e, Graph &g) { return e * g.fill(3, {4}) + g.fill(1); },
     each(x, [](double a) { return 3 * a + 1; }));
}

static void axes() {
  const Numbers x{1, 2, 3, 6, 5, 4};  // two rows of three
  const auto on = [&](const char *what, const std::function<Expr(Expr)> &operation, const Numbers &expected) {
    is(what, x, {2, 3}, [&](Expr e, Graph &) { return operation(e); }, expected);
  };
  on("sum 0", [](Expr e) { return sum(e, 0); }, {7, 7, 7});
  on("sum 1", [](Expr e) { return sum(e, 1); }, {6, 15});
  on("sum", [](Expr e) { return sum(e); }, {21});
  on("max", [](Expr e) { return max(e, 1); }, {3, 6});
  // The axis 0 is an axis, and neither a bound nor a null pointer, also where the standard library has a max.
  using std::max;
  on("max 0", [](Expr e) { return max(e, 0); }, {6, 5, 4});
  on("argmax_mask", [](Expr e) { return argmax_mask(e, 1); }, {0, 0, 1, 1, 0, 0});
  const double first = std::log(std::exp(1) + std::exp(2) + std::exp(3)), second = first + 3;
  on("log_sum_exp", [](Expr e) { return log_sum_exp(e, 1); }, {first, second});
  on("softmax", [](Expr e) { return softmax(e, 1); },
     {std::exp(1 - first), std::exp(2 - first), std::exp(3 - first), std::exp(6 - second), std::exp(5 - second),
      std::exp(4 - second)});
  on("expand", [](Expr e) { return expand(sum(e, 0), 0, 2); }, {7, 7, 7, 7, 7, 7});
  on("slice", [](Expr e) { return slice(e, 1, 1, 2); }, {2, 3, 5, 4});
  on("pad", [](Expr e) { return pad(e, 0, 1, 3); }, {0, 0, 0, 1, 2, 3, 6, 5, 4});
  on("concatenate", [](Expr e) { return concatenate(e, e * 2, 0); }, {1, 2, 3, 6, 5, 4, 2, 4, 6, 12, 10, 8});
  on("reshape", [](Expr e) { return sum(reshape(e, {3, 2}), 0); }, {9, 12});
  on("permute", [](Expr e) { return permute(e, {1, 0}); }, {1, 6, 2, 5, 3, 4});
  on("einsum", [](Expr e) { return einsum("ab,cb->ac", e, e); }, {14, 28, 28, 77});
}

// A number or a value in the place of an axis is refused when it is compiled.
template <class Bound, class = void>
constexpr bool has_max = false;
template <class Bound>
constexpr bool has_max<Bound, std::void_t<decltype(ascribe::max(std::declval<Expr>(), std::declval<Bound>()))>> = true;
static_assert(has_max<int> && has_max<std::int64_t> && !has_max<double> && !has_max<float> && !has_max<Expr>);
static_assert(!has_max<std::nullptr_t> && !has_max<const char *>);

static void images() {
  Numbers x(9);
  std::iota(x.begin(), x.end(), 1.0);  // three by three, one channel
  const auto on = [&](const char *what, const std::function<Expr(Expr, Graph &)> &operation, const Numbers &expected) {
    is(what, x, {3, 3, 1}, operation, expected);
  };
  on("unfold", [](Expr e, Graph &) { return unfold(e, {2, 3}); }, {1, 2, 3, 4, 5, 6, 4, 5, 6, 7, 8, 9});
  on("unfold, strided", [](Expr e, Graph &) { return unfold(e, {1, 1}, {2, 1}); }, {1, 2, 3, 7, 8, 9});
  on("fold", [](Expr e, Graph &) { return fold(unfold(e, {2, 3}), {3, 3}); }, {1, 2, 3, 8, 10, 12, 7, 8, 9});
  on("max_pool2d", [](Expr e, Graph &) { return max_pool2d(e, {2, 2}, {1, 1}); }, {5, 6, 8, 9});
  on("average_pool2d", [](Expr e, Graph &) { return average_pool2d(e, {3, 1}, {1, 1}); }, {4, 5, 6});
  on("convolve2d", [](Expr e, Graph &g) { return convolve2d(e, g.fill(1, {1, 2, 2, 1})); }, {12, 16, 24, 28});
  on("convolve2d, strided and padded",
     [](Expr e, Graph &g) { return convolve2d(e, g.fill(1, {1, 1, 3, 1}), {2, 3}, {0, 1}); }, {3, 15});
}

// Rows by id, with the trained values of a table, and sums over the examples.
static void ids() {
  Graph graph;
  const auto table = graph.parameter("table", {3, 2}), line = graph.parameter("line", {3});
  const auto id = graph.indices("id"), x = graph.input("x", {3}), pair = graph.indices("pair", {2});
  const auto gathered = sum(gather_rows(table, id)) + gather_rows(line, id);
  graph.functional("rows", gathered);
  graph.functional("two rows", sum(gather_rows(table, pair)));
  graph.functional("gather", gather(x, id));
  graph.functional("scatter", sum(scatter(sum(x), id, 3) * graph.fill(2, {3})));
  graph.functional("scatter_rows", sum(scatter_rows(gather_rows(table, pair), pair, 4)));
  graph.functional("einsum", sum(einsum("ab,a->b", table, x)));
  // Sums over the examples are shared values, and only values per example can be summed so.
  const auto total = batch_sum(sum(x));
  CHECK(total.shape().empty());
  CHECK((contract_over_batch("a,b->ab", x, x).shape() == std::vector<std::int64_t>{3, 3}));
  CHECK((scatter_over_batch(gather_rows(table, id), id, 5).shape() == std::vector<std::int64_t>{5, 2}));
  CHECK(broadcast_batch(sum(table)).shape().empty());
  CHECK_ERROR(shape, "", batch_sum(table));
  graph.own(table, id);

  auto model = Model::custom(gathered * gathered + sum(broadcast_batch(sum(line)) * 0.0));
  const Numbers values{1, 2, 3, 4, 5, 6}, others{10, 20, 30};
  model.set_parameter(model.find_parameter("table"), values);
  model.set_parameter(model.find_parameter("line"), others);
  CHECK(model.parameter(0) == values && (model.parameter_shape(0) == std::vector<std::int64_t>{3, 2}));
  Dataset data(2);
  data.set_ids("id", {2, 0});
  data.set_ids("pair", {0, 1, 2, 2}, 2);
  const std::vector<float> xs{1, 2, 3, 4, 5, 6};
  data.set_numbers("x", MatrixViewF32::row_major(xs, 3));
  CHECK((model.evaluate(data, "rows") == Numbers{41, 13}));
  CHECK((model.evaluate(data, "two rows") == Numbers{10, 22}));
  CHECK((model.evaluate(data, "gather") == Numbers{3, 4}));
  CHECK((model.evaluate(data, "scatter") == Numbers{12, 30}));
  CHECK((model.evaluate(data, "scatter_rows") == Numbers{10, 22}));
  CHECK((model.evaluate(data, "einsum") == Numbers{3 + 14 + 33, 12 + 35 + 66}));
  CHECK((model.evaluate(data) == Numbers{41 * 41, 13 * 13}));
}

// A derivative as part of a model: the slope of x³ + 2 x at each example is no shared value, that of a parameter is.
static void derivatives() {
  Graph graph;
  const auto a = graph.parameter("a"), b = graph.parameter("b", {2});
  const auto y = a * a * a + sum(b * b) * a;
  const auto first = gradient(y, {a, b});
  CHECK(first.size() == 2 && first[0].shape().empty() && first[1].shape() == std::vector<std::int64_t>{2});
  const auto second = gradient(first[0], {a});
  graph.functional("first", broadcast_batch(first[0]) + 0 * graph.input("x"));
  graph.functional("by b", broadcast_batch(sum(first[1])));
  graph.functional("second", broadcast_batch(second[0]));
  auto model = Model::custom(broadcast_batch(y));
  model.set_parameter(0, {3.0});
  model.set_parameter(1, {1.0, 2.0});
  Dataset data(1);
  data.set_numbers("x", ArrayView<double>({1.0}));
  CHECK(close_to(model.evaluate(data, "first").at(0), 3 * 9 + 5));
  CHECK(close_to(model.evaluate(data, "by b").at(0), 2 * 3 * 3));
  CHECK(close_to(model.evaluate(data, "second").at(0), 6 * 3));

  // A value by the number that C gave it, in a graph that C made.
  ascribe_graph *raw = nullptr;
  CHECK(ascribe_graph_new(&raw, nullptr) == ASCRIBE_OK);
  auto adopted = Graph::adopt(raw);
  ascribe_node node = ASCRIBE_NO_NODE;
  CHECK(ascribe_graph_leaf(adopted.get(), "input", "x", nullptr, 0, &node, nullptr) == ASCRIBE_OK);
  const auto x = adopted.value(node);
  CHECK(x.node() == node && x.graph() == raw && (x + 1).shape().empty());
}

int main() {
  return run([] {
    elementwise();
    axes();
    images();
    ids();
    derivatives();
  });
}
