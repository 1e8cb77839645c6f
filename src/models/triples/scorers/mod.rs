//! Ready-made models of triples.

mod complex;
mod distmult;
mod transe;

pub use complex::ComplEx;
pub use distmult::DistMult;
pub use transe::TransE;

use std::sync::Arc;

use crate::error::{Error, Result};

use super::model::TripleScorer;

/// The names that [`by_name`] knows.
pub const NAMES: [&str; 3] = ["distmult", "complex", "transe"];

/// The model with a name.
///
/// # Errors
/// [`Error::Argument`] when there is none.
pub fn by_name(name: &str) -> Result<Arc<dyn TripleScorer>> {
    match name {
        "distmult" => Ok(Arc::new(DistMult)),
        "complex" => Ok(Arc::new(ComplEx)),
        "transe" => Ok(Arc::new(TransE)),
        _ => Err(Error::argument("the model", format!("{name:?}"), format!("one of {}", NAMES.join(", ")))),
    }
}
