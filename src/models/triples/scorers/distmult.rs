//! DistMult.

use crate::error::Result;
use crate::graph::{Graph, NodeId};
use crate::models::triples::TripleScorer;

/// score(h, r, t) = Σ_d h_d · r_d · t_d.
///
/// Yang, Yih, He, Gao and Deng, "Embedding entities and relations for learning and inference in knowledge bases" (2015).
#[derive(Clone, Copy, Debug, Default)]
pub struct DistMult;

impl TripleScorer for DistMult {
    fn name(&self) -> &'static str {
        "distmult"
    }

    fn tails(&self, graph: &mut Graph, head: NodeId, relation: NodeId, tails: NodeId) -> Result<NodeId> {
        let query = graph.mul(head, relation)?;
        graph.einsum("d,cd->c", query, tails)
    }

    fn heads(&self, graph: &mut Graph, heads: NodeId, relation: NodeId, tail: NodeId) -> Result<NodeId> {
        self.tails(graph, tail, relation, heads)
    }

    fn slopes(&self, graph: &mut Graph, head: NodeId, relation: NodeId, tail: NodeId) -> Result<Option<[NodeId; 3]>> {
        Ok(Some([graph.mul(tail, relation)?, graph.mul(tail, head)?, graph.mul(head, relation)?]))
    }
}
