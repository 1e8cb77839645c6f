//! ComplEx.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId};
use crate::models::triples::TripleScorer;

/// score(h, r, t) = Re Σ_d h_d · r_d · conj(t_d), over complex numbers.
///
/// A row holds the real parts and then the imaginary parts. Trouillon, Welbl, Riedel, Gaussier and Bouchard, "Complex
/// embeddings for simple link prediction" (2016).
#[derive(Clone, Copy, Debug, Default)]
pub struct ComplEx;

impl TripleScorer for ComplEx {
    fn name(&self) -> &'static str {
        "complex"
    }

    fn widths(&self, dimension: usize) -> (usize, usize) {
        (2 * dimension, 2 * dimension)
    }

    /// The score is the real inner product of h · r with t.
    fn tails(&self, graph: &mut Graph, head: NodeId, relation: NodeId, tails: NodeId) -> Result<NodeId> {
        let query = complex_product(graph, head, relation, false)?;
        graph.einsum("d,cd->c", query, tails)
    }

    /// Re(h · r · conj t) = Re(h · conj(t · conj r)): the inner product of t · conj r with h.
    fn heads(&self, graph: &mut Graph, heads: NodeId, relation: NodeId, tail: NodeId) -> Result<NodeId> {
        let query = complex_product(graph, tail, relation, true)?;
        graph.einsum("d,cd->c", query, heads)
    }

    /// The score is the real inner product of h with t · conj r, of r with t · conj h, and of t with h · r.
    fn slopes(&self, graph: &mut Graph, head: NodeId, relation: NodeId, tail: NodeId) -> Result<Option<[NodeId; 3]>> {
        let by_head = complex_product(graph, tail, relation, true)?;
        let by_relation = complex_product(graph, tail, head, true)?;
        Ok(Some([by_head, by_relation, complex_product(graph, head, relation, false)?]))
    }
}

/// a · b, or a · conj b, of rows of complex numbers; each may be one row or one for each candidate.
fn complex_product(graph: &mut Graph, a: NodeId, b: NodeId, conjugate: bool) -> Result<NodeId> {
    let mut halves = |x| {
        let axis = graph.shape(x).rank() - 1;
        let half = graph.shape(x).sizes()[axis] / 2;
        Ok::<_, Error>((graph.slice(x, axis, 0, half)?, graph.slice(x, axis, half, half)?))
    };
    let ((a_re, a_im), (b_re, b_im)) = (halves(a)?, halves(b)?);
    let b_im = if conjugate { graph.neg(b_im)? } else { b_im };
    let (re_re, im_im) = (graph.mul(a_re, b_re)?, graph.mul(a_im, b_im)?);
    let (re_im, im_re) = (graph.mul(a_re, b_im)?, graph.mul(a_im, b_re)?);
    let real = graph.sub(re_re, im_im)?;
    let imaginary = graph.add(re_im, im_re)?;
    graph.concatenate(real, imaginary, graph.shape(real).rank() - 1)
}
