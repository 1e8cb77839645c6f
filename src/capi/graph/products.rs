//! Products, and rows of tables.

use super::*;

/// Adds a sum of products over shared axes, written with one letter for each axis: "ij,jk->ik" is a product of
/// matrices, "d,d->" a product of vectors, "d,cd->c" a matrix times a vector. A letter that the result lacks is summed
/// over; every letter of one operand stands in the other operand or in the result. The batch is never written.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_SHAPE when the text or the shapes do not fit, memory could not hold the result, a value holds ids, or `over_batch`
/// is 1 and neither value is per-example.
///
/// @param graph      the graph to add to
/// @param spec       which axes are multiplied and summed: a letter for each axis of `a`, a comma, those of `b`, "->", and those of the
///                   result
/// @param a          the left value, of numbers
/// @param b          the right value, of numbers
/// @param over_batch 1 to sum over all examples as well, which gives a shared value; otherwise 0
/// @param node       receives the result: the sum of products
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_einsum(
    graph: *mut ascribe_graph,
    spec: *const c_char,
    a: ascribe_node,
    b: ascribe_node,
    over_batch: i32,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, [("a", a), ("b", b)], node, error, |graph, a, b| {
            let spec = text(spec, "spec")?;
            let over_batch = truth(over_batch, "over_batch")?;
            Ok(if over_batch { graph.contract_over_batch(spec, a, b)? } else { graph.einsum(spec, a, b)? })
        })
    }
}

/// The ways to gather, by their words.
const GATHER: [(&str, fn(&mut Graph, NodeId, NodeId) -> crate::Result<NodeId>); 2] =
    [("rows", Graph::gather_rows), ("elements", Graph::gather)];

/// Adds what ids name in a value. Ids beyond it are found when data are given.
/// Needs exclusive access to `graph`.
///
///   "rows"      rows of a table: a table of shape [rows, ...] and ids of shape [...] give [ids..., row...]
///   "elements"  one element of the last axis by label: a value of shape [..., n] and labels of shape [...] give [...]
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when the table has no rows, the shape of labels is not
/// that of `x` without its last axis, memory could not hold the result, or `ids` holds no ids.
///
/// @param graph     the graph to add to
/// @param operation what is gathered, by its word
/// @param x         a value of numbers with at least one axis
/// @param ids       ids or labels: "indices" of ascribe_graph_leaf()
/// @param node      receives the result
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_gather(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    x: ascribe_node,
    ids: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, [("x", x), ("ids", ids)], node, error, |graph, x, ids| {
            Ok(word(operation, "operation", &GATHER)?(graph, x, ids)?)
        })
    }
}

/// The ways to scatter, by their words.
const SCATTER: [(&str, fn(&mut Graph, NodeId, NodeId, usize) -> crate::Result<NodeId>); 3] =
    [("rows", Graph::scatter_rows), ("rows_over_batch", Graph::scatter_over_batch), ("elements", Graph::scatter)];

/// Adds zeros to which values are added at the places that ids name: the transposes of ascribe_graph_gather().
/// Needs exclusive access to `graph`.
///
///   "rows"             rows of shape [ids..., row...] in a table of `size` rows for each example: [size, row...]
///   "rows_over_batch"  the same in one table, shared, over all examples
///   "elements"         a new last axis of `size` places, in which each element of `x` stands at its label: [..., size]
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and with ASCRIBE_SHAPE when the leading axes of rows, or all axes with
/// "elements", are not those of `ids`, the size is zero, memory could not hold the result, or `ids` holds no ids.
///
/// @param graph     the graph to add to
/// @param operation what is scattered, by its word
/// @param x         a value of numbers
/// @param ids       ids or labels: "indices" of ascribe_graph_leaf()
/// @param size      how many rows or places there are
/// @param node      receives the result
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_scatter(
    graph: *mut ascribe_graph,
    operation: *const c_char,
    x: ascribe_node,
    ids: ascribe_node,
    size: i64,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        two(graph, [("x", x), ("ids", ids)], node, error, |graph, x, ids| {
            Ok(word(operation, "operation", &SCATTER)?(graph, x, ids, super::size(size, "size")?)?)
        })
    }
}
