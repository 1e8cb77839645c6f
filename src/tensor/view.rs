//! Rows of numbers that belong to somebody else.

use crate::error::{Error, Result};

/// A matrix that is read in place: the context's own array, in whatever order it lies.
pub trait MatrixView<T: Copy>: Sync {
    /// The number of rows.
    fn rows(&self) -> usize;

    /// The numbers in a row.
    fn columns(&self) -> usize;

    /// All numbers row by row, where they lie like that.
    fn contiguous(&self) -> Option<&[T]>;

    /// Copies whole rows, `first` and those after it, into `block`.
    ///
    /// # Panics
    /// When `block` is not a whole number of rows, or there are not that many.
    fn read(&self, first: usize, block: &mut [T]);
}

/// Numbers that lie row by row.
#[derive(Clone, Copy, Debug)]
pub struct RowMajor<'a, T> {
    values: &'a [T],
    rows: usize,
    columns: usize,
}

impl<'a, T> RowMajor<'a, T> {
    /// The rows of `columns` numbers each that `values` holds.
    ///
    /// # Errors
    /// [`Error::Argument`] when `values` is not that many numbers.
    pub fn new(values: &'a [T], rows: usize, columns: usize) -> Result<Self> {
        if rows.checked_mul(columns) != Some(values.len()) {
            let found = format!("{} numbers", values.len());
            return Err(Error::argument("the matrix", found, format!("{rows} rows of {columns}")));
        }
        Ok(Self { values, rows, columns })
    }
}

impl<T: Copy + Sync> MatrixView<T> for RowMajor<'_, T> {
    fn rows(&self) -> usize {
        self.rows
    }

    fn columns(&self) -> usize {
        self.columns
    }

    fn contiguous(&self) -> Option<&[T]> {
        Some(self.values)
    }

    fn read(&self, first: usize, block: &mut [T]) {
        let start = first * self.columns;
        assert!(self.columns == 0 || block.len().is_multiple_of(self.columns), "a block is whole rows");
        block.copy_from_slice(&self.values[start..start + block.len()]);
    }
}
