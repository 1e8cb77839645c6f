//! Models that score triples of a head, a relation and a tail: a [`TripleScorer`] with a table of entities and one of
//! relations, the losses it is trained by, what can be asked of it, and how well it ranks.

mod examples;
mod functional;
mod loss;
mod model;
mod ranking;
pub mod scorers;

pub use examples::{Candidates, TripleExamples};
pub use functional::FunctionalKind;
pub use loss::{Loss, Sides};
pub use model::{TripleModel, TripleScorer};
pub use ranking::{Metrics, Ranking};
