//! Sums and moves along axes.

use super::*;

/// Adds the sum along an axis.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  the axis, counted from 0
/// @param node  receives the result: the shape of `x` without the axis
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_sum(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.sum(x, size(axis, "axis")?)?)) }
}

/// Adds ln Σ eˣ along an axis, without overflow.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  the axis, counted from 0
/// @param node  receives the result: the shape of `x` without the axis
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_log_sum_exp(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.log_sum_exp(x, size(axis, "axis")?)?)) }
}

/// Adds the largest element along an axis. Of several that are equal the first has all of the derivative; a NaN along
/// the axis gives NaN, and so does an infinite element that is not the largest.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  the axis, counted from 0
/// @param node  receives the result: the shape of `x` without the axis
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_max(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.max(x, size(axis, "axis")?)?)) }
}

/// Adds the softmax along an axis: eˣ divided by its sum.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  the axis, counted from 0
/// @param node  receives the result: the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_softmax(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.softmax(x, size(axis, "axis")?)?)) }
}

/// Adds 1 at the first largest place along an axis and 0 elsewhere. Its derivative is zero.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when there is no such axis or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  the axis, counted from 0
/// @param node  receives the result: the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_argmax_mask(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.argmax_mask(x, size(axis, "axis")?)?)) }
}

/// Adds the sum of all elements of each example's value, or of a shared value.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a scalar
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_sum_all(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.sum_all(x)?)) }
}

/// Adds a repetition along a new axis that stands before `axis`.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the axis would lie beyond the last, the size is zero, memory could not hold the
/// result, or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  where the new axis stands, 0 to the rank of `x`
/// @param size  the size of the new axis
/// @param node  receives the result: the shape of `x` with the new axis
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_expand(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    size: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, ("x", x), node, error, |graph, x| {
            Ok(graph.expand(x, super::size(axis, "axis")?, super::size(size, "size")?)?)
        })
    }
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
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
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
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.reshape(x, &sizes_of(sizes, rank, "sizes")?)?)) }
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
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
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
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.permute(x, &sizes_of(axes, rank, "axes")?)?)) }
}

/// Adds some places of an axis.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the axis has not that many places, the count is 0, or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  the axis, counted from 0
/// @param start the first place kept
/// @param count how many places are kept, at least 1
/// @param node  receives the result: the shape of `x` with `count` places along the axis
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_slice(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    start: i64,
    count: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, ("x", x), node, error, |graph, x| {
            Ok(graph.slice(x, size(axis, "axis")?, size(start, "start")?, size(count, "count")?)?)
        })
    }
}

/// Adds zeros around a value along an axis.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the value does not fit there, memory could not hold the result, or `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param axis  the axis, counted from 0
/// @param start the place of the result where `x` begins
/// @param size  how many places the axis has then
/// @param node  receives the result: the shape of `x` with `size` places along the axis
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_pad(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    axis: i64,
    start: i64,
    size: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        one(graph, ("x", x), node, error, |graph, x| {
            Ok(graph.pad(x, super::size(axis, "axis")?, super::size(start, "start")?, super::size(size, "size")?)?)
        })
    }
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
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_concatenate(
    graph: *mut ascribe_graph,
    a: ascribe_node,
    b: ascribe_node,
    axis: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, ("a", a), ("b", b), node, error, |graph, a, b| Ok(graph.concatenate(a, b, size(axis, "axis")?)?))
    }
}
