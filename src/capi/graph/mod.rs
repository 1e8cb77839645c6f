//! The builder of graphs: one function for each operation.

mod leaves;

mod elementwise;

mod products;

mod axes;

mod images;

mod derivatives;

pub use axes::*;
pub use derivatives::*;
pub use elementwise::*;
pub use images::*;
pub use leaves::*;
pub use products::*;

use crate::graph::{Graph, NodeId};
use crate::session::Definition;

use super::*;

/// A value of one graph, by its number. It means nothing to another graph.
pub type ascribe_node = u32;

/// No value, where one may be left out.
pub const ASCRIBE_NO_NODE: ascribe_node = u32::MAX;

/// A model as its user writes it: values, from parameters and inputs to a loss, with the rows that examples own and the functionals. A
/// value is per-example (inputs, ids and what depends on them) or shared by all examples (parameters, constants); shapes never
/// mention the examples. A function that adds a value finds an equal one where there is one. A graph can be added to as long as
/// one likes; models that were made of it keep it as it was.
pub struct ascribe_graph {
    _opaque: (),
}

concept!(ascribe_graph, Definition);

/// Makes a graph without values.
/// May be called from any thread at the same time.
///
/// @param graph receives the graph; free it with ascribe_graph_free()
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_new(
    graph: *mut *mut ascribe_graph,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    guard!(error, {
        Out::new(graph, "graph")?.put_new(Definition::new());
    })
}

/// The body of every function that adds a value.
unsafe fn make(
    graph: *mut ascribe_graph,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
    add: impl FnOnce(&mut Definition) -> Result<NodeId>,
) -> ascribe_status {
    guard!(error, {
        let node = Out::new(node, "node")?;
        let mut definition = handle::exclusive(graph, "graph")?;
        let made = add(&mut definition)?;
        node.put(definition.number(made));
    })
}

/// [`make`] for what is made of one value, `x`.
unsafe fn one(
    graph: *mut ascribe_graph,
    x: ascribe_node,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
    add: impl FnOnce(&mut Graph, NodeId) -> Result<NodeId>,
) -> ascribe_status {
    let add = |definition: &mut Definition| {
        let x = definition.node(x, "x")?;
        add(definition.graph_mut(), x)
    };
    // SAFETY: as callers promise.
    unsafe { make(graph, node, error, add) }
}

/// [`make`] for what is made of two values, given after the names they have in the function.
unsafe fn two(
    graph: *mut ascribe_graph,
    values: [(&str, ascribe_node); 2],
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
    add: impl FnOnce(&mut Graph, NodeId, NodeId) -> Result<NodeId>,
) -> ascribe_status {
    let [(left, a), (right, b)] = values;
    let add = |definition: &mut Definition| {
        let (a, b) = (definition.node(a, left)?, definition.node(b, right)?);
        add(definition.graph_mut(), a, b)
    };
    // SAFETY: as callers promise.
    unsafe { make(graph, node, error, add) }
}
