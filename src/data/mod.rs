//! Reading training data.

mod known;
mod query;
mod triples;
mod vocabulary;

pub use known::Known;
pub use query::{Query, Side};
pub use triples::{Triple, TripleSet};
pub use vocabulary::Vocabulary;
