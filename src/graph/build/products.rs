//! Contractions and the batch axis.

use crate::error::Result;
use crate::graph::contraction::Contraction;
use crate::graph::nodes::{Graph, NodeId};
use crate::graph::op::{Op, Unary};
use crate::graph::types::{Shape, ValueType};

impl Graph {
    /// Adds a sum of products over shared axes, written as in `"d,cd->c"`; see [`Contraction`].
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the specification or the shapes do not fit.
    pub fn einsum(&mut self, spec: &str, a: NodeId, b: NodeId) -> Result<NodeId> {
        self.parsed(spec, false, a, b)
    }

    /// Adds a sum of products over shared axes and over the batch.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the specification or the shapes do not fit, or neither operand is per-example.
    pub fn contract_over_batch(&mut self, spec: &str, a: NodeId, b: NodeId) -> Result<NodeId> {
        self.parsed(spec, true, a, b)
    }

    fn parsed(&mut self, spec: &str, over_batch: bool, a: NodeId, b: NodeId) -> Result<NodeId> {
        self.all_known([&a, &b])?;
        let contraction = Contraction::parse(spec, over_batch);
        self.contraction(contraction.map_err(|reason| self.pair_mismatch("einsum", a, b, reason))?, a, b)
    }

    pub(crate) fn contraction(&mut self, contraction: Contraction, a: NodeId, b: NodeId) -> Result<NodeId> {
        self.real("einsum", a)?;
        self.real("einsum", b)?;
        let shape = contraction
            .shape(self.shape(a), self.shape(b))
            .map_err(|reason| self.pair_mismatch("einsum", a, b, reason))?;
        let value_type = self.summed("einsum", a, b, contraction.over_batch, shape)?;
        if self.fill_value(a) == Some(0.0) || self.fill_value(b) == Some(0.0) {
            return self.filled(0.0, value_type);
        }
        // A shared value that is broadcast_batch is used as it is: contractions broadcast over the batch by themselves.
        let bare = |graph: &Self, x: NodeId, other: NodeId| match graph.op(x) {
            Op::BroadcastBatch if graph.is_per_example(other) => graph.arguments(x)[0],
            _ => x,
        };
        let left = bare(self, a, b);
        let right = bare(self, b, left);
        self.node(Op::Einsum(contraction), &[left, right], value_type)
    }

    /// The type of a product of two operands, which may be summed over the batch.
    pub(super) fn summed(
        &self,
        operation: &'static str,
        a: NodeId,
        b: NodeId,
        over_batch: bool,
        shape: Shape,
    ) -> Result<ValueType> {
        let batched = self.is_per_example(a) || self.is_per_example(b);
        if over_batch && !batched {
            let reason = "neither operand is per-example, so there is no batch to sum over".into();
            return Err(self.pair_mismatch(operation, a, b, reason));
        }
        Ok(ValueType::real(batched && !over_batch, shape))
    }

    /// Adds the sum over the batch.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the value is shared, so that there is no batch to sum over.
    pub fn batch_sum(&mut self, a: NodeId) -> Result<NodeId> {
        self.real("batch_sum", a)?;
        if !self.is_per_example(a) {
            let reason = "every example must have its own; broadcast_batch it first".into();
            return Err(self.mismatch("batch_sum", a, "a per-example value".into(), reason));
        }
        match (self.op(a).clone(), self.arguments(a)) {
            (Op::Einsum(contraction), &[left, right]) => {
                self.contraction(Contraction { over_batch: true, ..contraction }, left, right)
            }
            (Op::ScatterRows { rows, .. }, &[values, ids]) => self.scattered(values, ids, rows, true),
            (Op::Unary(Unary::Scale(c)), &[argument]) => {
                let sum = self.batch_sum(argument)?;
                self.scale(sum, c.value())
            }
            _ => {
                let value_type = ValueType::real(false, self.shape(a).clone());
                self.linear(Op::BatchSum, &[a], value_type)
            }
        }
    }

    /// Adds a shared value as one per example.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when `a` holds ids.
    pub fn broadcast_batch(&mut self, a: NodeId) -> Result<NodeId> {
        self.real("broadcast_batch", a)?;
        if self.is_per_example(a) {
            return Ok(a);
        }
        let value_type = ValueType::real(true, self.shape(a).clone());
        self.node(Op::BroadcastBatch, &[a], value_type)
    }
}
