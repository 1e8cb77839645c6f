//! What a program is run on.

use crate::tensor::Array;

/// Where a program finds its parameters and inputs. Slots are those of the graph.
///
/// Every method that is not overridden answers with nothing, which a program that needs it reports as an error.
pub trait Operands<T>: Sync {
    /// The values of a parameter in row-major order.
    fn parameter(&self, slot: usize) -> &[T];

    /// The numbers of an input: all examples' values one behind the other, or one value for a shared input.
    fn real(&self, slot: usize) -> &[T] {
        let _ = slot;
        &[]
    }

    /// The ids of an input, all examples' one behind the other.
    fn index(&self, slot: usize) -> &[u32] {
        let _ = slot;
        &[]
    }

    /// The rows of a parameter that examples have their own version of.
    fn patches(&self, parameter: usize) -> Option<&RowPatches<T>> {
        let _ = parameter;
        None
    }
}

/// Rows of a table that examples have their own version of: a short list for each example.
#[derive(Clone, Debug)]
pub struct RowPatches<T> {
    width: usize,
    starts: Vec<usize>,
    rows: Vec<u32>,
    values: Vec<T>,
}

impl<T: Copy> RowPatches<T> {
    /// No examples yet, for a table with rows of `width` values.
    pub fn new(width: usize) -> Self {
        Self { width, starts: vec![0], rows: Vec::new(), values: Vec::new() }
    }

    /// Adds a row to the example being described. A row given twice counts as given last.
    ///
    /// # Panics
    /// When `values` has another length than the table's rows.
    pub fn push_row(&mut self, row: u32, values: impl IntoIterator<Item = T>) {
        self.rows.push(row);
        self.values.extend(values);
        assert_eq!(self.values.len(), self.rows.len() * self.width, "a patch is one row of the table");
    }

    /// Ends the description of one example and begins the next.
    pub fn end_example(&mut self) {
        self.starts.push(self.rows.len());
    }

    /// The number of examples described.
    pub fn examples(&self) -> usize {
        self.starts.len() - 1
    }

    /// Forgets everything but keeps the memory.
    pub fn clear(&mut self) {
        self.starts.truncate(1);
        self.rows.clear();
        self.values.clear();
    }

    /// The rows of one example with their values.
    pub fn of(&self, example: usize) -> impl Iterator<Item = (u32, &[T])> {
        (self.starts[example]..self.starts[example + 1])
            .map(|place| (self.rows[place], &self.values[place * self.width..(place + 1) * self.width]))
    }

    pub(super) fn highest_row(&self) -> Option<u32> {
        self.rows.iter().copied().max()
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }
}

/// Operands held as plain lists, one entry a slot.
#[derive(Clone, Debug, Default)]
pub struct Values<'a, T> {
    parameters: Vec<&'a [T]>,
    reals: Vec<&'a [T]>,
    indices: Vec<&'a [u32]>,
}

impl<'a, T> Values<'a, T> {
    /// Operands with these parameters, in the order of their slots.
    pub fn new(parameters: &'a [Array<T>]) -> Self
    where
        T: crate::tensor::Real,
    {
        Self { parameters: parameters.iter().map(Array::values).collect(), reals: Vec::new(), indices: Vec::new() }
    }

    /// Adds the numbers of an input.
    pub fn with_real(mut self, slot: usize, values: &'a [T]) -> Self {
        self.set_real(slot, values);
        self
    }

    /// Adds the ids of an input.
    pub fn with_index(mut self, slot: usize, ids: &'a [u32]) -> Self {
        if self.indices.len() <= slot {
            self.indices.resize(slot + 1, &[]);
        }
        self.indices[slot] = ids;
        self
    }

    /// Sets the numbers of an input.
    pub fn set_real(&mut self, slot: usize, values: &'a [T]) {
        if self.reals.len() <= slot {
            self.reals.resize(slot + 1, &[]);
        }
        self.reals[slot] = values;
    }
}

impl<T: Sync> Operands<T> for Values<'_, T> {
    fn parameter(&self, slot: usize) -> &[T] {
        self.parameters.get(slot).copied().unwrap_or(&[])
    }

    fn real(&self, slot: usize) -> &[T] {
        self.reals.get(slot).copied().unwrap_or(&[])
    }

    fn index(&self, slot: usize) -> &[u32] {
        self.indices.get(slot).copied().unwrap_or(&[])
    }
}
