//! The builder: one method per operation, which checks types and removes what is trivially one, zero or the same.

use crate::error::{Error, Result};

use super::contraction::Contraction;
use super::nodes::{Graph, NodeId};
use super::op::{Constant, Op, Unary};
use super::types::{Element, Shape, ValueType};

/// The methods of [`Graph`] that are one elementwise function without further arguments.
macro_rules! unary_methods {
    ($($(#[$doc:meta])* $method:ident => $unary:ident;)*) => {
        impl Graph {
            $($(#[$doc])*
            ///
            /// # Errors
            /// [`Error::Shape`] when `x` holds ids.
            pub fn $method(&mut self, x: NodeId) -> Result<NodeId> {
                self.unary(Unary::$unary, x)
            })*
        }
    };
}

unary_methods! {
    /// Adds eˣ.
    exp => Exp;
    /// Adds ln x.
    log => Log;
    /// Adds tanh x.
    tanh => Tanh;
    /// Adds 1 / (1 + e⁻ˣ).
    sigmoid => Sigmoid;
    /// Adds ln(1 + eˣ), without overflow.
    softplus => Softplus;
    /// Adds max(x, 0); its derivative at zero is zero.
    relu => Relu;
    /// Adds 1 where x > 0 and 0 elsewhere; its derivative is zero.
    step => Step;
    /// Adds sin x.
    sin => Sin;
    /// Adds cos x.
    cos => Cos;
    /// Adds |x|; its derivative at zero is zero.
    abs => Abs;
    /// Adds −1, 0 or 1 by the sign of x; its derivative is zero.
    sign => Sign;
}

impl Graph {
    fn mismatch(&self, operation: &'static str, a: NodeId, right: String, reason: String) -> Error {
        Error::Shape { node: self.describe(a), operation, left: self.value_type(a).to_string(), right, reason }
    }

    fn pair_mismatch(&self, operation: &'static str, a: NodeId, b: NodeId, reason: String) -> Error {
        Error::Shape {
            node: format!("{} and {}", self.describe(a), self.describe(b)),
            operation,
            left: self.value_type(a).to_string(),
            right: self.value_type(b).to_string(),
            reason,
        }
    }

    fn real(&self, operation: &'static str, a: NodeId) -> Result<()> {
        match self.value_type(a).element {
            Element::Real => Ok(()),
            Element::Index => Err(self.mismatch(
                operation,
                a,
                "a value of numbers".into(),
                "ids can only be looked up or picked by".into(),
            )),
        }
    }

    fn axis(&self, operation: &'static str, a: NodeId, axis: usize) -> Result<()> {
        self.real(operation, a)?;
        if axis < self.shape(a).rank() {
            return Ok(());
        }
        Err(self.mismatch(
            operation,
            a,
            format!("axis {axis}"),
            format!("the value has {} axes, counted from 0", self.shape(a).rank()),
        ))
    }

    /// Adds an elementwise function.
    ///
    /// # Errors
    /// [`Error::Shape`] when `x` holds ids.
    pub fn unary(&mut self, unary: Unary, x: NodeId) -> Result<NodeId> {
        self.real(unary.name(), x)?;
        let value_type = self.value_type(x).clone();
        match unary {
            Unary::Scale(c) => {
                let c = c.value();
                if c == 1.0 {
                    return Ok(x);
                }
                if c == 0.0 {
                    return Ok(self.filled(0.0, value_type));
                }
                if let Some(value) = self.fill_value(x) {
                    return Ok(self.filled(c * value, value_type));
                }
                if let Op::Unary(Unary::Scale(inner)) = self.op(x) {
                    let product = Unary::Scale(Constant::new(c * inner.value()));
                    let argument = self.arguments(x)[0];
                    return self.unary(product, argument);
                }
            }
            Unary::Shift(c) if c.value() == 0.0 => return Ok(x),
            Unary::Power(c) if c.value() == 1.0 => return Ok(x),
            Unary::Power(c) if c.value() == 0.0 => return Ok(self.filled(1.0, value_type)),
            _ => {}
        }
        Ok(self.node(Op::Unary(unary), &[x], value_type))
    }

    /// Adds c · x.
    ///
    /// # Errors
    /// [`Error::Shape`] when `x` holds ids.
    pub fn scale(&mut self, x: NodeId, c: f64) -> Result<NodeId> {
        self.unary(Unary::Scale(Constant::new(c)), x)
    }

    /// Adds −x.
    ///
    /// # Errors
    /// [`Error::Shape`] when `x` holds ids.
    pub fn neg(&mut self, x: NodeId) -> Result<NodeId> {
        self.scale(x, -1.0)
    }

    /// Adds x + c.
    ///
    /// # Errors
    /// [`Error::Shape`] when `x` holds ids.
    pub fn shift(&mut self, x: NodeId, c: f64) -> Result<NodeId> {
        self.unary(Unary::Shift(Constant::new(c)), x)
    }

    /// Adds x to the power of c.
    ///
    /// # Errors
    /// [`Error::Shape`] when `x` holds ids.
    pub fn power(&mut self, x: NodeId, c: f64) -> Result<NodeId> {
        self.unary(Unary::Power(Constant::new(c)), x)
    }

    /// Adds a + b, elementwise; the smaller value is repeated along leading axes and axes of size one.
    ///
    /// # Errors
    /// [`Error::Shape`] when the shapes do not fit.
    pub fn add(&mut self, a: NodeId, b: NodeId) -> Result<NodeId> {
        let (a, b, value_type) = self.broadcast("add", a, b)?;
        match (self.fill_value(a), self.fill_value(b)) {
            (Some(x), Some(y)) => Ok(self.filled(x + y, value_type)),
            (Some(0.0), None) if *self.value_type(b) == value_type => Ok(b),
            (None, Some(0.0)) if *self.value_type(a) == value_type => Ok(a),
            _ => Ok(self.node(Op::Add, &[a.min(b), a.max(b)], value_type)),
        }
    }

    /// Adds a − b, elementwise; the smaller value is repeated along leading axes and axes of size one.
    ///
    /// # Errors
    /// [`Error::Shape`] when the shapes do not fit.
    pub fn sub(&mut self, a: NodeId, b: NodeId) -> Result<NodeId> {
        let (a, b, value_type) = self.broadcast("sub", a, b)?;
        match (self.fill_value(a), self.fill_value(b)) {
            (Some(x), Some(y)) => Ok(self.filled(x - y, value_type)),
            (Some(0.0), None) if *self.value_type(b) == value_type => self.neg(b),
            (None, Some(0.0)) if *self.value_type(a) == value_type => Ok(a),
            _ => Ok(self.node(Op::Sub, &[a, b], value_type)),
        }
    }

    /// Adds a · b, elementwise; the smaller value is repeated along leading axes and axes of size one.
    ///
    /// # Errors
    /// [`Error::Shape`] when the shapes do not fit.
    pub fn mul(&mut self, a: NodeId, b: NodeId) -> Result<NodeId> {
        let (a, b, value_type) = self.broadcast("mul", a, b)?;
        for (x, y) in [(a, b), (b, a)] {
            match self.fill_value(x) {
                Some(0.0) => return Ok(self.filled(0.0, value_type)),
                Some(c) if *self.value_type(y) == value_type => return self.scale(y, c),
                _ => {}
            }
        }
        Ok(self.node(Op::Mul, &[a.min(b), a.max(b)], value_type))
    }

    /// Adds a / b, elementwise.
    ///
    /// # Errors
    /// [`Error::Shape`] when the shapes do not fit.
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
    fn repeat_to(&mut self, a: NodeId, shape: &Shape) -> Result<NodeId> {
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

    /// Adds a sum of products over shared axes, written as in `"d,cd->c"`; see [`Contraction`].
    ///
    /// # Errors
    /// [`Error::Shape`] when the specification or the shapes do not fit.
    pub fn contract(&mut self, spec: &str, a: NodeId, b: NodeId) -> Result<NodeId> {
        let contraction =
            Contraction::parse(spec, false).map_err(|reason| self.pair_mismatch("contract", a, b, reason))?;
        self.contraction(contraction, a, b)
    }

    /// Adds a sum of products over shared axes and over the batch.
    ///
    /// # Errors
    /// [`Error::Shape`] when the specification or the shapes do not fit, or neither operand is per-example.
    pub fn contract_over_batch(&mut self, spec: &str, a: NodeId, b: NodeId) -> Result<NodeId> {
        let contraction =
            Contraction::parse(spec, true).map_err(|reason| self.pair_mismatch("contract", a, b, reason))?;
        self.contraction(contraction, a, b)
    }

    pub(crate) fn contraction(&mut self, contraction: Contraction, a: NodeId, b: NodeId) -> Result<NodeId> {
        self.real("contract", a)?;
        self.real("contract", b)?;
        let shape = contraction
            .shape(self.shape(a), self.shape(b))
            .map_err(|reason| self.pair_mismatch("contract", a, b, reason))?;
        let batched = self.is_per_example(a) || self.is_per_example(b);
        if contraction.over_batch && !batched {
            let reason = "neither operand is per-example, so there is no batch to sum over".into();
            return Err(self.pair_mismatch("contract", a, b, reason));
        }
        let value_type = ValueType::real(batched && !contraction.over_batch, shape);
        if self.fill_value(a) == Some(0.0) || self.fill_value(b) == Some(0.0) {
            return Ok(self.filled(0.0, value_type));
        }
        // A shared value that is spread is used as it is: contractions broadcast over the batch by themselves.
        let bare = |graph: &Self, x: NodeId, other: NodeId| match graph.op(x) {
            Op::Spread if graph.is_per_example(other) => graph.arguments(x)[0],
            _ => x,
        };
        let left = bare(self, a, b);
        let right = bare(self, b, left);
        Ok(self.node(Op::Contract(contraction), &[left, right], value_type))
    }

    /// Adds the sum along an axis.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is no such axis.
    pub fn sum(&mut self, a: NodeId, axis: usize) -> Result<NodeId> {
        self.axis("sum", a, axis)?;
        let mut value_type = self.value_type(a).clone();
        let size = value_type.shape.sizes()[axis];
        value_type.shape = value_type.shape.without(axis);
        if let Some(value) = self.fill_value(a) {
            return Ok(self.filled(value * size as f64, value_type));
        }
        match self.op(a) {
            Op::Expand { axis: expanded, .. } if *expanded == axis => {
                let argument = self.arguments(a)[0];
                self.scale(argument, size as f64)
            }
            _ => Ok(self.node(Op::Sum { axis }, &[a], value_type)),
        }
    }

    /// Adds the sum of all elements.
    ///
    /// # Errors
    /// [`Error::Shape`] when `a` holds ids.
    pub fn sum_all(&mut self, a: NodeId) -> Result<NodeId> {
        let size = self.shape(a).len();
        let flat = self.reshape(a, &[size])?;
        self.sum(flat, 0)
    }

    /// Adds a repetition along a new axis of `size` that stands before `axis`.
    ///
    /// # Errors
    /// [`Error::Shape`] when the axis would lie beyond the last or the size is zero.
    pub fn expand(&mut self, a: NodeId, axis: usize, size: usize) -> Result<NodeId> {
        self.real("expand", a)?;
        if axis > self.shape(a).rank() || size == 0 {
            let reason = format!("the value has {} axes and a new one needs a size", self.shape(a).rank());
            return Err(self.mismatch("expand", a, format!("a new axis {axis} of size {size}"), reason));
        }
        let mut value_type = self.value_type(a).clone();
        value_type.shape = value_type.shape.with(axis, size);
        if let Some(value) = self.fill_value(a) {
            return Ok(self.filled(value, value_type));
        }
        if size == 1 {
            let shape = value_type.shape;
            return self.reshape(a, shape.sizes());
        }
        Ok(self.node(Op::Expand { axis, size }, &[a], value_type))
    }

    /// Adds ln Σ eˣ along an axis, without overflow.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is no such axis.
    pub fn log_sum_exp(&mut self, a: NodeId, axis: usize) -> Result<NodeId> {
        self.axis("log_sum_exp", a, axis)?;
        let mut value_type = self.value_type(a).clone();
        value_type.shape = value_type.shape.without(axis);
        Ok(self.node(Op::LogSumExp { axis }, &[a], value_type))
    }

    /// Adds the softmax along an axis.
    ///
    /// # Errors
    /// [`Error::Shape`] when there is no such axis.
    pub fn softmax(&mut self, a: NodeId, axis: usize) -> Result<NodeId> {
        let total = self.log_sum_exp(a, axis)?;
        let size = self.shape(a).sizes()[axis];
        let total = self.expand(total, axis, size)?;
        let log_probability = self.sub(a, total)?;
        self.exp(log_probability)
    }

    /// Adds the sum over the batch.
    ///
    /// # Errors
    /// [`Error::Shape`] when the value is shared, so that there is no batch to sum over.
    pub fn batch_sum(&mut self, a: NodeId) -> Result<NodeId> {
        self.real("batch_sum", a)?;
        if !self.is_per_example(a) {
            let reason = "every example must have its own; spread it first".into();
            return Err(self.mismatch("batch_sum", a, "a per-example value".into(), reason));
        }
        match self.op(a).clone() {
            Op::Contract(mut contraction) => {
                contraction.over_batch = true;
                let arguments = self.arguments(a).to_vec();
                return self.contraction(contraction, arguments[0], arguments[1]);
            }
            Op::Scatter { rows, .. } => {
                let arguments = self.arguments(a).to_vec();
                return self.scatter_rows(arguments[0], arguments[1], rows, true);
            }
            Op::Unary(Unary::Scale(c)) => {
                let argument = self.arguments(a)[0];
                let sum = self.batch_sum(argument)?;
                return self.scale(sum, c.value());
            }
            _ => {}
        }
        let value_type = ValueType::real(false, self.shape(a).clone());
        if self.fill_value(a) == Some(0.0) {
            return Ok(self.filled(0.0, value_type));
        }
        Ok(self.node(Op::BatchSum, &[a], value_type))
    }

    /// Adds a shared value as one per example.
    ///
    /// # Errors
    /// [`Error::Shape`] when `a` holds ids.
    pub fn spread(&mut self, a: NodeId) -> Result<NodeId> {
        self.real("spread", a)?;
        if self.is_per_example(a) {
            return Ok(a);
        }
        let value_type = ValueType::real(true, self.shape(a).clone());
        Ok(self.node(Op::Spread, &[a], value_type))
    }

    /// Adds the same elements in another shape.
    ///
    /// # Errors
    /// [`Error::Shape`] when the number of elements differs.
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
        let value_type = ValueType::real(self.is_per_example(a), shape);
        if let Some(value) = self.fill_value(a) {
            return Ok(self.filled(value, value_type));
        }
        if let Op::Reshape = self.op(a) {
            let argument = self.arguments(a)[0];
            return self.reshape(argument, sizes);
        }
        Ok(self.node(Op::Reshape, &[a], value_type))
    }

    /// Adds `count` places of an axis, from `start` on.
    ///
    /// # Errors
    /// [`Error::Shape`] when the axis has not that many places, or none are asked for.
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
        let mut value_type = self.value_type(a).clone();
        value_type.shape = value_type.shape.resized(axis, count);
        if let Some(value) = self.fill_value(a) {
            return Ok(self.filled(value, value_type));
        }
        Ok(self.node(Op::Slice { axis, start, count }, &[a], value_type))
    }

    /// Adds zeros around a value, so that `axis` has `size` places and the value begins at `start`.
    ///
    /// # Errors
    /// [`Error::Shape`] when the value does not fit there.
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
        let mut value_type = self.value_type(a).clone();
        value_type.shape = value_type.shape.resized(axis, size);
        if self.fill_value(a) == Some(0.0) {
            return Ok(self.filled(0.0, value_type));
        }
        Ok(self.node(Op::Pad { axis, start, size }, &[a], value_type))
    }

    /// Adds two values one behind the other along an axis.
    ///
    /// # Errors
    /// [`Error::Shape`] when the other axes differ.
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

    fn holds_ids(&self, operation: &'static str, a: NodeId, ids: NodeId) -> Result<()> {
        self.real(operation, a)?;
        match self.value_type(ids).element {
            Element::Index => Ok(()),
            Element::Real => Err(self.pair_mismatch(operation, a, ids, "the second operand must hold ids".into())),
        }
    }

    /// Adds rows of a table: `table` of shape `[rows, …]` and `ids` of shape `[…]` give `[ids…, row…]`.
    ///
    /// # Errors
    /// [`Error::Shape`] when the table has no rows or the second operand holds no ids.
    pub fn lookup(&mut self, table: NodeId, ids: NodeId) -> Result<NodeId> {
        self.holds_ids("lookup", table, ids)?;
        self.axis("lookup", table, 0)?;
        let mut sizes = self.shape(ids).sizes().to_vec();
        sizes.extend(&self.shape(table).sizes()[1..]);
        let per_example = self.is_per_example(table) || self.is_per_example(ids);
        let value_type = ValueType::real(per_example, Shape::new(&sizes));
        if let Some(value) = self.fill_value(table) {
            return Ok(self.filled(value, value_type));
        }
        if let Some(simpler) = self.lookup_inside(table, ids)? {
            return Ok(simpler);
        }
        Ok(self.node(Op::Lookup, &[table, ids], value_type))
    }

    /// Rows of a per-example outer product are scaled vectors: `rows(outer(δ, q), ids) = pick(δ, ids) · q`. So a
    /// gradient's own rows are found without the table it belongs to.
    fn lookup_inside(&mut self, table: NodeId, ids: NodeId) -> Result<Option<NodeId>> {
        if !self.is_per_example(table) || self.shape(ids).rank() > 1 {
            return Ok(None);
        }
        let arguments = self.arguments(table).to_vec();
        match self.op(table).clone() {
            Op::Contract(c) if !c.over_batch && c.out.len() == 2 && c.left.len() == 1 && c.right.len() == 1 => {
                // Outer product of two vectors: the one whose letter comes first gives the rows.
                let (rows, vector) = match c.left.first() == c.out.first() {
                    true => (arguments[0], arguments[1]),
                    false => (arguments[1], arguments[0]),
                };
                let (rows, vector) = (self.spread(rows)?, self.spread(vector)?);
                let picked = self.lookup(rows, ids)?;
                let spec = if self.shape(ids).rank() == 0 { ",d->d" } else { "k,d->kd" };
                Ok(Some(self.contract(spec, picked, vector)?))
            }
            Op::Unary(Unary::Scale(c)) => {
                let inside = self.lookup(arguments[0], ids)?;
                Ok(Some(self.scale(inside, c.value())?))
            }
            Op::Add | Op::Sub => {
                let left = self.lookup(arguments[0], ids)?;
                let right = self.lookup(arguments[1], ids)?;
                Ok(Some(match self.op(table) {
                    Op::Add => self.add(left, right)?,
                    _ => self.sub(left, right)?,
                }))
            }
            _ => Ok(None),
        }
    }

    /// Adds rows added by id into a table of zeros of `rows` rows, one table per example.
    ///
    /// # Errors
    /// [`Error::Shape`] when the values' leading axes are not those of the ids.
    pub fn scatter(&mut self, values: NodeId, ids: NodeId, rows: usize) -> Result<NodeId> {
        self.scatter_rows(values, ids, rows, false)
    }

    /// Adds rows added by id into one table of zeros of `rows` rows, summed over the batch.
    ///
    /// # Errors
    /// [`Error::Shape`] when the values' leading axes are not those of the ids.
    pub fn scatter_over_batch(&mut self, values: NodeId, ids: NodeId, rows: usize) -> Result<NodeId> {
        self.scatter_rows(values, ids, rows, true)
    }

    pub(crate) fn scatter_rows(
        &mut self,
        values: NodeId,
        ids: NodeId,
        rows: usize,
        over_batch: bool,
    ) -> Result<NodeId> {
        self.holds_ids("scatter", values, ids)?;
        let leading = self.shape(ids).sizes();
        let sizes = self.shape(values).sizes();
        if sizes.len() < leading.len() || sizes[..leading.len()] != *leading {
            let reason = "the values' leading axes must be those of the ids".into();
            return Err(self.pair_mismatch("scatter", values, ids, reason));
        }
        let mut shape = vec![rows];
        shape.extend(&sizes[leading.len()..]);
        let batched = self.is_per_example(values) || self.is_per_example(ids);
        if over_batch && !batched {
            let reason = "neither operand is per-example, so there is no batch to sum over".into();
            return Err(self.pair_mismatch("scatter", values, ids, reason));
        }
        let value_type = ValueType::real(batched && !over_batch, Shape::new(&shape));
        if self.fill_value(values) == Some(0.0) {
            return Ok(self.filled(0.0, value_type));
        }
        Ok(self.node(Op::Scatter { rows, over_batch }, &[values, ids], value_type))
    }

    /// Adds one element of the last axis by label: `a` of shape `[…, n]` and `ids` of shape `[…]` give `[…]`.
    ///
    /// # Errors
    /// [`Error::Shape`] when the labels' shape is not that of `a` without its last axis.
    pub fn pick(&mut self, a: NodeId, ids: NodeId) -> Result<NodeId> {
        self.holds_ids("pick", a, ids)?;
        let rank = self.shape(a).rank();
        if rank == 0 || self.shape(a).without(rank - 1) != *self.shape(ids) {
            let reason = "the labels must have the value's shape without its last axis".into();
            return Err(self.pair_mismatch("pick", a, ids, reason));
        }
        let per_example = self.is_per_example(a) || self.is_per_example(ids);
        let value_type = ValueType::real(per_example, self.shape(ids).clone());
        if let Some(value) = self.fill_value(a) {
            return Ok(self.filled(value, value_type));
        }
        Ok(self.node(Op::Pick, &[a, ids], value_type))
    }

    /// Adds a last axis of zeros of `size` places in which each element stands at its label.
    ///
    /// # Errors
    /// [`Error::Shape`] when the labels' shape is not that of `a`.
    pub fn place(&mut self, a: NodeId, ids: NodeId, size: usize) -> Result<NodeId> {
        self.holds_ids("place", a, ids)?;
        if self.shape(a) != self.shape(ids) || size == 0 {
            let reason = "the labels must have the value's shape, and the new axis a size".into();
            return Err(self.pair_mismatch("place", a, ids, reason));
        }
        let per_example = self.is_per_example(a) || self.is_per_example(ids);
        let shape = self.shape(a).with(self.shape(a).rank(), size);
        let value_type = ValueType::real(per_example, shape);
        if self.fill_value(a) == Some(0.0) {
            return Ok(self.filled(0.0, value_type));
        }
        Ok(self.node(Op::Place { size }, &[a, ids], value_type))
    }

    /// Adds the operation of an existing node to other arguments; how graphs are rewritten.
    pub(crate) fn apply(&mut self, op: &Op, arguments: &[NodeId], shape: &Shape) -> Result<NodeId> {
        match (op, arguments) {
            (Op::Unary(unary), &[a]) => self.unary(*unary, a),
            (Op::Add, &[a, b]) => self.add(a, b),
            (Op::Sub, &[a, b]) => self.sub(a, b),
            (Op::Mul, &[a, b]) => self.mul(a, b),
            (Op::Contract(contraction), &[a, b]) => self.contraction(contraction.clone(), a, b),
            (Op::Sum { axis }, &[a]) => self.sum(a, *axis),
            (Op::Expand { axis, size }, &[a]) => self.expand(a, *axis, *size),
            (Op::LogSumExp { axis }, &[a]) => self.log_sum_exp(a, *axis),
            (Op::BatchSum, &[a]) => self.batch_sum(a),
            (Op::Spread, &[a]) => self.spread(a),
            (Op::Reshape, &[a]) => self.reshape(a, shape.sizes()),
            (Op::Slice { axis, start, count }, &[a]) => self.slice(a, *axis, *start, *count),
            (Op::Pad { axis, start, size }, &[a]) => self.pad(a, *axis, *start, *size),
            (Op::Lookup, &[a, ids]) => self.lookup(a, ids),
            (Op::Scatter { rows, over_batch }, &[a, ids]) => self.scatter_rows(a, ids, *rows, *over_batch),
            (Op::Pick, &[a, ids]) => self.pick(a, ids),
            (Op::Place { size }, &[a, ids]) => self.place(a, ids, *size),
            (Op::Fill(constant), &[]) => self.fill(constant.value(), shape.sizes()),
            _ => Err(Error::Unsupported {
                what: format!("rewriting {} with {} arguments", op.name(), arguments.len()),
                remedy: "replace the leaf itself".into(),
            }),
        }
    }
}
