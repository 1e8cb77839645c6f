//! Derivatives as values, and what training and attribution must know of a graph.

use super::*;

/// Adds the derivatives of a scalar by shared values. Of a per-example scalar it is the sum over all examples. The results are values
/// like all others, so they have derivatives again.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT when `of` is no scalar of numbers, or one of `by` is not shared.
///
/// @param graph the graph to add to
/// @param of    the scalar to differentiate
/// @param by    what to differentiate it by; ignored when `count` is 0
/// @param count how many there are
/// @param nodes receives `count` shared values, each of the shape of its place in `by`; zeros where `of` does not depend on it
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_gradient(
    graph: *mut ascribe_graph,
    of: ascribe_node,
    by: *const ascribe_node,
    count: usize,
    nodes: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let nodes = Buffer::new(nodes, count, count, "nodes")?;
        let by = slice(by, count, "by")?;
        apart(&[Region::of(by.as_ptr(), count, "by"), nodes.region()])?;
        let mut definition = handle::exclusive(graph, "graph")?;
        let of = definition.node(of, "of")?;
        let by = by.iter().enumerate().map(|(place, node)| definition.node(*node, &format!("by[{place}]")));
        let by = by.collect::<crate::Result<Vec<_>>>()?;
        let made = definition.gradient(of, &by)?;
        let numbers: Vec<ascribe_node> = made.into_iter().map(|node| definition.number(node)).collect();
        nodes.put(&numbers);
    })
}

/// Says that an example owns the row of a parameter that its id names: a ledger keeps what the example's own training did to that
/// row. Slots of a ledger are in the order of these calls.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT when `parameter` is no parameter with rows, `ids` is no input of one id for each example, or the
/// pair was given before.
///
/// @param graph     the graph
/// @param parameter a "parameter" of ascribe_graph_leaf()
/// @param ids       "indices" of ascribe_graph_leaf(), of rank 0
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_own(
    graph: *mut ascribe_graph,
    parameter: ascribe_node,
    ids: ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let mut definition = handle::exclusive(graph, "graph")?;
        let (parameter, ids) = (definition.node(parameter, "parameter")?, definition.node(ids, "ids")?);
        definition.own(parameter, ids)?;
    })
}

/// Names a per-example scalar that can be predicted and explained. The loss of a model can always be, under the name "loss".
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT when the name is empty or taken, or `node` is no per-example scalar of numbers.
///
/// @param graph the graph
/// @param name  a name of its own; UTF-8
/// @param node  the scalar
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_functional(
    graph: *mut ascribe_graph,
    name: *const c_char,
    node: ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let name = text(name, "name")?;
        let mut definition = handle::exclusive(graph, "graph")?;
        let node = definition.node(node, "node")?;
        definition.functional(name, node)?;
    })
}

/// Gets the shape of a value, without the examples.
/// May be called from any thread at the same time.
///
/// @param graph    the graph
/// @param node     a value of it
/// @param sizes    receives the sizes, outermost first; NULL, or a capacity of 0, to get the rank alone
/// @param capacity how many sizes fit, at least the rank
/// @param rank     receives the number of sizes
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_shape(
    graph: *const ascribe_graph,
    node: ascribe_node,
    sizes: *mut i64,
    capacity: usize,
    rank: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        let graph = handle::shared(graph, "graph")?;
        let node = graph.node(node, "node")?;
        put_sizes(sizes, capacity, rank, graph.graph().shape(node).sizes())?;
    })
}

/// Frees a graph. Models that were made of it stay as they are.
/// Needs exclusive access to `graph`.
///
/// @param graph the graph; NULL is fine
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_free(graph: *mut ascribe_graph) {
    free!(graph);
}
