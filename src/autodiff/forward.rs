//! Forward mode: how a change of some nodes changes others.

use crate::error::{Error, Result};
use crate::graph::{Graph, NodeId, Op, Shape};

use super::through;

/// Adds the directional derivatives of `outputs` along `tangents`, pairs of a node and the direction it moves in.
///
/// A result is none where an output does not depend on any of the nodes. Every tangent has its node's type.
///
/// # Errors
/// [`Error::Argument`] when a tangent has another shape than its node, or is per-example for a shared node.
pub fn jvp(graph: &mut Graph, outputs: &[NodeId], tangents: &[(NodeId, NodeId)]) -> Result<Vec<Option<NodeId>>> {
    push(graph, outputs, tangents, None)
}

/// Adds the directional derivatives of `outputs` along `count` directions at once.
///
/// Every tangent has its node's type with a first axis of `count` more, and so have the results: the same as `count`
/// calls of [`jvp`], but matrix products see all directions together.
///
/// # Errors
/// As [`jvp`].
pub fn jvp_many(
    graph: &mut Graph,
    outputs: &[NodeId],
    tangents: &[(NodeId, NodeId)],
    count: usize,
) -> Result<Vec<Option<NodeId>>> {
    push(graph, outputs, tangents, Some(count))
}

/// As [`jvp_many`] along a count of directions; without one as [`jvp`].
pub(super) fn push(
    graph: &mut Graph,
    outputs: &[NodeId],
    tangents: &[(NodeId, NodeId)],
    count: Option<usize>,
) -> Result<Vec<Option<NodeId>>> {
    graph.all_known(outputs.iter().chain(tangents.iter().flat_map(|(node, direction)| [node, direction])))?;
    let end = outputs.iter().map(|id| id.index() + 1).max().unwrap_or(0);
    let needed = graph.needed(outputs);
    let mut push = Push { graph, tangent: vec![None; end], count };
    let mut given = vec![false; end];
    for (node, direction) in tangents {
        let graph = &mut *push.graph;
        let fits = *graph.shape(*direction) == with_directions(graph.shape(*node), count)
            && (graph.is_per_example(*node) || !graph.is_per_example(*direction));
        if !fits {
            let many = count.map(|count| format!(", with a first axis of {count}")).unwrap_or_default();
            return Err(Error::argument(
                format!("the direction {} for {}", graph.describe(*direction), graph.describe(*node)),
                graph.value_type(*direction),
                format!("{}{many}", graph.value_type(*node)),
            ));
        }
        if node.index() < end {
            push.tangent[node.index()] = Some(typed(graph, *direction, *node)?);
            given[node.index()] = true;
        }
    }
    for index in 0..end {
        if given[index] || !needed[index] {
            continue;
        }
        let id = push.graph.at(index);
        if push.graph.arguments(id).iter().any(|a| push.tangent[a.index()].is_some()) {
            let moved = push.forward(id)?;
            push.tangent[index] = match moved {
                Some(moved) if push.graph.fill_value(moved) != Some(0.0) => Some(typed(push.graph, moved, id)?),
                _ => None,
            };
        }
    }
    Ok(outputs.iter().map(|id| push.tangent[id.index()]).collect())
}

/// A shape with the axis of directions before it.
fn with_directions(shape: &Shape, count: Option<usize>) -> Shape {
    count.map_or_else(|| shape.clone(), |count| shape.with(0, count))
}

/// A tangent with its node's batch axis.
fn typed(graph: &mut Graph, tangent: NodeId, node: NodeId) -> Result<NodeId> {
    if graph.is_per_example(node) { graph.broadcast_batch(tangent) } else { Ok(tangent) }
}

/// Tangents on their way. With a `count` of directions every tangent has a first axis for them.
struct Push<'g> {
    graph: &'g mut Graph,
    tangent: Vec<Option<NodeId>>,
    count: Option<usize>,
}

impl Push<'_> {
    /// The tangent of the node `y` from its arguments' tangents. No wildcard: a new operation does not compile without
    /// a rule.
    fn forward(&mut self, y: NodeId) -> Result<Option<NodeId>> {
        let arguments = self.graph.arguments(y).to_vec();
        let a = arguments.first().copied().unwrap_or(y);
        let b = arguments.get(1).copied().unwrap_or(y);
        let da = arguments.first().and_then(|a| self.tangent[a.index()]);
        let db = arguments.get(1).and_then(|b| self.tangent[b.index()]);
        let op = self.graph.op(y).clone();
        // The first axis of the node's own value in a tangent.
        let first = usize::from(self.count.is_some());
        let moved = match (op, da, db) {
            (Op::Input(_) | Op::Parameter(_) | Op::Patched(_) | Op::Fill(_) | Op::ArgmaxMask { .. }, _, _)
            | (_, None, None) => return Ok(None),
            (Op::Add, Some(da), Some(db)) => self.graph.add(da, db)?,
            (Op::Sub, Some(da), Some(db)) => self.graph.sub(da, db)?,
            (Op::Sub, None, Some(db)) => self.graph.neg(db)?,
            (Op::Add, Some(one), None) | (Op::Add, None, Some(one)) | (Op::Sub, Some(one), None) => one,
            // Both are bilinear: one term for each operand that moves.
            (op @ (Op::Mul | Op::Einsum(_)), da, db) => {
                let left = da.map(|da| self.times(&op, da, b, true)).transpose()?;
                let right = db.map(|db| self.times(&op, db, a, false)).transpose()?;
                match (left, right) {
                    (Some(left), Some(right)) => self.graph.add(left, right)?,
                    (one, other) => return Ok(one.or(other)),
                }
            }
            // The rest moves with its first argument only: ids stand still.
            (_, None, _) => return Ok(None),
            (Op::Unary(unary), Some(da), _) => return through(self.graph, unary, a, y, da),
            (Op::LogSumExp { axis }, Some(da), _) => {
                let softmax = self.graph.softmax(a, axis)?;
                let weighted = self.graph.mul(da, softmax)?;
                self.graph.sum(weighted, axis + first)?
            }
            (Op::Sum { axis }, Some(da), _) => self.graph.sum(da, axis + first)?,
            (Op::Expand { axis, size }, Some(da), _) => self.graph.expand(da, axis + first, size)?,
            (Op::BatchSum, Some(da), _) => self.graph.batch_sum(da)?,
            (Op::BroadcastBatch, Some(da), _) => self.graph.broadcast_batch(da)?,
            (Op::Reshape, Some(da), _) => {
                let shape = with_directions(self.graph.shape(y), self.count);
                self.graph.reshape(da, shape.sizes())?
            }
            (Op::Slice { axis, start, count }, Some(da), _) => self.graph.slice(da, axis + first, start, count)?,
            (Op::Pad { axis, start, size }, Some(da), _) => self.graph.pad(da, axis + first, start, size)?,
            (Op::Permute { axes }, Some(da), _) => {
                let moved = axes.iter().map(|axis| axis + first);
                let axes: Vec<usize> = (0..first).chain(moved).collect();
                self.graph.permute(da, &axes)?
            }
            (Op::Unfold { window, stride }, Some(da), _) => {
                let image = self.directions_into(da, 2)?;
                let windows = self.graph.unfold(image, window, stride)?;
                self.directions_out_of(windows)?
            }
            (Op::Fold { height, width, stride }, Some(da), _) => {
                let windows = self.directions_into(da, 4)?;
                let image = self.graph.fold(windows, height, width, stride)?;
                self.directions_out_of(image)?
            }
            (Op::GatherRows, Some(da), _) => {
                let ids = self.graph.shape(b).rank();
                let rows = self.directions_to(da, 1)?;
                let rows = self.graph.gather_rows(rows, b)?;
                self.directions_from(rows, ids)?
            }
            (Op::ScatterRows { rows, over_batch }, Some(da), _) => {
                let ids = self.graph.shape(b).rank();
                let values = self.directions_to(da, ids)?;
                let table = self.graph.scattered(values, b, rows, over_batch)?;
                self.directions_from(table, 1)?
            }
            (Op::Gather, Some(da), _) => self.gather(a, b, da)?,
            (Op::Scatter { size }, Some(da), _) => self.scatter(b, size, da)?,
        };
        Ok(Some(moved))
    }

    /// One term of a bilinear operation: the operand that moves, on the left or the right, with the other at rest.
    fn times(&mut self, op: &Op, moved: NodeId, rest: NodeId, left: bool) -> Result<NodeId> {
        let Op::Einsum(contraction) = op else { return self.graph.mul(moved, rest) };
        let mut contraction = contraction.clone();
        if self.count.is_some() {
            contraction = contraction.with_directions(left);
        }
        match left {
            true => self.graph.contraction(contraction, moved, rest),
            false => self.graph.contraction(contraction, rest, moved),
        }
    }

    /// The directions' axis moved from the front to behind `axis` axes of the value.
    fn directions_to(&mut self, moved: NodeId, axis: usize) -> Result<NodeId> {
        self.directions(moved, 0, axis)
    }

    /// The directions' axis moved from behind `axis` axes of the value to the front.
    fn directions_from(&mut self, moved: NodeId, axis: usize) -> Result<NodeId> {
        self.directions(moved, axis, 0)
    }

    fn directions(&mut self, moved: NodeId, from: usize, to: usize) -> Result<NodeId> {
        if self.count.is_none() {
            return Ok(moved);
        }
        let mut axes: Vec<usize> = (0..self.graph.shape(moved).rank()).collect();
        let axis = axes.remove(from);
        axes.insert(to, axis);
        self.graph.permute(moved, &axes)
    }

    /// The directions' axis joined with the last, axis `last` of the value: an operation that treats the last axis
    /// element by element then treats directions so.
    fn directions_into(&mut self, moved: NodeId, last: usize) -> Result<NodeId> {
        let moved = self.directions_to(moved, last)?;
        let Some(count) = self.count else { return Ok(moved) };
        let mut sizes = self.graph.shape(moved).sizes().to_vec();
        let size = sizes.pop().unwrap_or(1);
        sizes[last] = count * size;
        self.graph.reshape(moved, &sizes)
    }

    /// The directions' axis taken out of the last again.
    fn directions_out_of(&mut self, moved: NodeId) -> Result<NodeId> {
        let Some(count) = self.count else { return Ok(moved) };
        let mut sizes = self.graph.shape(moved).sizes().to_vec();
        let last = sizes.len() - 1;
        sizes.push(sizes[last] / count);
        sizes[last] = count;
        let apart = self.graph.reshape(moved, &sizes)?;
        self.directions_from(apart, last)
    }

    /// All directions have the same labels: picking by them is a product with a one at each label.
    fn gather(&mut self, a: NodeId, ids: NodeId, moved: NodeId) -> Result<NodeId> {
        if self.count.is_none() {
            return self.graph.gather(moved, ids);
        }
        let rank = self.graph.shape(a).rank();
        let size = self.graph.shape(a).sizes()[rank - 1];
        let ones = self.ones_at(ids, size)?;
        let weighted = self.graph.mul(moved, ones)?;
        self.graph.sum(weighted, rank)
    }

    /// Placing by labels that all directions share; see [`Push::gather`].
    fn scatter(&mut self, ids: NodeId, size: usize, moved: NodeId) -> Result<NodeId> {
        if self.count.is_none() {
            return self.graph.scatter(moved, ids, size);
        }
        let ones = self.ones_at(ids, size)?;
        let rank = self.graph.shape(moved).rank();
        let spread = self.graph.expand(moved, rank, size)?;
        self.graph.mul(spread, ones)
    }

    fn ones_at(&mut self, ids: NodeId, size: usize) -> Result<NodeId> {
        let shape = self.graph.shape(ids).clone();
        let ones = self.graph.fill(1.0, shape.sizes())?;
        self.graph.scatter(ones, ids, size)
    }
}
