//! Where values come from.

use super::*;

/// What examples read and training changes, by their words.
const LEAVES: [(&str, fn(&mut Graph, &str, &[usize]) -> crate::Result<NodeId>); 3] =
    [("parameter", Graph::parameter), ("input", Graph::input), ("indices", Graph::indices)];

/// Adds a value with a name of its own.
/// Needs exclusive access to `graph`.
///
///   "parameter"  a trained parameter, which all examples share
///   "input"      an input of numbers, of which every example has its own
///   "indices"    an input of ids or labels, of which every example has its own
///
/// Fails with ASCRIBE_INVALID_ARGUMENT for another word, and when the name is taken, a size is not at least one, or memory could not hold
/// that many elements.
///
/// @param graph the graph to add to
/// @param kind  what is added, by its word
/// @param name  its name among parameters and inputs; UTF-8
/// @param sizes the sizes, outermost first; ignored when `rank` is 0
/// @param rank  how many sizes there are; 0 for a scalar
/// @param node  receives the result: a value of that shape, per-example for inputs
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_leaf(
    graph: *mut ascribe_graph,
    kind: *const c_char,
    name: *const c_char,
    sizes: *const i64,
    rank: usize,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        make(graph, node, error, |definition| {
            let (add, name) = (word(kind, "kind", &LEAVES)?, text(name, "name")?);
            #[cfg(debug_assertions)]
            provoke(name);
            Ok(add(definition.graph_mut(), name, &sizes_of(sizes, rank, "sizes")?)?)
        })
    }
}

/// Adds a shared value that is the same number everywhere; with a rank of 0 a constant.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT when the number is not finite, and with ASCRIBE_SHAPE when a size is not at least one or
/// memory could not hold that many elements.
///
/// @param graph the graph to add to
/// @param value the number
/// @param sizes the sizes, outermost first; ignored when `rank` is 0
/// @param rank  how many sizes there are; 0 for a scalar
/// @param node  receives a shared value of that shape
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_fill(
    graph: *mut ascribe_graph,
    value: f64,
    sizes: *const i64,
    rank: usize,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        make(graph, node, error, |definition| {
            Ok(definition.graph_mut().fill(value, &sizes_of(sizes, rank, "sizes")?)?)
        })
    }
}

/// In builds with debug assertions the input of this name panics, so that callers in every language can see what a fault of the
/// library becomes: a status, and an object that refuses to be used further.
#[cfg(debug_assertions)]
fn provoke(name: &str) {
    assert!(name != "ascribe: panic", "an input was called {name:?}");
}
