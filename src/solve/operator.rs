//! What a solver knows of a matrix.

use std::ffi::CStr;
use std::sync::Arc;

use crate::engine::{Monitor, Progress};
use crate::error::{Error, Result};

use super::{Block, Preconditioner, dense};

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

    /// An approximate inverse of A + damping that the operator can make of what its products are made of; none where it
    /// knows no more than its products.
    ///
    /// # Errors
    /// As [`Operator::apply`].
    fn blocks(&mut self, damping: f64) -> Result<Option<Arc<dyn Preconditioner>>> {
        let _ = damping;
        Ok(None)
    }
}

/// A symmetric matrix held in memory, row-major.
#[derive(Clone, Debug)]
pub struct DenseMatrix {
    dimension: usize,
    values: Vec<f64>,
}

impl DenseMatrix {
    /// The matrix with these values, row-major.
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

    /// The values, row-major.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}

impl Operator for DenseMatrix {
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

/// An operator that reports its products, some directions at a time: for work that does not report itself.
pub(crate) struct Monitored<'o> {
    operator: &'o mut dyn Operator,
    phase: &'static CStr,
    monitor: &'o Monitor,
    products: usize,
}

impl<'o> Monitored<'o> {
    /// The most directions between two reports.
    const TOGETHER: usize = 32;

    /// The operator, reported as a phase.
    pub fn new(operator: &'o mut dyn Operator, phase: &'static CStr, monitor: &'o Monitor) -> Self {
        Self { operator, phase, monitor, products: 0 }
    }

    fn report(&mut self, count: usize) -> Result<()> {
        self.products += count;
        self.monitor.report(&Progress::new(self.phase, self.products as u64, None))
    }
}

impl Operator for Monitored<'_> {
    fn dimension(&self) -> usize {
        self.operator.dimension()
    }

    fn blocks(&mut self, damping: f64) -> Result<Option<Arc<dyn Preconditioner>>> {
        self.operator.blocks(damping)
    }

    fn apply(&mut self, directions: &Block, products: &mut Block) -> Result<()> {
        let (dimension, count) = (directions.dimension(), directions.count());
        if count <= Self::TOGETHER || products.dimension() != dimension || products.count() != count {
            self.operator.apply(directions, products)?;
            return self.report(count);
        }
        let some = (Self::TOGETHER * dimension).max(1);
        for (directions, products) in directions.values().chunks(some).zip(products.values_mut().chunks_mut(some)) {
            let count = directions.len() / dimension;
            let mut part = Block::zeros(dimension, count);
            self.operator.apply(&Block::new(dimension, count, directions.to_vec())?, &mut part)?;
            products.copy_from_slice(part.values());
            self.report(count)?;
        }
        Ok(())
    }
}
