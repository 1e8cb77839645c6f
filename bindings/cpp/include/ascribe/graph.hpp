/// @file
/// Custom models: a graph of values that the library differentiates. The operations are in `expressions.hpp`.
#ifndef ASCRIBE_GRAPH_HPP
#define ASCRIBE_GRAPH_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "detail.hpp"
#include "error.hpp"
#include "views.hpp"

namespace ascribe {

class Graph;

/// A value of a graph: a number or an array that is either one per example (inputs, ids and whatever depends on them)
/// or shared by all examples (parameters, constants and what is made of them alone). Shapes do not count the examples.
///
/// An expression shares its graph, may be copied, and may outlive the `Graph` it came from. Whatever makes a new
/// expression changes the graph, so only one thread at a time may use the expressions of one graph.
class Expr {
 public:
  /// No value; only good for being assigned to.
  Expr() noexcept = default;
  /// The value `node` of the graph of `like`: how a number from the C interface becomes an expression.
  Expr(const Expr &like, ascribe_node node) noexcept : graph_(like.graph_), node_(node) {}

  /// The number by which C knows the value.
  ascribe_node node() const noexcept { return node_; }
  /// The graph by its C handle; null if there is no value.
  ascribe_graph *graph() const noexcept { return graph_.get(); }
  /// The sizes of the value, none for a single number; without the axis of examples.
  std::vector<std::int64_t> shape() const { return detail::sizes(ascribe_graph_shape, graph(), node_); }
  /// Whether there is a value.
  explicit operator bool() const noexcept { return graph_ != nullptr; }

 private:
  friend class Graph;
  Expr(std::shared_ptr<ascribe_graph> graph, ascribe_node node) noexcept : graph_(std::move(graph)), node_(node) {}

  std::shared_ptr<ascribe_graph> graph_;
  ascribe_node node_ = ASCRIBE_NO_NODE;
};

namespace detail {

/// The graph of a value; `operation` is for the message if there is none.
inline ascribe_graph *graph_of(const Expr &x, const char *operation) {
  if (!x) {
    throw Error(Code::invalid_argument, std::string("an operand of ") + operation +
                                            " is an Expr without a value: assign the result of a graph's method to it");
  }
  return x.graph();
}

/// The graph that two values share.
inline ascribe_graph *graph_of(const Expr &a, const Expr &b, const char *operation) {
  if (graph_of(a, operation) != graph_of(b, operation)) {
    throw Error(Code::invalid_argument,
                std::string("the operands of ") + operation + " belong to two graphs: build both with one Graph");
  }
  return a.graph();
}

/// Adds a value, `function(arguments..., ascribe_node *, ascribe_error **)`, to the graph of `like`.
template <class Function, class... Arguments>
Expr add_node(const Expr &like, Function function, Arguments... arguments) {
  ascribe_node node = ASCRIBE_NO_NODE;
  call(function, arguments..., &node);
  return Expr(like, node);
}

}  // namespace detail

/// A graph that is being built: it makes parameters, inputs and constants, and records which rows examples own and
/// which values are functionals.
///
///     ascribe::Graph graph;
///     auto table = graph.parameter("items", {20, 4});
///     auto item = graph.indices("item");
///     graph.own(table, item);
///     auto vector = gather_rows(table, item);
///
/// It can be moved and not copied, and shares the graph with its expressions, so there is no `release()`. A graph
/// during whose building the library failed with `Code::internal` returns that error from then on.
class Graph {
 public:
  /// An empty graph.
  Graph() : Graph(detail::create<ascribe_graph>(ascribe_graph_new)) {}
  /// Moves; what is left behind has no graph.
  Graph(Graph &&) noexcept = default;
  /// Moves; what is left behind has no graph.
  Graph &operator=(Graph &&) noexcept = default;

  /// Takes a C handle over: it is freed with the last that shares it.
  static Graph adopt(ascribe_graph *handle) { return Graph(handle); }
  /// The C handle; null once moved from.
  ascribe_graph *get() noexcept { return graph_.get(); }
  /// The C handle, for calls that do not change it.
  const ascribe_graph *get() const noexcept { return graph_.get(); }
  /// The value of this graph that C knows by this number.
  Expr value(ascribe_node node) const noexcept { return Expr(graph_, node); }

  /// Adds a trained array. Sizes in braces, `{}` for a single number.
  Expr parameter(const std::string &name, ArrayView<std::int64_t> sizes = {}) {
    return leaf("parameter", name, sizes);
  }
  /// Adds an input of numbers, one array per example; `sizes` are those of one example.
  Expr input(const std::string &name, ArrayView<std::int64_t> sizes = {}) {
    return leaf("input", name, sizes);
  }
  /// Adds an input of ids or labels, one array per example; `sizes` are those of one example.
  Expr indices(const std::string &name, ArrayView<std::int64_t> sizes = {}) {
    return leaf("indices", name, sizes);
  }
  /// Adds a shared value that is the same number everywhere.
  Expr fill(double value, ArrayView<std::int64_t> sizes = {}) {
    return detail::add_node(self(), ascribe_graph_fill, get(), value, sizes.data(), sizes.size());
  }

  /// Declares that an example owns the row of `parameter` that `ids`, one id per example, names: what training on the
  /// example does to that row is kept in the ledger as the example's.
  void own(const Expr &parameter, const Expr &ids) {
    detail::graph_of(self(), parameter, "own");
    detail::graph_of(self(), ids, "own");
    detail::call(ascribe_graph_own, get(), parameter.node(), ids.node());
  }
  /// Names a number per example that can be predicted and explained. The loss is always there as "loss".
  void functional(const std::string &name, const Expr &value) {
    detail::graph_of(self(), value, "functional");
    detail::call(ascribe_graph_functional, get(), detail::c_string(name, "the name of a functional"), value.node());
  }

 private:
  explicit Graph(ascribe_graph *handle) : graph_(handle, ascribe_graph_free) {}

  Expr self() const noexcept { return Expr(graph_, ASCRIBE_NO_NODE); }

  Expr leaf(const char *kind, const std::string &name, ArrayView<std::int64_t> sizes) {
    const char *c_name = detail::c_string(name, "a name");
    return detail::add_node(self(), ascribe_graph_leaf, get(), kind, c_name, sizes.data(), sizes.size());
  }

  std::shared_ptr<ascribe_graph> graph_;
};

}  // namespace ascribe

#endif
