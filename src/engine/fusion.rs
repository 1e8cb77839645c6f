//! Nodes that one kernel computes from further back than their arguments.

use crate::graph::{Graph, NodeId, Op, Unary};

/// The axis of a node that is a softmax exp(a − lse a). Computed at once it sums to one however large scores are: as a
/// difference of numbers of that size each share would be off by the rounding of the larger.
pub(super) fn softmax_axis(graph: &Graph, id: NodeId) -> Option<usize> {
    let Op::Unary(Unary::Exp) = graph.op(id) else { return None };
    let difference = graph.arguments(id)[0];
    let Op::Sub = graph.op(difference) else { return None };
    let &[scores, expanded] = graph.arguments(difference) else { return None };
    let Op::Expand { axis, .. } = graph.op(expanded) else { return None };
    let total = graph.arguments(expanded)[0];
    let Op::LogSumExp { axis: summed } = graph.op(total) else { return None };
    (axis == summed && graph.arguments(total) == [scores]).then_some(*axis)
}

/// The nodes that a node's kernel reads.
pub(super) fn read_by(graph: &Graph, id: NodeId) -> &[NodeId] {
    match softmax_axis(graph, id) {
        Some(_) => &graph.arguments(graph.arguments(id)[0])[..1],
        None => graph.arguments(id),
    }
}
