//! Reading training data.

mod triples;
mod vocabulary;

pub use triples::{Known, Triple, TripleSet};
pub use vocabulary::Vocabulary;
