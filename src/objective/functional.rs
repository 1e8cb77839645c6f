//! What is asked of a model.

use crate::graph::{Graph, NodeId};

use super::objective::Owned;

/// A scalar of a query, as a graph: what is asked of a model.
#[derive(Clone, Debug)]
pub struct Functional {
    /// The graph, whose parameters are those of the model.
    pub graph: Graph,
    /// The scalar.
    pub value: NodeId,
    /// The scores of all entities in the place that is asked for.
    pub scores: NodeId,
    /// The rows that the inputs name.
    pub reads: Vec<Owned>,
}
