//! Scorers of triples: one file each, and one line in [`SCORERS`].

mod complex;
mod distmult;
mod transe;

pub use complex::ComplEx;
pub use distmult::DistMult;
pub use transe::TransE;

use std::sync::Arc;

use crate::error::{Result, one_of};

use super::model::TripleScorer;

type Make = fn() -> Arc<dyn TripleScorer>;

/// Every scorer with its name.
pub const SCORERS: [(&str, Make); 3] =
    [("distmult", || Arc::new(DistMult)), ("complex", || Arc::new(ComplEx)), ("transe", || Arc::new(TransE))];

/// The names of the scorers.
pub const NAMES: [&str; SCORERS.len()] = {
    let mut names = [""; SCORERS.len()];
    let mut place = 0;
    while place < names.len() {
        names[place] = SCORERS[place].0;
        place += 1;
    }
    names
};

/// The scorer of a name.
///
/// # Errors
/// [`Error::Argument`](crate::Error::Argument) when there is none.
pub fn by_name(name: &str) -> Result<Arc<dyn TripleScorer>> {
    let found = SCORERS.iter().find(|(known, _)| *known == name);
    found.map(|(_, make)| make()).ok_or_else(|| one_of("the model", name, NAMES.into_iter()))
}
