//! Dense row-major arrays.

use crate::error::{Error, Result};

use super::Real;

/// A dense array in row-major order that owns its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Array<T> {
    shape: Vec<usize>,
    values: Vec<T>,
}

impl<T: Real> Array<T> {
    /// Makes an array from its values in row-major order.
    ///
    /// # Errors
    /// [`Error::Argument`] when the shape does not hold exactly the values given.
    pub fn new(shape: &[usize], values: Vec<T>) -> Result<Self> {
        if shape.iter().product::<usize>() != values.len() {
            let expected = format!("the product of the shape {shape:?}");
            return Err(Error::argument("the number of values", values.len(), expected));
        }
        Ok(Self { shape: shape.to_vec(), values })
    }

    /// Makes an array of zeros.
    pub fn zeros(shape: &[usize]) -> Self {
        Self { shape: shape.to_vec(), values: vec![T::ZERO; shape.iter().product()] }
    }

    /// Makes an array of zeros if memory can hold it.
    ///
    /// # Errors
    /// [`Error::Argument`] when it cannot.
    pub fn try_zeros(shape: &[usize]) -> Result<Self> {
        let mut values = Vec::new();
        match shape.iter().copied().try_fold(1, usize::checked_mul) {
            Some(len) if values.try_reserve_exact(len).is_ok() => values.resize(len, T::ZERO),
            _ => return Err(Error::argument("a table", format!("of shape {shape:?}"), "one that fits into memory")),
        }
        Ok(Self { shape: shape.to_vec(), values })
    }

    /// Makes an array by calling `value` for each place in row-major order.
    pub fn from_fn(shape: &[usize], mut value: impl FnMut(usize) -> T) -> Self {
        Self { shape: shape.to_vec(), values: (0..shape.iter().product()).map(&mut value).collect() }
    }

    /// The sizes, outermost first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The values in row-major order.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// The values in row-major order, without the shape.
    pub fn into_values(self) -> Vec<T> {
        self.values
    }

    /// The values in row-major order, to change.
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// How many values one row, a step along the first axis, holds.
    pub fn row_width(&self) -> usize {
        self.shape.iter().skip(1).product()
    }

    /// The number of rows.
    pub fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// One row. Panics when `row` is not below [`Array::rows`].
    pub fn row(&self, row: usize) -> &[T] {
        let width = self.row_width();
        &self.values[row * width..(row + 1) * width]
    }

    /// One row, to change. Panics when `row` is not below [`Array::rows`].
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        let width = self.row_width();
        &mut self.values[row * width..(row + 1) * width]
    }
}
