//! Reading training data.

mod vocabulary;

pub use vocabulary::Vocabulary;
