//! Forward mode: how a change of some nodes changes others.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId, Op, Unary};

use super::slope;

/// Adds the directional derivatives of `outputs` along `tangents`, pairs of a node and the direction it moves in.
///
/// A result is none where an output does not depend on any of the nodes. Every tangent has its node's type.
///
/// # Errors
/// [`Error::Argument`] when a tangent has another shape than its node, or is per-example for a shared node.
pub fn jvp(graph: &mut Graph, outputs: &[NodeId], tangents: &[(NodeId, NodeId)]) -> Result<Vec<Option<NodeId>>> {
    let end = outputs.iter().map(|id| id.index() + 1).max().unwrap_or(0);
    let mut tangent: Vec<Option<NodeId>> = vec![None; end];
    let mut given = vec![false; end];
    for (node, direction) in tangents {
        let fits = graph.shape(*node) == graph.shape(*direction)
            && (graph.is_per_example(*node) || !graph.is_per_example(*direction));
        if !fits {
            return Err(Error::argument(
                format!("the direction {} for {}", graph.describe(*direction), graph.describe(*node)),
                graph.value_type(*direction),
                graph.value_type(*node).to_string(),
            ));
        }
        if node.index() < end {
            tangent[node.index()] = Some(typed(graph, *direction, *node)?);
            given[node.index()] = true;
        }
    }
    let needed = needed(graph, outputs, end);
    for index in 0..end {
        if given[index] || !needed[index] {
            continue;
        }
        let id = graph.at(index);
        if graph.arguments(id).iter().any(|a| tangent[a.index()].is_some()) {
            let moved = push_forward(graph, id, &tangent)?;
            tangent[index] = match moved {
                Some(moved) if graph.fill_value(moved) != Some(0.0) => Some(typed(graph, moved, id)?),
                _ => None,
            };
        }
    }
    Ok(outputs.iter().map(|id| tangent[id.index()]).collect())
}

/// A tangent with its node's batch axis.
fn typed(graph: &mut Graph, tangent: NodeId, node: NodeId) -> Result<NodeId> {
    if graph.is_per_example(node) { graph.spread(tangent) } else { Ok(tangent) }
}

fn needed(graph: &Graph, outputs: &[NodeId], end: usize) -> Vec<bool> {
    let mut needed = vec![false; end];
    for output in outputs {
        needed[output.index()] = true;
    }
    for index in (0..end).rev() {
        if needed[index] {
            for argument in graph.arguments(graph.at(index)) {
                needed[argument.index()] = true;
            }
        }
    }
    needed
}

/// The tangent of the node `y` from its arguments' tangents. No wildcard: a new operation does not compile without a rule.
fn push_forward(graph: &mut Graph, y: NodeId, tangent: &[Option<NodeId>]) -> Result<Option<NodeId>> {
    let arguments = graph.arguments(y).to_vec();
    let a = arguments.first().copied().unwrap_or(y);
    let b = arguments.get(1).copied().unwrap_or(y);
    let da = arguments.first().and_then(|a| tangent[a.index()]);
    let db = arguments.get(1).and_then(|b| tangent[b.index()]);
    let op = graph.op(y).clone();
    Ok(match &op {
        Op::Input(_) | Op::Parameter(_) | Op::Patched(_) | Op::Fill(_) | Op::Peak { .. } => None,
        Op::Unary(Unary::Scale(c)) => match da {
            Some(da) => Some(graph.scale(da, c.value())?),
            None => None,
        },
        Op::Unary(Unary::Shift(_)) => da,
        Op::Unary(unary) => match (da, slope(graph, *unary, a, y)?) {
            (Some(da), Some(slope)) => Some(graph.mul(da, slope)?),
            _ => None,
        },
        Op::Add => match (da, db) {
            (Some(da), Some(db)) => Some(graph.add(da, db)?),
            (one, other) => one.or(other),
        },
        Op::Sub => match (da, db) {
            (Some(da), Some(db)) => Some(graph.sub(da, db)?),
            (Some(da), None) => Some(da),
            (None, Some(db)) => Some(graph.neg(db)?),
            (None, None) => None,
        },
        // Both are bilinear: one term for each operand that moves.
        Op::Mul | Op::Contract(_) => {
            let shape = graph.shape(y).clone();
            let left = match da {
                Some(da) => Some(graph.apply(&op, &[da, b], &shape)?),
                None => None,
            };
            let right = match db {
                Some(db) => Some(graph.apply(&op, &[a, db], &shape)?),
                None => None,
            };
            match (left, right) {
                (Some(left), Some(right)) => Some(graph.add(left, right)?),
                (one, other) => one.or(other),
            }
        }
        Op::LogSumExp { axis } => match da {
            Some(da) => {
                let softmax = graph.softmax(a, *axis)?;
                let weighted = graph.mul(softmax, da)?;
                Some(graph.sum(weighted, *axis)?)
            }
            None => None,
        },
        // Linear in the first argument; ids do not move.
        Op::Sum { .. }
        | Op::Expand { .. }
        | Op::BatchSum
        | Op::Spread
        | Op::Reshape
        | Op::Permute { .. }
        | Op::Unfold { .. }
        | Op::Fold { .. }
        | Op::Slice { .. }
        | Op::Pad { .. }
        | Op::Lookup
        | Op::Scatter { .. }
        | Op::Pick
        | Op::Place { .. } => match da {
            Some(da) => {
                let shape = graph.shape(y).clone();
                let mut moved = arguments.clone();
                moved[0] = da;
                Some(graph.apply(&op, &moved, &shape)?)
            }
            None => None,
        },
    })
}
