//! Where values come from.

use super::*;

/// Adds a trained parameter, which all examples share.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT when the name is taken, a size is not at least one, or memory could not hold
/// that many elements.
///
/// @param graph the graph to add to
/// @param name  its name among parameters and inputs; UTF-8
/// @param sizes the sizes, outermost first; ignored when `rank` is 0
/// @param rank  how many sizes there are; 0 for a scalar
/// @param node  receives the parameter: a shared value of that shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_parameter(
    graph: *mut ascribe_graph,
    name: *const c_char,
    sizes: *const i64,
    rank: usize,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        make(graph, node, error, |definition| {
            let name = text(name, "name")?;
            Ok(definition.graph_mut().parameter(name, &sizes_of(sizes, rank, "sizes")?)?)
        })
    }
}

/// Adds an input of numbers of which every example has its own.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT when the name is taken, a size is not at least one, or memory could not hold
/// that many elements.
///
/// @param graph the graph to add to
/// @param name  its name among parameters and inputs; UTF-8
/// @param sizes the sizes, outermost first; ignored when `rank` is 0
/// @param rank  how many sizes there are; 0 for a scalar
/// @param node  receives the input: a per-example value of that shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_input(
    graph: *mut ascribe_graph,
    name: *const c_char,
    sizes: *const i64,
    rank: usize,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        make(graph, node, error, |definition| {
            let name = text(name, "name")?;
            #[cfg(debug_assertions)]
            provoke(name);
            Ok(definition.graph_mut().input(name, &sizes_of(sizes, rank, "sizes")?)?)
        })
    }
}

/// Adds an input of ids or labels of which every example has its own.
/// Needs exclusive access to `graph`.
///
/// Fails with ASCRIBE_INVALID_ARGUMENT when the name is taken, a size is not at least one, or memory could not hold
/// that many elements.
///
/// @param graph the graph to add to
/// @param name  its name among parameters and inputs; UTF-8
/// @param sizes the sizes, outermost first; ignored when `rank` is 0
/// @param rank  how many sizes there are; 0 for a scalar
/// @param node  receives the input: per-example ids of that shape
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_indices(
    graph: *mut ascribe_graph,
    name: *const c_char,
    sizes: *const i64,
    rank: usize,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        make(graph, node, error, |definition| {
            let name = text(name, "name")?;
            Ok(definition.graph_mut().indices(name, &sizes_of(sizes, rank, "sizes")?)?)
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
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
/// @since 0.1
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
