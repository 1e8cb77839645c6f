//! Products, sums over the batch, and rows of tables.

use super::*;

/// Adds a sum of products over shared axes, written with one letter for each axis: "ij,jk->ik" is a product of
/// matrices, "d,d->" a product of vectors, "d,cd->c" a matrix times a vector. A letter that the result lacks is summed
/// over; every letter of one operand stands in the other operand or in the result. The batch is never written.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the text or the shapes do not fit, memory could not hold the result, or a value holds
/// ids.
///
/// @param graph the graph to add to
/// @param spec  which axes are multiplied and summed: a letter for each axis of `a`, a comma, those of `b`, "->", and those of the result
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: the sum of products
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_einsum(
    graph: *mut ascribe_graph,
    spec: *const c_char,
    a: ascribe_node,
    b: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { two(graph, ("a", a), ("b", b), node, error, |graph, a, b| Ok(graph.einsum(text(spec, "spec")?, a, b)?)) }
}

/// Adds a sum of products over shared axes, as ascribe_graph_einsum(), and over all examples.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE as ascribe_graph_einsum() does, and when neither value is per-example.
///
/// @param graph the graph to add to
/// @param spec  which axes are multiplied and summed: a letter for each axis of `a`, a comma, those of `b`, "->", and those of the result
/// @param a     the left value, of numbers
/// @param b     the right value, of numbers
/// @param node  receives the result: the sum of products, shared
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_contract_over_batch(
    graph: *mut ascribe_graph,
    spec: *const c_char,
    a: ascribe_node,
    b: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, ("a", a), ("b", b), node, error, |graph, a, b| {
            Ok(graph.contract_over_batch(text(spec, "spec")?, a, b)?)
        })
    }
}

/// Adds the sum over all examples.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `x` is shared, so that there is nothing to sum over, or holds ids.
///
/// @param graph the graph to add to
/// @param x     a per-example value of numbers
/// @param node  receives the result: a shared value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_batch_sum(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.batch_sum(x)?)) }
}

/// Adds a shared value as one for each example.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when `x` holds ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param node  receives the result: a per-example value of the shape of `x`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_broadcast_batch(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { one(graph, ("x", x), node, error, |graph, x| Ok(graph.broadcast_batch(x)?)) }
}

/// Adds rows of a table by id: a table of shape [rows, ...] and ids of shape [...] give [ids..., row...]. Ids beyond
/// the table are found when data are given.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the table has no rows, `ids` holds no ids, or memory could not hold the result.
///
/// @param graph the graph to add to
/// @param table a value of numbers with at least one axis
/// @param ids   ids, from ascribe_graph_indices()
/// @param node  receives the result: the rows
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_gather_rows(
    graph: *mut ascribe_graph,
    table: ascribe_node,
    ids: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, ("table", table), ("ids", ids), node, error, |graph, table, ids| Ok(graph.gather_rows(table, ids)?))
    }
}

/// Adds rows added up by id in a table of zeros, one table for each example. It is the transpose of
/// ascribe_graph_gather_rows().
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the leading axes of `values` are not those of `ids`, there are no rows, or memory
/// could not hold the table.
///
/// @param graph  the graph to add to
/// @param values the rows: a value of shape [ids..., row...]
/// @param ids    ids, from ascribe_graph_indices()
/// @param rows   how many rows the table has
/// @param node   receives the result: a per-example table of shape [rows, row...]
/// @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_scatter_rows(
    graph: *mut ascribe_graph,
    values: ascribe_node,
    ids: ascribe_node,
    rows: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, ("values", values), ("ids", ids), node, error, |graph, values, ids| {
            Ok(graph.scatter_rows(values, ids, size(rows, "rows")?)?)
        })
    }
}

/// Adds rows added up by id in one table of zeros, over all examples.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the leading axes of `values` are not those of `ids`, there are no rows, or memory
/// could not hold the table.
///
/// @param graph  the graph to add to
/// @param values the rows: a value of shape [ids..., row...]
/// @param ids    ids, from ascribe_graph_indices()
/// @param rows   how many rows the table has
/// @param node   receives the result: a shared table of shape [rows, row...]
/// @param error  NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_scatter_over_batch(
    graph: *mut ascribe_graph,
    values: ascribe_node,
    ids: ascribe_node,
    rows: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, ("values", values), ("ids", ids), node, error, |graph, values, ids| {
            Ok(graph.scatter_over_batch(values, ids, size(rows, "rows")?)?)
        })
    }
}

/// Adds one element of the last axis by label: a value of shape [..., n] and labels of shape [...] give [...].
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the shape of `ids` is not that of `x` without its last axis, or `ids` holds no ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param ids   labels, from ascribe_graph_indices()
/// @param node  receives the result: a value of the shape of `ids`
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_gather(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    ids: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { two(graph, ("x", x), ("ids", ids), node, error, |graph, x, ids| Ok(graph.gather(x, ids)?)) }
}

/// Adds a last axis of zeros in which each element stands at its label. It is the transpose of ascribe_graph_gather().
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the shape of `ids` is not that of `x`, the size is zero, memory could not hold the
/// result, or `ids` holds no ids.
///
/// @param graph the graph to add to
/// @param x     a value of numbers
/// @param ids   labels, from ascribe_graph_indices()
/// @param size  the size of the new axis
/// @param node  receives the result: a value of shape [..., size]
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_scatter(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    ids: ascribe_node,
    size: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, ("x", x), ("ids", ids), node, error, |graph, x, ids| {
            Ok(graph.scatter(x, ids, super::size(size, "size")?)?)
        })
    }
}
