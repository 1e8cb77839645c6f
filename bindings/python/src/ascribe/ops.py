"""Functions of expressions, beside the operators and methods that they have. Axes count as NumPy's do, and the axis of the examples is
never written.
"""

from __future__ import annotations

from typing import Sequence, Tuple, Union

from . import capi
from ._graph import Node

__all__ = [
    "argmax_mask", "average_pool2d", "batch_sum", "broadcast_batch", "concatenate", "convolve2d", "cos", "einsum", "erf", "exp", "expand",
    "fold", "gather", "gather_rows", "gelu", "gelu_tanh", "log", "log_sum_exp", "max_pool2d", "pad", "relu", "scatter", "scatter_rows",
    "sigmoid", "sign", "sin", "softmax", "softplus", "sqrt", "step", "tanh", "unfold",
]  # fmt: skip

Pair = Union[int, Tuple[int, int]]


def exp(x: Node) -> Node:
    """eˣ, for each element."""
    return x._unary(b"exp")


def log(x: Node) -> Node:
    """The natural logarithm, for each element."""
    return x._unary(b"log")


def tanh(x: Node) -> Node:
    """The hyperbolic tangent, for each element."""
    return x._unary(b"tanh")


def sigmoid(x: Node) -> Node:
    """1 / (1 + e⁻ˣ), for each element."""
    return x._unary(b"sigmoid")


def softplus(x: Node) -> Node:
    """ln(1 + eˣ) without overflow, for each element."""
    return x._unary(b"softplus")


def relu(x: Node) -> Node:
    """The larger of x and 0, for each element; its derivative at 0 is 0."""
    return x._unary(b"relu")


def step(x: Node) -> Node:
    """1 where x is positive, else 0; its derivative is zero."""
    return x._unary(b"step")


def erf(x: Node) -> Node:
    """The error function, for each element."""
    return x._unary(b"erf")


def sin(x: Node) -> Node:
    """The sine, in radians, for each element."""
    return x._unary(b"sin")


def cos(x: Node) -> Node:
    """The cosine, in radians, for each element."""
    return x._unary(b"cos")


def sign(x: Node) -> Node:
    """−1, 0 or 1, for each element; its derivative is zero."""
    return x._unary(b"sign")


def gelu(x: Node) -> Node:
    """x times the normal distribution's probability below x, for each element."""
    return x._unary(b"gelu")


def gelu_tanh(x: Node) -> Node:
    """`gelu` approximated by `tanh`, for each element."""
    return x._unary(b"gelu_tanh")


def sqrt(x: Node) -> Node:
    """The square root, for each element."""
    return x**0.5


# ---- along axes


def log_sum_exp(x: Node, axis: Union[int, Sequence[int], None] = None, keepdims: bool = False) -> Node:
    """ln Σ eˣ without overflow, of all elements or along axes."""
    return x._reduced(b"log_sum_exp", axis, keepdims)


def softmax(x: Node, axis: int = -1) -> Node:
    """eˣ divided by its sum along an axis, without overflow."""
    return x._along(b"softmax", axis)


def argmax_mask(x: Node, axis: int = -1) -> Node:
    """1 at the first largest place along an axis and 0 elsewhere; its derivative is zero."""
    return x._along(b"argmax_mask", axis)


def expand(x: Node, axis: int, size: int) -> Node:
    """Repeats x along a new axis, which stands at place `axis` of the result."""
    return x._added(capi.ascribe_graph_expand, x, x._axis(axis, x.ndim + 1), size)


def pad(x: Node, axis: int, start: int, size: int) -> Node:
    """Zeros around x, so that `axis` has `size` places and x begins at place `start`."""
    return x._added(capi.ascribe_graph_resize, b"pad", x, x._axis(axis), start, size)


def concatenate(nodes: Sequence[Node], axis: int = 0) -> Node:
    """Expressions one after the other along an axis."""
    if not nodes:
        raise ValueError("nodes is empty, expected at least one expression")
    found = nodes[0]
    for node in nodes[1:]:
        found = found._added(capi.ascribe_graph_concatenate, found, node, found._axis(axis))
    return found


# ---- rows, labels, contractions


def gather_rows(table: Node, ids: Node) -> Node:
    """The rows of a table that `ids` name, of shape `(*ids.shape, *table.shape[1:])`; also written `table[ids]`."""
    return table._added(capi.ascribe_graph_gather, b"rows", table, ids)


def scatter_rows(values: Node, ids: Node, rows: int, batch: bool = False) -> Node:
    """The transpose of :func:`gather_rows`: a table of `rows` rows, zero but for `values` added at `ids`; one for each example, or with
    `batch` one in all.
    """
    return values._added(capi.ascribe_graph_scatter, b"rows_over_batch" if batch else b"rows", values, ids, rows)


def gather(x: Node, ids: Node) -> Node:
    """One element of the last axis of x by its label: the shape of `ids` is that of x without its last axis."""
    return x._added(capi.ascribe_graph_gather, b"elements", x, ids)


def scatter(x: Node, ids: Node, size: int) -> Node:
    """The transpose of :func:`gather`: a last axis of `size` places, zero but for each element at its label."""
    return x._added(capi.ascribe_graph_scatter, b"elements", x, ids, size)


def einsum(spec: str, a: Node, b: Node, batch: bool = False) -> Node:
    """A sum of products over the axes that do not occur in the result, as in "ij,j->i". With `batch` it is summed over the examples
    too, which makes it shared.
    """
    return a._added(capi.ascribe_graph_einsum, spec.encode(), a, b, int(batch))


def batch_sum(x: Node) -> Node:
    """The sum over the examples, which is shared."""
    return x._unary(b"batch_sum")


def broadcast_batch(x: Node) -> Node:
    """A shared value as one that every example has, the transpose of :func:`batch_sum`."""
    return x._unary(b"broadcast_batch")


# ---- images, of shape (height, width, channels); windows, strides and padding are a side or (height, width)


def both(sizes: Pair) -> Tuple[int, int]:
    return (sizes, sizes) if isinstance(sizes, int) else sizes


def windows(operation: bytes, x: Node, size: Pair, stride: Pair) -> Node:
    return x._added(capi.ascribe_graph_windows, operation, x, *both(size), *both(stride))


def unfold(image: Node, window: Pair, stride: Pair = 1) -> Node:
    """The windows of an image: (rows, columns, window height, window width, channels)."""
    return windows(b"unfold", image, window, stride)


def fold(patches: Node, size: Pair, stride: Pair = 1) -> Node:
    """The image of `size` that overlapping windows sum to, the transpose of :func:`unfold`."""
    return windows(b"fold", patches, size, stride)


def convolve2d(image: Node, weights: Node, stride: Pair = 1, padding: Pair = 0) -> Node:
    """Convolution of an image with weights (filters, window height, window width, channels), which are not turned round: (rows, columns,
    filters).
    """
    return image._added(capi.ascribe_graph_convolve2d, image, weights, *both(stride), *both(padding))


def max_pool2d(image: Node, window: Pair, stride: Union[Pair, None] = None) -> Node:
    """The largest element of each window and channel; windows lie side by side unless a stride is given."""
    return windows(b"max_pool2d", image, window, window if stride is None else stride)


def average_pool2d(image: Node, window: Pair, stride: Union[Pair, None] = None) -> Node:
    """The mean of each window and channel; windows lie side by side unless a stride is given."""
    return windows(b"average_pool2d", image, window, window if stride is None else stride)
