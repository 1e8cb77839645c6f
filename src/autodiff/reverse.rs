//! Reverse mode: what a change of some outputs' weights asks of their causes.

use crate::error::{Error, Result};
use crate::graph::{Contraction, Graph, NodeId, Op};

use super::through;

/// What becomes of the cotangent of a shared value that every example reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cotangents {
    /// Summed over the batch: a shared value's cotangent is shared.
    Summed,
    /// Kept apart: a shared value's cotangent is each example's own part, per-example.
    PerExample,
}

/// Adds the cotangents of `sources` from those of outputs, pairs of a node and its cotangent.
///
/// A result is none where no output depends on the source. With [`Cotangents::Summed`] a cotangent has its node's type;
/// with [`Cotangents::PerExample`] a shared node's cotangent may be per-example.
///
/// # Errors
/// [`Error::Argument`] when a cotangent has another shape than its output; [`Error::Unsupported`] when examples' parts
/// are asked for behind a sum over the batch.
pub fn vjp(
    graph: &mut Graph,
    outputs: &[(NodeId, NodeId)],
    sources: &[NodeId],
    mode: Cotangents,
) -> Result<Vec<Option<NodeId>>> {
    graph.all_known(sources.iter().chain(outputs.iter().flat_map(|(output, cotangent)| [output, cotangent])))?;
    let end = outputs.iter().map(|(id, _)| id.index() + 1).max().unwrap_or(0);
    let mut pull = Pull { graph, cotangent: vec![None; end], wanted: vec![false; end], mode };
    for source in sources {
        if source.index() < end {
            pull.wanted[source.index()] = true;
        }
    }
    for index in 0..end {
        let id = pull.graph.at(index);
        pull.wanted[index] |= pull.graph.arguments(id).iter().any(|a| pull.wanted[a.index()]);
    }
    for (output, cotangent) in outputs {
        if pull.graph.shape(*output) != pull.graph.shape(*cotangent) {
            return Err(Error::argument(
                format!("the cotangent of {}", pull.graph.describe(*output)),
                pull.graph.value_type(*cotangent),
                pull.graph.value_type(*output).to_string(),
            ));
        }
        pull.send(*output, *cotangent)?;
    }
    for index in (0..end).rev() {
        if pull.wanted[index]
            && let Some(cotangent) = pull.cotangent[index]
        {
            let id = pull.graph.at(index);
            pull.back(id, cotangent)?;
        }
    }
    Ok(sources.iter().map(|id| pull.cotangent.get(id.index()).copied().flatten()).collect())
}

struct Pull<'g> {
    graph: &'g mut Graph,
    cotangent: Vec<Option<NodeId>>,
    /// Whether a node depends on a source.
    wanted: Vec<bool>,
    mode: Cotangents,
}

impl Pull<'_> {
    /// Adds to a node's cotangent, first given the node's batch axis.
    fn send(&mut self, to: NodeId, cotangent: NodeId) -> Result<()> {
        if !self.wanted[to.index()] || self.graph.fill_value(cotangent) == Some(0.0) {
            return Ok(());
        }
        let cotangent = match (self.graph.is_per_example(to), self.graph.is_per_example(cotangent)) {
            (true, false) => self.graph.broadcast_batch(cotangent)?,
            (false, true) if self.mode == Cotangents::Summed => self.graph.batch_sum(cotangent)?,
            _ => cotangent,
        };
        self.cotangent[to.index()] = Some(match self.cotangent[to.index()] {
            Some(sum) => self.graph.add(sum, cotangent)?,
            None => cotangent,
        });
        Ok(())
    }

    /// Sends the cotangent `g` of `y` to its arguments. No wildcard: a new operation does not compile without a rule.
    fn back(&mut self, y: NodeId, g: NodeId) -> Result<()> {
        let op = self.graph.op(y).clone();
        if op.sums_over_batch() && self.mode == Cotangents::PerExample {
            return Err(Error::Unsupported {
                what: format!("a per-example derivative behind {}, which sums over the batch", self.graph.describe(y)),
                hint: "differentiate each example's own value".into(),
            });
        }
        let arguments = self.graph.arguments(y).to_vec();
        let a = arguments.first().copied().unwrap_or(y);
        let b = arguments.get(1).copied().unwrap_or(y);
        let graph = &mut *self.graph;
        // What goes to the first argument; ids have no cotangent.
        let back = match op {
            Op::Input(_) | Op::Parameter(_) | Op::Patched(_) | Op::Fill(_) | Op::ArgmaxMask { .. } => return Ok(()),
            Op::Unary(unary) => match through(graph, unary, a, y, g)? {
                Some(back) => back,
                None => return Ok(()),
            },
            Op::Add => {
                self.send(a, g)?;
                return self.send(b, g);
            }
            Op::Sub => {
                self.send(a, g)?;
                if !self.wanted[b.index()] {
                    return Ok(());
                }
                let back = self.graph.neg(g)?;
                return self.send(b, back);
            }
            Op::Mul => {
                for (to, other) in [(a, b), (b, a)] {
                    if self.wanted[to.index()] {
                        let back = self.graph.mul(g, other)?;
                        self.send(to, back)?;
                    }
                }
                return Ok(());
            }
            Op::Einsum(contraction) => return self.back_contraction(&contraction, g, a, b),
            Op::Sum { axis } => graph.expand(g, axis, graph.shape(a).sizes()[axis])?,
            Op::Expand { axis, .. } => graph.sum(g, axis)?,
            Op::LogSumExp { axis } => {
                let softmax = graph.softmax(a, axis)?;
                let spread = graph.expand(g, axis, graph.shape(a).sizes()[axis])?;
                graph.mul(spread, softmax)?
            }
            // `send` gives the batch axis back or sums it away.
            Op::BatchSum | Op::BroadcastBatch => g,
            Op::Reshape => graph.reshape(g, graph.shape(a).clone().sizes())?,
            Op::Permute { axes } => {
                let mut inverse = axes.clone();
                axes.iter().enumerate().for_each(|(place, axis)| inverse[*axis] = place);
                graph.permute(g, &inverse)?
            }
            Op::Unfold { stride, .. } => {
                let &[height, width, _] = graph.shape(a).sizes() else { unreachable!("images have three axes") };
                graph.fold(g, height, width, stride)?
            }
            Op::Fold { stride, .. } => {
                let &[_, _, tall, wide, _] = graph.shape(a).sizes() else { unreachable!("windows have five axes") };
                graph.unfold(g, [tall, wide], stride)?
            }
            Op::Slice { axis, start, .. } => graph.pad(g, axis, start, graph.shape(a).sizes()[axis])?,
            Op::Pad { axis, start, .. } => graph.slice(g, axis, start, graph.shape(a).sizes()[axis])?,
            Op::GatherRows => graph.scatter_rows(g, b, graph.shape(a).sizes()[0])?,
            Op::ScatterRows { .. } => graph.gather_rows(g, b)?,
            Op::Gather => graph.scatter(g, b, graph.shape(a).sizes()[graph.shape(a).rank() - 1])?,
            Op::Scatter { .. } => graph.gather(g, b)?,
        };
        self.send(a, back)
    }

    /// The derivative of a contraction by either operand is the contraction of the cotangent with the other.
    fn back_contraction(&mut self, forward: &Contraction, g: NodeId, a: NodeId, b: NodeId) -> Result<()> {
        for (to, other, to_letters, other_letters) in
            [(a, b, &forward.left, &forward.right), (b, a, &forward.right, &forward.left)]
        {
            if !self.wanted[to.index()] {
                continue;
            }
            // A shared operand's cotangent is summed over the batch in the same product.
            let batched = self.graph.is_per_example(g) || self.graph.is_per_example(other);
            let over_batch = self.mode == Cotangents::Summed && !self.graph.is_per_example(to) && batched;
            let (out, left, right) = (forward.out.clone(), other_letters.clone(), to_letters.clone());
            let backward = Contraction::new(out, left, right, over_batch)
                .expect("every letter of an operand stands in the other operand or the result");
            let back = self.graph.contraction(backward, g, other)?;
            self.send(to, back)?;
        }
        Ok(())
    }
}
