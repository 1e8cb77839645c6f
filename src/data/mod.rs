//! Reading training data.

mod query;
mod triples;
mod vocabulary;

pub use query::{Query, Side};
pub use triples::{Known, Triple, TripleSet};
pub use vocabulary::Vocabulary;
