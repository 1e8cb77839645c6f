//! What a solver knows of a matrix.

use crate::error::{Error, Result};

use super::Block;

/// A symmetric linear map that is known by its products.
pub trait Operator {
    /// The numbers in a vector.
    fn dimension(&self) -> usize;

    /// Writes the product with each of the directions.
    ///
    /// # Errors
    /// What computing the products may meet; [`Error::Argument`] when the blocks do not fit.
    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()>;
}

/// A symmetric matrix held in memory, row after row: the plainest operator.
#[derive(Clone, Debug)]
pub struct Dense {
    dimension: usize,
    values: Vec<f64>,
}

impl Dense {
    /// The matrix with these values, row after row.
    ///
    /// # Errors
    /// [`Error::Argument`] when the values are not `dimension` × `dimension`.
    pub fn new(dimension: usize, values: Vec<f64>) -> Result<Self> {
        if dimension.checked_mul(dimension) != Some(values.len()) {
            let expected = format!("{dimension} × {dimension}");
            return Err(Error::argument("the number of values of a matrix", values.len(), expected));
        }
        Ok(Self { dimension, values })
    }

    /// The values, row after row.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

impl Operator for Dense {
    fn dimension(&self) -> usize {
        self.dimension
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()> {
        if directions.dimension() != self.dimension
            || products.dimension() != self.dimension
            || directions.count() != products.count()
        {
            let found = format!("{} of {}", directions.count(), directions.dimension());
            return Err(Error::argument("the directions", found, format!("vectors of {}", self.dimension)));
        }
        for number in 0..directions.count() {
            let direction = directions.vector(number);
            for (product, row) in
                products.vector_mut(number).iter_mut().zip(self.values.chunks_exact(self.dimension.max(1)))
            {
                *product = row.iter().zip(direction).map(|(a, x)| a * x).sum();
            }
        }
        Ok(())
    }
}
