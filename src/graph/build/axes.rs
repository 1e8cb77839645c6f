//! Reductions and moves along one axis.

use crate::error::Result;
use crate::graph::nodes::{Graph, NodeId};
use crate::graph::op::Op;
use crate::graph::types::Shape;

impl Graph {
    /// Adds the sum along an axis.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when there is no such axis.
    pub fn sum(&mut self, a: NodeId, axis: usize) -> Result<NodeId> {
        self.axis("sum", a, axis)?;
        let (size, value_type) = (self.shape(a).sizes()[axis], self.reshaped(a, self.shape(a).without(axis)));
        if let Some(value) = self.fill_value(a) {
            return self.filled(value * size as f64, value_type);
        }
        match self.op(a) {
            Op::Expand { axis: expanded, .. } if *expanded == axis => self.scale(self.arguments(a)[0], size as f64),
            _ => self.node(Op::Sum { axis }, &[a], value_type),
        }
    }

    /// Adds the sum of all elements.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when `a` holds ids.
    pub fn sum_all(&mut self, a: NodeId) -> Result<NodeId> {
        self.known(a)?;
        let size = self.shape(a).len();
        let flat = self.reshape(a, &[size])?;
        self.sum(flat, 0)
    }

    /// Adds a repetition along a new axis of `size` that stands before `axis`.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the axis would lie beyond the last or the size is zero.
    pub fn expand(&mut self, a: NodeId, axis: usize, size: usize) -> Result<NodeId> {
        self.real("expand", a)?;
        if axis > self.shape(a).rank() || size == 0 {
            let reason = format!("the value has {} axes and a new one needs a size", self.shape(a).rank());
            return Err(self.mismatch("expand", a, format!("a new axis {axis} of size {size}"), reason));
        }
        let shape = self.shape(a).with(axis, size);
        if size == 1 {
            return self.reshape(a, shape.sizes());
        }
        self.moved(Op::Expand { axis, size }, &[a], shape)
    }

    /// Adds ln Σ eˣ along an axis, without overflow.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when there is no such axis.
    pub fn log_sum_exp(&mut self, a: NodeId, axis: usize) -> Result<NodeId> {
        self.axis("log_sum_exp", a, axis)?;
        let value_type = self.reshaped(a, self.shape(a).without(axis));
        self.node(Op::LogSumExp { axis }, &[a], value_type)
    }

    /// Adds 1 at the first largest place along an axis and 0 elsewhere; its derivative is zero.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when there is no such axis.
    pub fn argmax_mask(&mut self, a: NodeId, axis: usize) -> Result<NodeId> {
        self.axis("argmax_mask", a, axis)?;
        self.node(Op::ArgmaxMask { axis }, &[a], self.value_type(a).clone())
    }

    /// Adds the largest element along an axis. Of several that are equal the first has all of the derivative.
    ///
    /// It is the sum of the elements weighted by [`Graph::argmax_mask`]: a NaN anywhere along the axis gives NaN, and so does
    /// an infinite element that is not the largest.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when there is no such axis.
    pub fn max(&mut self, a: NodeId, axis: usize) -> Result<NodeId> {
        self.axis("max", a, axis)?;
        let argmax_mask = self.argmax_mask(a, axis)?;
        // Not a contraction: along neighboring elements the two steps run in wide vectors.
        let kept = self.mul(a, argmax_mask)?;
        self.sum(kept, axis)
    }

    /// Adds the softmax along an axis.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when there is no such axis.
    pub fn softmax(&mut self, a: NodeId, axis: usize) -> Result<NodeId> {
        let total = self.log_sum_exp(a, axis)?;
        let size = self.shape(a).sizes()[axis];
        let total = self.expand(total, axis, size)?;
        let log_probability = self.sub(a, total)?;
        self.exp(log_probability)
    }

    /// Adds the same elements in another shape.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the number of elements differs.
    pub fn reshape(&mut self, a: NodeId, sizes: &[usize]) -> Result<NodeId> {
        self.real("reshape", a)?;
        let shape = Shape::new(sizes);
        if shape.len() != self.shape(a).len() {
            let reason = format!("{} elements cannot become {}", self.shape(a).len(), shape.len());
            return Err(self.mismatch("reshape", a, format!("the shape {shape}"), reason));
        }
        if shape == *self.shape(a) {
            return Ok(a);
        }
        if let Op::Reshape = self.op(a) {
            return self.reshape(self.arguments(a)[0], sizes);
        }
        self.moved(Op::Reshape, &[a], shape)
    }

    /// Adds the axes in another order: axis `place` of the result is axis `axes[place]` of `a`.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when `axes` does not name every axis of `a` once.
    pub fn permute(&mut self, a: NodeId, axes: &[usize]) -> Result<NodeId> {
        self.real("permute", a)?;
        let rank = self.shape(a).rank();
        let mut seen = vec![false; rank];
        let fresh = |axis: &usize| *axis < rank && !std::mem::replace(&mut seen[*axis], true);
        if axes.len() != rank || !axes.iter().all(fresh) {
            let reason = format!("the value has {rank} axes, and each must be named once");
            return Err(self.mismatch("permute", a, format!("the axes {axes:?}"), reason));
        }
        if axes.is_sorted() {
            return Ok(a);
        }
        if let Op::Permute { axes: inner } = self.op(a) {
            let joined: Vec<usize> = axes.iter().map(|axis| inner[*axis]).collect();
            return self.permute(self.arguments(a)[0], &joined);
        }
        let sizes = self.shape(a).sizes();
        let permuted: Vec<usize> = axes.iter().map(|axis| sizes[*axis]).collect();
        // Axes of one place may stand anywhere: the elements keep their order.
        if axes.iter().filter(|axis| sizes[**axis] != 1).is_sorted() {
            return self.reshape(a, &permuted);
        }
        self.moved(Op::Permute { axes: axes.to_vec() }, &[a], Shape::new(&permuted))
    }

    /// Adds `count` places of an axis, from `start` on.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the axis has not that many places, or none are asked for.
    pub fn slice(&mut self, a: NodeId, axis: usize, start: usize, count: usize) -> Result<NodeId> {
        self.axis("slice", a, axis)?;
        let size = self.shape(a).sizes()[axis];
        if count == 0 || start.checked_add(count).is_none_or(|end| end > size) {
            let reason = format!("axis {axis} has {size} places and at least one must be kept");
            return Err(self.mismatch("slice", a, format!("{count} places from {start} on"), reason));
        }
        if count == size {
            return Ok(a);
        }
        self.moved(Op::Slice { axis, start, count }, &[a], self.shape(a).resized(axis, count))
    }

    /// Adds zeros around a value, so that `axis` has `size` places and the value begins at `start`.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the value does not fit there.
    pub fn pad(&mut self, a: NodeId, axis: usize, start: usize, size: usize) -> Result<NodeId> {
        self.axis("pad", a, axis)?;
        let count = self.shape(a).sizes()[axis];
        if start.checked_add(count).is_none_or(|end| end > size) {
            let reason = format!("{count} places from {start} on do not lie in {size}");
            return Err(self.mismatch("pad", a, format!("an axis of {size}"), reason));
        }
        if count == size {
            return Ok(a);
        }
        let value_type = self.reshaped(a, self.shape(a).resized(axis, size));
        self.linear(Op::Pad { axis, start, size }, &[a], value_type)
    }

    /// Adds two values one behind the other along an axis.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the other axes differ.
    pub fn concatenate(&mut self, a: NodeId, b: NodeId, axis: usize) -> Result<NodeId> {
        self.axis("concatenate", a, axis)?;
        self.axis("concatenate", b, axis)?;
        if self.shape(a).rank() != self.shape(b).rank() || self.shape(a).without(axis) != self.shape(b).without(axis) {
            let reason = format!("all axes but axis {axis} must agree");
            return Err(self.pair_mismatch("concatenate", a, b, reason));
        }
        let first = self.shape(a).sizes()[axis];
        let size = first + self.shape(b).sizes()[axis];
        let left = self.pad(a, axis, 0, size)?;
        let right = self.pad(b, axis, first, size)?;
        self.add(left, right)
    }
}
