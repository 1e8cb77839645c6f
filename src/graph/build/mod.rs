//! The builder: one method per operation, which checks types and removes what is trivially one, zero or the same.

mod axes;
mod elementwise;
mod images;
mod products;
mod rows;

use crate::error::{Error, Result};

use super::nodes::{Graph, NodeId};
use super::op::Op;
use super::types::{Element, Shape, ValueType};

impl Graph {
    pub(super) fn mismatch(&self, operation: &'static str, a: NodeId, right: String, reason: String) -> Error {
        Error::Shape { node: self.describe(a), operation, left: self.type_of(a), right, reason }
    }

    pub(super) fn pair_mismatch(&self, operation: &'static str, a: NodeId, b: NodeId, reason: String) -> Error {
        Error::Shape {
            node: format!("{} and {}", self.describe(a), self.describe(b)),
            operation,
            left: self.type_of(a),
            right: self.type_of(b),
            reason,
        }
    }

    fn type_of(&self, id: NodeId) -> String {
        if self.contains(id) { self.value_type(id).to_string() } else { "a node of another graph".into() }
    }

    /// Refuses what are no numbers of this graph: the first thing that every method does with an operand.
    pub(super) fn real(&self, operation: &'static str, a: NodeId) -> Result<()> {
        self.known(a)?;
        match self.value_type(a).element {
            Element::Real => Ok(()),
            Element::Index => {
                let reason = "ids can only be looked up or picked by".into();
                Err(self.mismatch(operation, a, "a value of numbers".into(), reason))
            }
        }
    }

    /// The type of a value in another shape.
    fn reshaped(&self, a: NodeId, shape: Shape) -> ValueType {
        ValueType::real(self.is_per_example(a), shape)
    }

    /// Adds an operation that only moves elements of its first argument: the same number everywhere stays that number.
    fn moved(&mut self, op: Op, arguments: &[NodeId], shape: Shape) -> Result<NodeId> {
        let value_type = ValueType::real(arguments.iter().any(|id| self.is_per_example(*id)), shape);
        match self.fill_value(arguments[0]) {
            Some(value) => self.filled(value, value_type),
            None => self.node(op, arguments, value_type),
        }
    }

    /// Adds an operation that makes zeros of zeros in its first argument.
    fn linear(&mut self, op: Op, arguments: &[NodeId], value_type: ValueType) -> Result<NodeId> {
        match self.fill_value(arguments[0]) {
            Some(0.0) => self.filled(0.0, value_type),
            _ => self.node(op, arguments, value_type),
        }
    }

    pub(super) fn axis(&self, operation: &'static str, a: NodeId, axis: usize) -> Result<()> {
        self.real(operation, a)?;
        if axis < self.shape(a).rank() {
            return Ok(());
        }
        let reason = format!("the value has {} axes, counted from 0", self.shape(a).rank());
        Err(self.mismatch(operation, a, format!("axis {axis}"), reason))
    }

    /// Adds the operation of an existing node to other arguments; how graphs are rewritten.
    pub(crate) fn apply(&mut self, op: &Op, arguments: &[NodeId], shape: &Shape) -> Result<NodeId> {
        match (op, arguments) {
            (Op::Unary(unary), &[a]) => self.unary(*unary, a),
            (Op::Add, &[a, b]) => self.add(a, b),
            (Op::Sub, &[a, b]) => self.sub(a, b),
            (Op::Mul, &[a, b]) => self.mul(a, b),
            (Op::Einsum(contraction), &[a, b]) => self.contraction(contraction.clone(), a, b),
            (Op::Sum { axis }, &[a]) => self.sum(a, *axis),
            (Op::Expand { axis, size }, &[a]) => self.expand(a, *axis, *size),
            (Op::LogSumExp { axis }, &[a]) => self.log_sum_exp(a, *axis),
            (Op::BatchSum, &[a]) => self.batch_sum(a),
            (Op::BroadcastBatch, &[a]) => self.broadcast_batch(a),
            (Op::Reshape, &[a]) => self.reshape(a, shape.sizes()),
            (Op::Permute { axes }, &[a]) => self.permute(a, axes),
            (Op::Unfold { window, stride }, &[a]) => self.unfold(a, *window, *stride),
            (Op::Fold { height, width, stride }, &[a]) => self.fold(a, *height, *width, *stride),
            (Op::ArgmaxMask { axis }, &[a]) => self.argmax_mask(a, *axis),
            (Op::Slice { axis, start, count }, &[a]) => self.slice(a, *axis, *start, *count),
            (Op::Pad { axis, start, size }, &[a]) => self.pad(a, *axis, *start, *size),
            (Op::GatherRows, &[a, ids]) => self.gather_rows(a, ids),
            (Op::ScatterRows { rows, over_batch }, &[a, ids]) => self.scattered(a, ids, *rows, *over_batch),
            (Op::Gather, &[a, ids]) => self.gather(a, ids),
            (Op::Scatter { size }, &[a, ids]) => self.scatter(a, ids, *size),
            (Op::Fill(constant), &[]) => self.fill(constant.value(), shape.sizes()),
            _ => Err(Error::Unsupported {
                what: format!("rewriting {} with {} arguments", op.name(), arguments.len()),
                hint: "replace the leaf itself".into(),
            }),
        }
    }
}
