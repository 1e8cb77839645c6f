//! What a solver knows of a matrix.

use crate::error::{Error, Result};

use super::{Block, dense};

/// A symmetric linear map that is known by its products.
pub trait Operator {
    /// The numbers in a vector.
    fn dimension(&self) -> usize;

    /// Writes the product with each of the directions.
    ///
    /// # Errors
    /// What computing the products may meet; [`Error::Argument`] when the blocks do not fit.
    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()>;

    /// Writes unbiased estimates of the products from a sample of the data; `draw` numbers the samples, and the same
    /// number must give the same sample. Only [LiSSA](super::Lissa::sampled) asks for it; all the data is a sample too.
    ///
    /// # Errors
    /// As [`Operator::apply`].
    fn apply_sample(&mut self, draw: u64, directions: &Block, products: &mut Block) -> Result<()> {
        let _ = draw;
        self.apply(directions, products)
    }
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

    pub(super) fn into_values(self) -> Vec<f64> {
        self.values
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
        dense::multiply(&self.values, directions, products);
        Ok(())
    }
}
