//! Rows by id and elements by label.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::graph::nodes::{Graph, NodeId};
use crate::graph::op::{Op, Unary};
use crate::graph::types::{Element, Shape};

/// How deep sums of tables are looked into: the call stack is finite.
const DEEPEST: usize = 256;

/// For each table its rows by the ids at hand.
type Found = BTreeMap<NodeId, NodeId>;

impl Graph {
    pub(super) fn holds_ids(&self, operation: &'static str, a: NodeId, ids: NodeId) -> Result<()> {
        self.real(operation, a)?;
        self.known(ids)?;
        match self.value_type(ids).element {
            Element::Index => Ok(()),
            Element::Real => Err(self.pair_mismatch(operation, a, ids, "the second operand must hold ids".into())),
        }
    }

    /// Adds rows of a table: `table` of shape `[rows, …]` and `ids` of shape `[…]` give `[ids…, row…]`.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the table has no rows or the second operand holds no ids.
    pub fn gather_rows(&mut self, table: NodeId, ids: NodeId) -> Result<NodeId> {
        self.lookup_through(table, ids, &mut BTreeMap::new(), 0)
    }

    /// A gather_rows within `depth` others; `found` are the rows of tables that were looked up for it already.
    fn lookup_through(&mut self, table: NodeId, ids: NodeId, found: &mut Found, depth: usize) -> Result<NodeId> {
        if let Some(rows) = found.get(&table) {
            return Ok(*rows);
        }
        let rows = self.lookup_once(table, ids, found, depth)?;
        found.insert(table, rows);
        Ok(rows)
    }

    fn lookup_once(&mut self, table: NodeId, ids: NodeId, found: &mut Found, depth: usize) -> Result<NodeId> {
        self.holds_ids("gather_rows", table, ids)?;
        self.axis("gather_rows", table, 0)?;
        let mut sizes = self.shape(ids).sizes().to_vec();
        sizes.extend(&self.shape(table).sizes()[1..]);
        if depth < DEEPEST
            && self.fill_value(table).is_none()
            && let Some(simpler) = self.lookup_inside(table, ids, found, depth + 1)?
        {
            return Ok(simpler);
        }
        self.moved(Op::GatherRows, &[table, ids], Shape::new(&sizes))
    }

    /// Rows of a per-example outer product are scaled vectors: `rows(outer(δ, q), ids) = gather(δ, ids) · q`. So a
    /// gradient's own rows are found without the table it belongs to.
    fn lookup_inside(&mut self, table: NodeId, ids: NodeId, found: &mut Found, depth: usize) -> Result<Option<NodeId>> {
        if !self.is_per_example(table) || self.shape(ids).rank() > 1 {
            return Ok(None);
        }
        match (self.op(table).clone(), self.arguments(table)) {
            (Op::Einsum(c), &[a, b])
                if !c.over_batch && c.out.len() == 2 && c.left.len() == 1 && c.right.len() == 1 =>
            {
                // Outer product of two vectors: the one whose letter comes first gives the rows.
                let (rows, vector) = if c.left.first() == c.out.first() { (a, b) } else { (b, a) };
                let (rows, vector) = (self.broadcast_batch(rows)?, self.broadcast_batch(vector)?);
                let picked = self.gather_rows(rows, ids)?;
                let spec = if self.shape(ids).rank() == 0 { ",d->d" } else { "k,d->kd" };
                Ok(Some(self.einsum(spec, picked, vector)?))
            }
            (Op::Unary(Unary::Scale(c)), &[a]) => {
                let inside = self.lookup_through(a, ids, found, depth)?;
                Ok(Some(self.scale(inside, c.value())?))
            }
            (op @ (Op::Add | Op::Sub), &[a, b]) => {
                let left = self.lookup_through(a, ids, found, depth)?;
                let right = self.lookup_through(b, ids, found, depth)?;
                Ok(Some(if op == Op::Add { self.add(left, right)? } else { self.sub(left, right)? }))
            }
            _ => Ok(None),
        }
    }

    /// Adds rows added by id into a table of zeros of `rows` rows, one table per example.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the values' leading axes are not those of the ids.
    pub fn scatter_rows(&mut self, values: NodeId, ids: NodeId, rows: usize) -> Result<NodeId> {
        self.scattered(values, ids, rows, false)
    }

    /// Adds rows added by id into one table of zeros of `rows` rows, summed over the batch.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the values' leading axes are not those of the ids.
    pub fn scatter_over_batch(&mut self, values: NodeId, ids: NodeId, rows: usize) -> Result<NodeId> {
        self.scattered(values, ids, rows, true)
    }

    pub(crate) fn scattered(&mut self, values: NodeId, ids: NodeId, rows: usize, over_batch: bool) -> Result<NodeId> {
        self.holds_ids("scatter_rows", values, ids)?;
        let leading = self.shape(ids).sizes();
        let sizes = self.shape(values).sizes();
        if sizes.len() < leading.len() || sizes[..leading.len()] != *leading {
            let reason = "the values' leading axes must be those of the ids".into();
            return Err(self.pair_mismatch("scatter_rows", values, ids, reason));
        }
        let mut shape = vec![rows];
        shape.extend(&sizes[leading.len()..]);
        let value_type = self.summed("scatter_rows", values, ids, over_batch, Shape::new(&shape))?;
        self.linear(Op::ScatterRows { rows, over_batch }, &[values, ids], value_type)
    }

    /// Adds one element of the last axis by label: `a` of shape `[…, n]` and `ids` of shape `[…]` give `[…]`.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the labels' shape is not that of `a` without its last axis.
    pub fn gather(&mut self, a: NodeId, ids: NodeId) -> Result<NodeId> {
        self.holds_ids("gather", a, ids)?;
        let rank = self.shape(a).rank();
        if rank == 0 || self.shape(a).without(rank - 1) != *self.shape(ids) {
            let reason = "the labels must have the value's shape without its last axis".into();
            return Err(self.pair_mismatch("gather", a, ids, reason));
        }
        self.moved(Op::Gather, &[a, ids], self.shape(ids).clone())
    }

    /// Adds a last axis of zeros of `size` places in which each element stands at its label.
    ///
    /// # Errors
    /// [`Error::Shape`](crate::Error::Shape) when the labels' shape is not that of `a`.
    pub fn scatter(&mut self, a: NodeId, ids: NodeId, size: usize) -> Result<NodeId> {
        self.holds_ids("scatter", a, ids)?;
        if self.shape(a) != self.shape(ids) || size == 0 {
            let reason = "the labels must have the value's shape, and the new axis a size".into();
            return Err(self.pair_mismatch("scatter", a, ids, reason));
        }
        let value_type = self.summed("scatter", a, ids, false, self.shape(a).with(self.shape(a).rank(), size))?;
        self.linear(Op::Scatter { size }, &[a, ids], value_type)
    }
}
