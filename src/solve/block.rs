//! Several vectors of one dimension.

use crate::error::{Error, Result};

/// Several vectors of one dimension, concatenated.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    dimension: usize,
    count: usize,
    values: Vec<f64>,
}

impl Block {
    /// Vectors of zeros.
    pub fn zeros(dimension: usize, count: usize) -> Self {
        Self { dimension, count, values: vec![0.0; dimension * count] }
    }

    /// Vectors from their concatenated values.
    ///
    /// # Errors
    /// [`Error::Argument`] when the number of values is not `dimension` × `count`.
    pub fn new(dimension: usize, count: usize, values: Vec<f64>) -> Result<Self> {
        if dimension.checked_mul(count) != Some(values.len()) {
            let expected = format!("{count} vectors of {dimension}");
            return Err(Error::argument("the number of values of a block", values.len(), expected));
        }
        Ok(Self { dimension, count, values })
    }

    /// The numbers in a vector.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// The number of vectors.
    pub fn count(&self) -> usize {
        self.count
    }

    /// All values: the vectors, concatenated.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// All values, to change.
    pub fn values_mut(&mut self) -> &mut [f64] {
        &mut self.values
    }

    /// One vector. Panics when there is no such vector.
    pub fn vector(&self, number: usize) -> &[f64] {
        &self.values[number * self.dimension..(number + 1) * self.dimension]
    }

    /// One vector, to change. Panics when there is no such vector.
    pub fn vector_mut(&mut self, number: usize) -> &mut [f64] {
        &mut self.values[number * self.dimension..(number + 1) * self.dimension]
    }

    /// Leaves the vectors with these numbers, which must ascend.
    pub(super) fn keep(&mut self, numbers: &[usize]) {
        for (to, &from) in numbers.iter().enumerate() {
            if to != from {
                self.values.copy_within(from * self.dimension..(from + 1) * self.dimension, to * self.dimension);
            }
        }
        self.resize(numbers.len());
    }

    /// Adds a vector.
    pub(super) fn push(&mut self, vector: &[f64]) {
        self.values.extend_from_slice(vector);
        self.count += 1;
    }

    /// Makes it this many vectors: the first stay as they are, new ones are zeros.
    pub(super) fn resize(&mut self, count: usize) {
        self.values.resize(self.dimension * count, 0.0);
        self.count = count;
    }

    /// The vectors in order.
    pub fn vectors(&self) -> impl Iterator<Item = &[f64]> {
        (0..self.count).map(|number| self.vector(number))
    }
}
