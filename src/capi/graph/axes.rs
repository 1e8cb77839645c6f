//! Operations along axes, and shapes.

use super::*;

/// The operations along an axis, by their words.
const ALONG_AXIS: [(&str, fn(&mut Graph, NodeId, usize) -> crate::Result<NodeId>); 5] = [
    ("sum", Graph::sum),
    ("log_sum_exp", Graph::log_sum_exp),
    ("max", Graph::max),
    ("softmax", Graph::softmax),
    ("argmax_mask", Graph::argmax_mask),
];

/// Adds an operation along an axis. The first three give the shape of `x` without the axis, the others that of `x`.
/// Needs exclusive access to `graph`.
///
///   "sum"          the sum
///   "log_sum_exp"  ln Σ eˣ, without overflow
///   "max"          the largest element. Of several that are equal the first has all of the derivative; a NaN along the axis gives NaN,
///                  and so does an infinite element that is not the largest.
///   "softmax"      eˣ divided by its sum
///   "argmax_mask"  1 at the first largest place and 0 elsewhere; its derivative is zero
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
///
/// @param graph     the graph to add to
/// @param operation the operation, by its word
/// @param x         a value of numbers
/// @param axis      the axis, counted from 0
/// @param node      receives the result
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_along_axis(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    x: ascribe_node,
    axis: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, x, node, error, |graph, x| {
            Ok(word(operation, "operation", &ALONG_AXIS)?(graph, x, size(axis, "axis")?)?)
        })
    }
}

/// The operations that shorten or lengthen an axis, by their words.
const RESIZE: [(&str, fn(&mut Graph, NodeId, usize, usize, usize) -> crate::Result<NodeId>); 2] =
    [("slice", Graph::slice), ("pad", Graph::pad)];

/// Adds a value with more or fewer places along an axis. The two are each other's transposes.
/// Needs exclusive access to `graph`.
///
///   "slice"  the `size` places of the axis from `start` on
///   "pad"    zeros around `x`, so that the axis has `size` places and `x` begins at the place `start`
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when the places do not lie in the axis, or `x` not in the
/// padded one, when a slice is empty, memory could not hold the result, or `x` holds ids.
///
/// @param graph     the graph to add to
/// @param operation the operation, by its word
/// @param x         a value of numbers
/// @param axis      the axis, counted from 0
/// @param start     a place of the axis, counted from 0: of that of `x`, or of the padded one
/// @param size      how many places the axis has then
/// @param node      receives the result: the shape of `x` with `size` places along the axis
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_resize(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    x: ascribe_node,
    axis: i64,
    start: i64,
    size: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    let number = super::size;
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, x, node, error, |graph, x| {
            let operation = word(operation, "operation", &RESIZE)?;
            Ok(operation(graph, x, number(axis, "axis")?, number(start, "start")?, number(size, "size")?)?)
        })
    }
}

/// Adds a repetition along a new axis that stands before `axis`.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the axis would lie beyond the last, the size is zero, memory could not hold the result, or `x` holds
/// ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  where the new axis stands, 0 to the rank of `x`
/// @param size  the size of the new axis
/// @param node  receives the result: the shape of `x` with the new axis
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_expand(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    size: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    let number = super::size;
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, x, node, error, |graph, x| Ok(graph.expand(x, number(axis, "axis")?, number(size, "size")?)?)) }
}

/// Adds the same elements in the same order in another shape.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the number of elements differs or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param sizes the new sizes, outermost first; ignored when `rank` is 0
/// @param rank  how many sizes there are; 0 for a scalar
/// @param node  receives the result: a value of that shape
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_reshape(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    sizes: *const i64,
    rank: usize,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, x, node, error, |graph, x| Ok(graph.reshape(x, &sizes_of(sizes, rank, "sizes")?)?)) }
}

/// Adds the axes in another order: axis i of the result is the axis of `x` that stands at place i of `axes`.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `axes` does not name every axis of `x` once or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axes  for each axis of the result an axis of `x`; ignored when `rank` is 0
/// @param rank  how many axes there are
/// @param node  receives the result: the elements of `x` with the axes in that order
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_permute(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axes: *const i64,
    rank: usize,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, x, node, error, |graph, x| Ok(graph.permute(x, &sizes_of(axes, rank, "axes")?)?)) }
}

/// Adds the concatenation of two values along an axis.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when other axes differ or a value holds ids.
///
/// @param graph the graph to add to
/// @param a     the value that comes first
/// @param b     the value that follows
/// @param axis  the axis, counted from 0
/// @param node  receives the result: the shape of `a` with the places of both along the axis
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_concatenate(
    graph: *mut ascribe_graph,
    a: ascribe_node,
    b: ascribe_node,
    axis: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    let values = [("a", a), ("b", b)];
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { two(graph, values, node, error, |graph, a, b| Ok(graph.concatenate(a, b, size(axis, "axis")?)?)) }
}
