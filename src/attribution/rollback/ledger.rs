//! What every example's own steps did to the rows it owns.

use crate::error::{Error, Result};
use crate::objective::Owned;
use crate::tensor::{Array, Real};

/// For each example and each row it owns, the sum of the changes that its own steps made.
///
/// A slot belongs to each distinct row: an example that owns a row twice (a self-loop) has one slot for it, the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Ledger<T> {
    owned: Vec<Owned>,
    widths: Vec<usize>,
    starts: Vec<usize>,
    stride: usize,
    /// The row of each slot, example after example.
    rows: Vec<u32>,
    /// The changes, example after example.
    changes: Vec<T>,
    /// The change of each parameter that belongs to no slot: sampled candidates, dense parts, momentum cut off.
    remainder: Vec<Array<T>>,
}

impl<T: Real> Ledger<T> {
    /// A ledger without any changes. `rows` has the row of each slot, example after example; `shapes` are the parameters'.
    ///
    /// # Errors
    /// [`Error::Argument`] when the rows are not a whole number of examples or lie outside their parameters, or memory
    /// cannot hold the changes.
    pub fn new(owned: Vec<Owned>, rows: Vec<u32>, shapes: &[(usize, usize)]) -> Result<Self> {
        if owned.is_empty() || !rows.len().is_multiple_of(owned.len()) {
            let expected = format!("a multiple of {}, the rows an example owns", owned.len());
            return Err(Error::argument("the number of owned rows", rows.len(), expected));
        }
        for (place, row) in rows.iter().enumerate() {
            let parameter = owned[place % owned.len()].parameter;
            let known = shapes.get(parameter).map_or(0, |(rows, _)| *rows);
            if *row as usize >= known {
                let name = format!("row of slot {} of example {}", place % owned.len(), place / owned.len());
                return Err(Error::argument(name, row, format!("a row below {known}")));
            }
        }
        let widths: Vec<usize> = owned.iter().map(|o| shapes[o.parameter].1).collect();
        let stride = widths.iter().sum();
        let starts = widths.iter().scan(0, |sum, w| Some(std::mem::replace(sum, *sum + w))).collect();
        let examples = rows.len() / owned.len();
        let remainder = shapes.iter().map(|(rows, width)| Array::zeros(&[*rows, *width])).collect();
        let changes = Array::try_zeros(&[examples, stride])?.into_values();
        Ok(Self { owned, widths, starts, stride, rows, changes, remainder })
    }

    /// The same ledger with changes that were recorded before.
    ///
    /// # Errors
    /// [`Error::Argument`] when the changes or the remainder have other sizes than this ledger's.
    pub fn with_changes(mut self, changes: Vec<T>, remainder: Vec<Array<T>>) -> Result<Self> {
        if changes.len() != self.changes.len() {
            return Err(Error::argument(
                "the number of recorded changes",
                changes.len(),
                self.changes.len().to_string(),
            ));
        }
        let shapes = |arrays: &[Array<T>]| arrays.iter().map(|a| a.shape().to_vec()).collect::<Vec<_>>();
        if shapes(&remainder) != shapes(&self.remainder) {
            let found = format!("{:?}", shapes(&remainder));
            return Err(Error::argument(
                "the shapes of the remainder",
                found,
                format!("{:?}", shapes(&self.remainder)),
            ));
        }
        self.changes = changes;
        self.remainder = remainder;
        Ok(self)
    }

    /// The number of examples.
    pub fn examples(&self) -> usize {
        self.rows.len() / self.owned.len()
    }

    /// The rows an example owns, in the order of its slots.
    pub fn owned(&self) -> &[Owned] {
        &self.owned
    }

    /// The distinct rows that an example owns: slot, parameter and row.
    pub fn slots(&self, example: usize) -> impl Iterator<Item = (usize, usize, u32)> {
        let rows = &self.rows[example * self.owned.len()..][..self.owned.len()];
        rows.iter().enumerate().filter_map(move |(slot, row)| {
            let parameter = self.owned[slot].parameter;
            let repeats = (0..slot).any(|earlier| self.owned[earlier].parameter == parameter && rows[earlier] == *row);
            (!repeats).then_some((slot, parameter, *row))
        })
    }

    /// What an example's own steps did to the row of a slot.
    #[inline]
    pub fn change(&self, example: usize, slot: usize) -> &[T] {
        &self.changes[example * self.stride + self.starts[slot]..][..self.widths[slot]]
    }

    /// All changes: for each example its slots, concatenated.
    pub fn changes(&self) -> &[T] {
        &self.changes
    }

    /// The row of each slot, example after example.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The change of each parameter that belongs to no slot.
    pub fn remainder(&self) -> &[Array<T>] {
        &self.remainder
    }

    /// Takes every example's changes from the remainder, which had all movement.
    pub(super) fn take_changes_from_remainder(&mut self) {
        for example in 0..self.examples() {
            let slots: Vec<_> = self.slots(example).collect();
            for (slot, parameter, row) in slots {
                let range = example * self.stride + self.starts[slot]..;
                let change = &self.changes[range][..self.widths[slot]];
                let rest = self.remainder[parameter].row_mut(row as usize);
                rest.iter_mut().zip(change).for_each(|(rest, change)| *rest -= *change);
            }
        }
    }

    #[inline(always)]
    pub(super) fn change_mut(&mut self, example: usize, slot: usize) -> &mut [T] {
        &mut self.changes[example * self.stride + self.starts[slot]..][..self.widths[slot]]
    }

    #[inline(always)]
    pub(super) fn remainder_mut(&mut self, parameter: usize) -> &mut Array<T> {
        &mut self.remainder[parameter]
    }
}
