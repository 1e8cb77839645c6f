//! Functions applied element by element.

use crate::error::Result;
use crate::graph::nodes::{Graph, NodeId, finite};
use crate::graph::op::{Constant, Op, Unary};
use crate::graph::types::{Shape, ValueType};

impl Graph {
    /// Adds an elementwise function.
    ///
    /// # Errors
    /// As [`Graph::scale`].
    pub fn unary(&mut self, unary: Unary, x: NodeId) -> Result<NodeId> {
        self.real(unary.name(), x)?;
        if let Unary::Scale(c) | Unary::Shift(c) | Unary::Power(c) = unary {
            finite(&format!("the constant of {}", unary.name()), c.value())?;
        }
        let value_type = self.value_type(x).clone();
        match unary {
            Unary::Scale(c) => {
                let c = c.value();
                if c == 1.0 {
                    return Ok(x);
                }
                if c == 0.0 {
                    return self.filled(0.0, value_type);
                }
                if let Some(value) = self.fill_value(x) {
                    return self.filled(c * value, value_type);
                }
                if let Op::Unary(Unary::Scale(inner)) = self.op(x) {
                    let product = c * inner.value();
                    // Of numbers that are finite each the product may not be.
                    if product.is_finite() {
                        return self.scale(self.arguments(x)[0], product);
                    }
                }
            }
            Unary::Shift(c) if c.value() == 0.0 => return Ok(x),
            Unary::Power(c) if c.value() == 1.0 => return Ok(x),
            Unary::Power(c) if c.value() == 0.0 => return self.filled(1.0, value_type),
            _ => {}
        }
        self.node(Op::Unary(unary), &[x], value_type)
    }

    /// Adds c · x.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when `x` holds ids; [`Error::Argument`](crate::Error::Argument) when `c` is not
    /// finite.
    pub fn scale(&mut self, x: NodeId, c: f64) -> Result<NodeId> {
        self.unary(Unary::Scale(Constant::new(c)), x)
    }

    /// Adds −x.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when `x` holds ids.
    pub fn neg(&mut self, x: NodeId) -> Result<NodeId> {
        self.scale(x, -1.0)
    }

    /// Adds x + c.
    ///
    /// # Errors
    /// As [`Graph::scale`].
    pub fn shift(&mut self, x: NodeId, c: f64) -> Result<NodeId> {
        self.unary(Unary::Shift(Constant::new(c)), x)
    }

    /// Adds x to the power of c.
    ///
    /// # Errors
    /// As [`Graph::scale`].
    pub fn power(&mut self, x: NodeId, c: f64) -> Result<NodeId> {
        self.unary(Unary::Power(Constant::new(c)), x)
    }

    /// Adds x·Φ(x) with the normal distribution Φ. Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when `x` holds ids.
    pub fn gelu(&mut self, x: NodeId) -> Result<NodeId> {
        let scaled = self.scale(x, std::f64::consts::FRAC_1_SQRT_2)?;
        let bent = self.erf(scaled)?;
        self.gated(x, bent)
    }

    /// Adds the approximation x/2·(1 + tanh(√(2/π)·(x + 0.044715·x³))) of [`Graph::gelu`], from the same paper.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when `x` holds ids.
    pub fn gelu_tanh(&mut self, x: NodeId) -> Result<NodeId> {
        let cube = self.power(x, 3.0)?;
        let cube = self.scale(cube, 0.044715)?;
        let inside = self.add(x, cube)?;
        let inside = self.scale(inside, (2.0 / std::f64::consts::PI).sqrt())?;
        let bent = self.tanh(inside)?;
        self.gated(x, bent)
    }

    /// x/2·(1 + gate).
    fn gated(&mut self, x: NodeId, gate: NodeId) -> Result<NodeId> {
        let open = self.shift(gate, 1.0)?;
        let half = self.scale(x, 0.5)?;
        self.mul(half, open)
    }

    /// Adds a + b, elementwise; the smaller value is repeated along leading axes and axes of size one.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the shapes do not fit.
    pub fn add(&mut self, a: NodeId, b: NodeId) -> Result<NodeId> {
        let (a, b, value_type) = self.broadcast("add", a, b)?;
        match (self.fill_value(a), self.fill_value(b)) {
            (Some(x), Some(y)) => self.filled(x + y, value_type),
            (Some(0.0), None) if *self.value_type(b) == value_type => Ok(b),
            (None, Some(0.0)) if *self.value_type(a) == value_type => Ok(a),
            _ => self.node(Op::Add, &[a.min(b), a.max(b)], value_type),
        }
    }

    /// Adds a − b, elementwise; the smaller value is repeated along leading axes and axes of size one.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the shapes do not fit.
    pub fn sub(&mut self, a: NodeId, b: NodeId) -> Result<NodeId> {
        let (a, b, value_type) = self.broadcast("sub", a, b)?;
        match (self.fill_value(a), self.fill_value(b)) {
            (Some(x), Some(y)) => self.filled(x - y, value_type),
            (Some(0.0), None) if *self.value_type(b) == value_type => self.neg(b),
            (None, Some(0.0)) if *self.value_type(a) == value_type => Ok(a),
            _ => self.node(Op::Sub, &[a, b], value_type),
        }
    }

    /// Adds a · b, elementwise; the smaller value is repeated along leading axes and axes of size one.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the shapes do not fit.
    pub fn mul(&mut self, a: NodeId, b: NodeId) -> Result<NodeId> {
        let (a, b, value_type) = self.broadcast("mul", a, b)?;
        for (x, y) in [(a, b), (b, a)] {
            match self.fill_value(x) {
                Some(0.0) => return self.filled(0.0, value_type),
                Some(c) if c.is_finite() && *self.value_type(y) == value_type => return self.scale(y, c),
                _ => {}
            }
        }
        self.node(Op::Mul, &[a.min(b), a.max(b)], value_type)
    }

    /// Adds a / b, elementwise.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the shapes do not fit.
    pub fn div(&mut self, a: NodeId, b: NodeId) -> Result<NodeId> {
        let inverse = self.power(b, -1.0)?;
        self.mul(a, inverse)
    }

    fn broadcast(&mut self, operation: &'static str, a: NodeId, b: NodeId) -> Result<(NodeId, NodeId, ValueType)> {
        self.real(operation, a)?;
        self.real(operation, b)?;
        let (left, right) = (self.shape(a).clone(), self.shape(b).clone());
        let rank = left.rank().max(right.rank());
        let size = |shape: &Shape, axis: usize| {
            (axis + shape.rank()).checked_sub(rank).map_or(1, |place| shape.sizes()[place])
        };
        let mut sizes = Vec::with_capacity(rank);
        for axis in 0..rank {
            let (x, y) = (size(&left, axis), size(&right, axis));
            if x != y && x != 1 && y != 1 {
                let reason = format!("sizes {x} and {y} differ and neither is one");
                return Err(self.pair_mismatch(operation, a, b, reason));
            }
            sizes.push(if x == 1 { y } else { x });
        }
        let shape = Shape::new(&sizes);
        let a = self.repeat_to(a, &shape)?;
        let b = self.repeat_to(b, &shape)?;
        let per_example = self.is_per_example(a) || self.is_per_example(b);
        Ok((a, b, ValueType::real(per_example, shape)))
    }

    /// Repeats a value along leading axes and axes of size one; the caller has checked that it fits.
    pub(super) fn repeat_to(&mut self, a: NodeId, shape: &Shape) -> Result<NodeId> {
        let mut a = a;
        while self.shape(a).rank() < shape.rank() {
            let axis = shape.rank() - self.shape(a).rank() - 1;
            a = self.expand(a, 0, shape.sizes()[axis])?;
        }
        for axis in 0..shape.rank() {
            if self.shape(a).sizes()[axis] != shape.sizes()[axis] {
                let without = self.shape(a).without(axis);
                let flat = self.reshape(a, without.sizes())?;
                a = self.expand(flat, axis, shape.sizes()[axis])?;
            }
        }
        Ok(a)
    }
}
