//! Cheap approximate inverses.

use std::fmt::Debug;

use crate::error::{Error, Result};

use super::Block;

/// An approximate inverse of A + damping: symmetric, positive definite, and the same at every call.
pub trait Preconditioner: Debug + Send + Sync {
    /// The numbers in a vector.
    fn dimension(&self) -> usize;

    /// Writes the approximate inverse times each vector.
    fn apply(&self, vectors: &Block, out: &mut Block);
}

/// Division by positive numbers.
#[derive(Clone, Debug)]
pub struct Diagonal {
    values: Vec<f64>,
}

impl Diagonal {
    /// Division by these.
    ///
    /// # Errors
    /// [`Error::Argument`] when one is not positive.
    pub fn new(values: Vec<f64>) -> Result<Self> {
        match values.iter().position(|value| !(*value > 0.0 && value.is_finite())) {
            None => Ok(Self { values }),
            Some(at) => {
                let name = format!("number {at} of the diagonal preconditioner");
                Err(Error::argument(name, values[at], "positive numbers"))
            }
        }
    }
}

impl Preconditioner for Diagonal {
    fn dimension(&self) -> usize {
        self.values.len()
    }

    fn apply(&self, vectors: &Block, out: &mut Block) {
        for number in 0..vectors.count() {
            let all = out.vector_mut(number).iter_mut().zip(vectors.vector(number)).zip(&self.values);
            for ((out, value), divisor) in all {
                *out = value / divisor;
            }
        }
    }
}
