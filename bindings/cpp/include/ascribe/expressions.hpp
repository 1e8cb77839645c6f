/// @file
/// The operations of a graph: functions and operators of `Expr`, found by their arguments. Each adds a value to the
/// graph and throws `Error` (`Code::shape`) if the shapes do not fit; operands of two graphs are refused
/// (`Code::invalid_argument`). Which operand of `f(x) + g(y)` is built first is the compiler's choice; that may move
/// the last digit of a derivative, and does not if each has a statement of its own.
#ifndef ASCRIBE_EXPRESSIONS_HPP
#define ASCRIBE_EXPRESSIONS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "detail.hpp"
#include "graph.hpp"
#include "views.hpp"

namespace ascribe {

namespace detail {

// The calls of operations have few signatures, and most take the operation by its word; `arguments` are what stands
// between the operands and the result.

template <class Function, class... Arguments>
Expr node(const char *name, Function function, const Expr &x, Arguments... arguments) {
  return add_node(x, function, graph_of(x, name), x.node(), arguments...);
}

template <class Function, class... Arguments>
Expr node2(const char *name, Function function, const Expr &a, const Expr &b, Arguments... arguments) {
  return add_node(a, function, graph_of(a, b, name), a.node(), b.node(), arguments...);
}

template <class Function, class... Arguments>
Expr by_word(Function function, const char *word, const Expr &x, Arguments... arguments) {
  return add_node(x, function, graph_of(x, word), word, x.node(), arguments...);
}

template <class Function, class... Arguments>
Expr by_word2(Function function, const char *word, const Expr &a, const Expr &b, Arguments... arguments) {
  return add_node(a, function, graph_of(a, b, word), word, a.node(), b.node(), arguments...);
}

inline Expr contraction(const std::string &spec, const Expr &a, const Expr &b, std::int32_t over_batch) {
  const char *letters = c_string(spec, "the specification of a contraction");
  ascribe_graph *graph = graph_of(a, b, over_batch ? "contract_over_batch" : "einsum");
  return add_node(a, ascribe_graph_einsum, graph, letters, a.node(), b.node(), over_batch);
}

inline Expr unary(const char *word, const Expr &x) { return by_word(ascribe_graph_unary, word, x); }

inline Expr with_constant(const char *word, const Expr &x, double c) {
  return by_word(ascribe_graph_with_constant, word, x, c);
}

inline Expr binary(const char *word, const Expr &a, const Expr &b) { return by_word2(ascribe_graph_binary, word, a, b); }

inline Expr along_axis(const char *word, const Expr &x, std::int64_t axis) {
  return by_word(ascribe_graph_along_axis, word, x, axis);
}

}  // namespace detail

/// @name Elementwise functions
/// @{

inline Expr exp(const Expr &x) { return detail::unary("exp", x); }  ///< eˣ.
inline Expr log(const Expr &x) { return detail::unary("log", x); }  ///< ln x.
inline Expr tanh(const Expr &x) { return detail::unary("tanh", x); }  ///< tanh x.
inline Expr sigmoid(const Expr &x) { return detail::unary("sigmoid", x); }  ///< 1 / (1 + e⁻ˣ).
inline Expr softplus(const Expr &x) { return detail::unary("softplus", x); }  ///< ln(1 + eˣ), without overflow.
inline Expr relu(const Expr &x) { return detail::unary("relu", x); }  ///< max(x, 0); its derivative at zero is zero.
inline Expr step(const Expr &x) { return detail::unary("step", x); }  ///< 1 where x > 0, else 0; derivative zero.
inline Expr erf(const Expr &x) { return detail::unary("erf", x); }  ///< erf x = 2/√π ∫₀ˣ e^{−t²} dt.
inline Expr sin(const Expr &x) { return detail::unary("sin", x); }  ///< sin x.
inline Expr cos(const Expr &x) { return detail::unary("cos", x); }  ///< cos x.
inline Expr abs(const Expr &x) { return detail::unary("abs", x); }  ///< |x|; its derivative at zero is zero.
inline Expr sign(const Expr &x) { return detail::unary("sign", x); }  ///< −1, 0 or 1; derivative zero.
inline Expr gelu(const Expr &x) { return detail::unary("gelu", x); }  ///< x·Φ(x) with the normal distribution Φ.
/// The approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) of `gelu`.
inline Expr gelu_tanh(const Expr &x) { return detail::unary("gelu_tanh", x); }
inline Expr neg(const Expr &x) { return detail::unary("neg", x); }  ///< −x.
inline Expr scale(const Expr &x, double c) { return detail::with_constant("scale", x, c); }  ///< c·x.
inline Expr shift(const Expr &x, double c) { return detail::with_constant("shift", x, c); }  ///< x + c.
/// x to the power of c.
inline Expr power(const Expr &x, double c) { return detail::with_constant("power", x, c); }
/// @}

/// @name Operators
/// Elementwise. Of two expressions the smaller value is repeated along leading axes and axes of size one.
/// @{

/// a + b.
inline Expr operator+(const Expr &a, const Expr &b) { return detail::binary("add", a, b); }
/// a − b.
inline Expr operator-(const Expr &a, const Expr &b) { return detail::binary("sub", a, b); }
inline Expr operator*(const Expr &a, const Expr &b) { return detail::binary("mul", a, b); }  ///< a·b.
/// a / b.
inline Expr operator/(const Expr &a, const Expr &b) { return detail::binary("div", a, b); }
inline Expr operator+(const Expr &x, double c) { return shift(x, c); }  ///< x + c.
inline Expr operator+(double c, const Expr &x) { return shift(x, c); }  ///< c + x.
inline Expr operator-(const Expr &x, double c) { return shift(x, -c); }  ///< x − c.
inline Expr operator-(double c, const Expr &x) { return shift(neg(x), c); }  ///< c − x.
inline Expr operator*(const Expr &x, double c) { return scale(x, c); }  ///< x·c.
inline Expr operator*(double c, const Expr &x) { return scale(x, c); }  ///< c·x.
inline Expr operator/(const Expr &x, double c) { return scale(x, 1.0 / c); }  ///< x / c, as x·(1/c).
inline Expr operator/(double c, const Expr &x) { return scale(power(x, -1.0), c); }  ///< c / x, as c·x⁻¹.
inline Expr operator-(const Expr &x) { return neg(x); }  ///< −x.
inline Expr operator+(const Expr &x) { return x; }  ///< x.
template <class B> Expr &operator+=(Expr &a, const B &b) { return a = a + b; }  ///< a becomes a + b; b may be a number.
template <class B> Expr &operator-=(Expr &a, const B &b) { return a = a - b; }  ///< a becomes a − b; b may be a number.
template <class B> Expr &operator*=(Expr &a, const B &b) { return a = a * b; }  ///< a becomes a·b; b may be a number.
template <class B> Expr &operator/=(Expr &a, const B &b) { return a = a / b; }  ///< a becomes a / b; b may be a number.
/// @}

/// @name Along an axis, counted from 0
/// @{

/// The sum along an axis, counted from 0.
inline Expr sum(const Expr &x, std::int64_t axis) { return detail::along_axis("sum", x, axis); }
/// ln Σ eˣ along an axis, without overflow.
inline Expr log_sum_exp(const Expr &x, std::int64_t axis) {
  return detail::along_axis("log_sum_exp", x, axis);
}
/// The largest element along an axis; of several that are equal the first has all of the derivative.
inline Expr max(const Expr &x, std::int64_t axis) { return detail::along_axis("max", x, axis); }
/// Not an axis: `max(x, 0.0)`, the larger of two numbers, is `relu(x)`.
template <class T, class = std::enable_if_t<std::is_floating_point_v<T>>>
Expr max(const Expr &x, T bound) = delete;
/// Not an axis: the larger of a and b is `b + relu(a - b)`.
Expr max(const Expr &a, const Expr &b) = delete;
/// The softmax along an axis.
inline Expr softmax(const Expr &x, std::int64_t axis) {
  return detail::along_axis("softmax", x, axis);
}
/// 1 at the first largest element along an axis and 0 elsewhere; its derivative is zero.
inline Expr argmax_mask(const Expr &x, std::int64_t axis) {
  return detail::along_axis("argmax_mask", x, axis);
}
/// Not an axis: a fraction would be cut off to one.
template <class T, class = std::enable_if_t<std::is_floating_point_v<T>>>
Expr sum(const Expr &x, T axis) = delete;
/// Not an axis.
template <class T, class = std::enable_if_t<std::is_floating_point_v<T>>>
Expr log_sum_exp(const Expr &x, T axis) = delete;
/// Not an axis.
template <class T, class = std::enable_if_t<std::is_floating_point_v<T>>>
Expr softmax(const Expr &x, T axis) = delete;
/// Not an axis.
template <class T, class = std::enable_if_t<std::is_floating_point_v<T>>>
Expr argmax_mask(const Expr &x, T axis) = delete;
/// The sum of all elements.
inline Expr sum(const Expr &x) { return detail::unary("sum_all", x); }
/// A repetition along a new axis of `size` that stands before `axis`.
inline Expr expand(const Expr &x, std::int64_t axis, std::int64_t size) {
  return detail::node("expand", ascribe_graph_expand, x, axis, size);
}
/// `count` elements of an axis, from `start` on.
inline Expr slice(const Expr &x, std::int64_t axis, std::int64_t start, std::int64_t count) {
  return detail::by_word(ascribe_graph_resize, "slice", x, axis, start, count);
}
/// Zeros around a value, so that `axis` has `size` elements and the value begins at `start`.
inline Expr pad(const Expr &x, std::int64_t axis, std::int64_t start, std::int64_t size) {
  return detail::by_word(ascribe_graph_resize, "pad", x, axis, start, size);
}
/// Two values concatenated along an axis.
inline Expr concatenate(const Expr &a, const Expr &b, std::int64_t axis) {
  return detail::node2("concatenate", ascribe_graph_concatenate, a, b, axis);
}
/// @}

/// @name Shapes
/// @{

/// The same elements in another shape.
inline Expr reshape(const Expr &x, ArrayView<std::int64_t> sizes) {
  return detail::node("reshape", ascribe_graph_reshape, x, sizes.data(), sizes.size());
}
/// The axes in another order: axis `i` of the result is axis `axes[i]` of `x`.
inline Expr permute(const Expr &x, ArrayView<std::int64_t> axes) {
  return detail::node("permute", ascribe_graph_permute, x, axes.data(), axes.size());
}
/// @}

/// @name Sums of products
/// @{

/// A sum of products over shared axes, written as in `einsum("d,cd->c", query, table)`: matrix products of every
/// kind.
inline Expr einsum(const std::string &spec, const Expr &a, const Expr &b) {
  return detail::contraction(spec, a, b, 0);
}
/// A sum of products over shared axes and over the examples.
inline Expr contract_over_batch(const std::string &spec, const Expr &a, const Expr &b) {
  return detail::contraction(spec, a, b, 1);
}
/// The sum over the examples of a value per example.
inline Expr batch_sum(const Expr &x) { return detail::unary("batch_sum", x); }
/// A shared value, broadcast over the batch: one per example.
inline Expr broadcast_batch(const Expr &x) { return detail::unary("broadcast_batch", x); }
/// @}

/// @name Gather and scatter
/// @{

/// The rows of `table`, `[rows, …]`, that `ids`, `[…]`, name: `[ids…, row…]`.
inline Expr gather_rows(const Expr &table, const Expr &ids) {
  return detail::by_word2(ascribe_graph_gather, "rows", table, ids);
}
/// Rows added by id into a table of zeros of `count` rows, one table per example.
inline Expr scatter_rows(const Expr &values, const Expr &ids, std::int64_t count) {
  return detail::by_word2(ascribe_graph_scatter, "rows", values, ids, count);
}
/// Rows added by id into one table of zeros of `count` rows, summed over the examples.
inline Expr scatter_over_batch(const Expr &values, const Expr &ids, std::int64_t count) {
  return detail::by_word2(ascribe_graph_scatter, "rows_over_batch", values, ids, count);
}
/// One element of the last axis by label: `x`, `[…, n]`, and `ids`, `[…]`, give `[…]`.
inline Expr gather(const Expr &x, const Expr &ids) { return detail::by_word2(ascribe_graph_gather, "elements", x, ids); }
/// A new last axis of `size` zeros with each element at its label: the transpose of `gather`.
inline Expr scatter(const Expr &x, const Expr &ids, std::int64_t size) {
  return detail::by_word2(ascribe_graph_scatter, "elements", x, ids, size);
}
/// @}

/// A height and a width, in elements of an image.
struct Extent {
  std::int64_t height;  ///< Down.
  std::int64_t width;   ///< Along.
};

namespace detail {

inline Expr windows(const char *word, const Expr &x, Extent size, Extent stride) {
  return by_word(ascribe_graph_windows, word, x, size.height, size.width, stride.height, stride.width);
}

}  // namespace detail

/// @name Images, [height, width, channels]
/// @{

/// The windows of an image, the next of which begins `stride` further on: `[rows, columns, height, width, channels]`.
inline Expr unfold(const Expr &image, Extent window, Extent stride = {1, 1}) {
  return detail::windows("unfold", image, window, stride);
}
/// The image of a size that overlapping windows sum to; the transpose of `unfold`.
inline Expr fold(const Expr &windows, Extent size, Extent stride = {1, 1}) {
  return detail::windows("fold", windows, size, stride);
}
/// The convolution, as neural networks mean it, of `image` with `weights`, `[filters, height, width, channels]`, and
/// `padding` zeros on either side: `[rows, columns, filters]`.
inline Expr convolve2d(const Expr &image, const Expr &weights, Extent stride = {1, 1}, Extent padding = {0, 0}) {
  return detail::node2("convolve2d", ascribe_graph_convolve2d, image, weights, stride.height, stride.width,
                       padding.height, padding.width);
}
/// The largest element of each window and channel: `[rows, columns, channels]`.
inline Expr max_pool2d(const Expr &image, Extent window, Extent stride) {
  return detail::windows("max_pool2d", image, window, stride);
}
/// The mean of each window and channel: `[rows, columns, channels]`.
inline Expr average_pool2d(const Expr &image, Extent window, Extent stride) {
  return detail::windows("average_pool2d", image, window, stride);
}
/// @}

/// The derivatives of `of`, a shared number, by each of the shared values `by`, as values of the graph, which can be
/// differentiated again.
inline std::vector<Expr> gradient(const Expr &of, ArrayView<Expr> by) {
  std::vector<ascribe_node> nodes;
  for (const Expr &x : by) {
    detail::graph_of(of, x, "gradient");
    nodes.push_back(x.node());
  }
  std::vector<ascribe_node> results(nodes.size(), ASCRIBE_NO_NODE);
  ascribe_graph *graph = detail::graph_of(of, "gradient");
  detail::call(ascribe_graph_gradient, graph, of.node(), nodes.data(), nodes.size(), results.data());
  std::vector<Expr> expressions;
  for (const ascribe_node node : results) expressions.emplace_back(of, node);
  return expressions;
}

}  // namespace ascribe

#endif
