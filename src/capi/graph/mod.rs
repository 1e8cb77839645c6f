//! The builder of graphs: one function for each operation.

mod axes;
mod derivatives;
mod elementwise;
mod images;
mod leaves;
mod products;

pub use axes::*;
pub use derivatives::*;
pub use elementwise::*;
pub use images::*;
pub use leaves::*;
pub use products::*;

use crate::graph::{Graph, NodeId};
use crate::session::Definition;

use super::error::ascribe_error;
use super::guard::guard;
use super::handle::{self, Concept};
use super::out::{Buffer, Out, Region, apart};
use super::status::{Result, ascribe_status};

/// A value of one graph, by its number. It means nothing to another graph.
pub type ascribe_node = u32;

/// No value, where one may be left out.
pub const ASCRIBE_NO_NODE: ascribe_node = u32::MAX;

/// A model as its user writes it: values, from parameters and inputs to a loss, with what examples own and what can be asked. A
/// value is per-example (inputs, ids and what depends on them) or shared by all examples (parameters, constants); shapes never
/// mention the examples. A function that adds a value finds an equal one where there is one. A graph can be added to as long as
/// one likes; models that were made of it keep it as it was.
pub struct ascribe_graph {
    _opaque: (),
}

impl Concept for ascribe_graph {
    type Value = Definition;
    const NAME: &'static str = "ascribe_graph";
}

/// Makes a graph without values.
///
/// @param graph receives the graph; free it with ascribe_graph_free()
/// @param error NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_new(
    graph: *mut *mut ascribe_graph,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let graph = Out::new(graph, "graph")?;
            graph.put_new(Definition::new());
            Ok(())
        })
    }
}

/// Frees a graph. Models that were made of it stay as they are.
///
/// Needs exclusive access to `graph`.
///
/// @param graph the graph; NULL is fine
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_free(graph: *mut ascribe_graph) {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe { handle::free(graph) }
}

/// Tells the shape of a value, without the examples.
///
/// @param graph    the graph
/// @param node     a value of it
/// @param sizes    receives the sizes, outermost first; NULL, or a capacity of 0, to ask for the rank alone
/// @param capacity how many sizes there is room for; when fewer than the rank, nothing is received
/// @param rank     receives the number of sizes
/// @param error    NULL, or receives the reason of a failure; free it with ascribe_error_free()
///
/// May be called from any thread at the same time.
///
/// @since 0.1
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ascribe_graph_shape(
    graph: *const ascribe_graph,
    node: ascribe_node,
    sizes: *mut i64,
    capacity: usize,
    rank: *mut usize,
    error: *mut *mut ascribe_error,
) -> ascribe_status {
    // SAFETY: the caller keeps the promises of the header's opening chapter.
    unsafe {
        guard(error, || {
            let rank_region = Region::of(rank.cast_const(), 1, "rank");
            let rank = Out::new(rank, "rank")?;
            let graph = handle::shared(graph, "graph")?;
            let node = graph.node(node, "node")?;
            let found: Vec<i64> = graph.graph().shape(node).sizes().iter().map(|size| *size as i64).collect();
            if !sizes.is_null() && capacity > 0 {
                let sizes = Buffer::new(sizes, capacity, found.len(), "sizes")?;
                apart(&[sizes.region(), rank_region])?;
                sizes.put(&found);
            }
            rank.put(found.len());
            Ok(())
        })
    }
}

/// The body of every function that adds a value.
///
/// # Safety
/// The pointers are as the header's opening chapter asks.
unsafe fn make(
    graph: *mut ascribe_graph,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
    add: impl FnOnce(&mut Definition) -> Result<NodeId>,
) -> ascribe_status {
    // SAFETY: as promised above.
    unsafe {
        guard(error, || {
            let node = Out::new(node, "node")?;
            let mut definition = handle::exclusive(graph, "graph")?;
            let made = add(&mut definition)?;
            node.put(definition.number(made));
            Ok(())
        })
    }
}

/// A value that a function was given, after the name it has there.
type Named = (&'static str, ascribe_node);

fn find(definition: &Definition, (name, number): Named) -> Result<NodeId> {
    Ok(definition.node(number, name)?)
}

/// [`make`] for what is made of one value.
///
/// # Safety
/// As [`make`].
unsafe fn one(
    graph: *mut ascribe_graph,
    x: Named,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
    add: impl FnOnce(&mut Graph, NodeId) -> Result<NodeId>,
) -> ascribe_status {
    // SAFETY: as promised above.
    unsafe {
        make(graph, node, error, |definition| {
            let x = find(definition, x)?;
            add(definition.graph_mut(), x)
        })
    }
}

/// [`make`] for what is made of two values.
///
/// # Safety
/// As [`make`].
unsafe fn two(
    graph: *mut ascribe_graph,
    a: Named,
    b: Named,
    node: *mut ascribe_node,
    error: *mut *mut ascribe_error,
    add: impl FnOnce(&mut Graph, NodeId, NodeId) -> Result<NodeId>,
) -> ascribe_status {
    // SAFETY: as promised above.
    unsafe {
        make(graph, node, error, |definition| {
            let (a, b) = (find(definition, a)?, find(definition, b)?);
            add(definition.graph_mut(), a, b)
        })
    }
}
