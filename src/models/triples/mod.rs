//! Models that score triples of a head, a relation and a tail: a [`TripleScorer`] with a table of entities and one of
//! relations, the losses it is trained by, what can be asked of it, and how well it ranks.

mod examples;
mod family;
mod functional;
mod loss;
mod model;
mod ranking;
pub mod scorers;

pub use examples::{Candidates, TripleExamples};
pub(super) use family::restore;
pub use family::{FAMILY, TripleFamily, TripleOptions};
pub use functional::FunctionalKind;
pub use loss::{Loss, Sides};
pub use model::{TripleScorer, TripleTables};
pub use ranking::{Metrics, Ranking};
