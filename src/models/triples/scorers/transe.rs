//! TransE.

use crate::error::Result;
use crate::graph::{Graph, NodeId};
use crate::models::triples::TripleScorer;

/// score(h, r, t) = −Σ_d (h_d + r_d − t_d)².
///
/// The squared distance, which has derivatives everywhere. Bordes, Usunier, Garcia-Durán, Weston and Yakhnenko,
/// "Translating embeddings for modeling multi-relational data" (2013).
#[derive(Clone, Copy, Debug, Default)]
pub struct TransE;

impl TripleScorer for TransE {
    fn name(&self) -> &'static str {
        "transe"
    }

    fn tails(&self, graph: &mut Graph, head: NodeId, relation: NodeId, tails: NodeId) -> Result<NodeId> {
        let place = graph.add(head, relation)?;
        minus_distance(graph, place, tails)
    }

    fn heads(&self, graph: &mut Graph, heads: NodeId, relation: NodeId, tail: NodeId) -> Result<NodeId> {
        let place = graph.sub(tail, relation)?;
        minus_distance(graph, place, heads)
    }

    fn slopes(&self, graph: &mut Graph, head: NodeId, relation: NodeId, tail: NodeId) -> Result<Option<[NodeId; 3]>> {
        let moved = graph.sub(tail, relation)?;
        let apart = graph.sub(moved, head)?;
        let (toward, away) = (graph.scale(apart, 2.0)?, graph.scale(apart, -2.0)?);
        Ok(Some([toward, toward, away]))
    }
}

fn minus_distance(graph: &mut Graph, place: NodeId, candidates: NodeId) -> Result<NodeId> {
    let apart = graph.sub(candidates, place)?;
    let squares = graph.power(apart, 2.0)?;
    let distance = graph.sum(squares, 1)?;
    graph.neg(distance)
}
