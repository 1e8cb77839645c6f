//! Reading training data: triples, and dense data as tables, images, arrays and words.

mod dense;
mod idx;
mod known;
mod npy;
mod query;
mod source;
mod table;
mod text;
mod triples;
mod vocabulary;

pub use dense::{Samples, Targets, Task};
pub use idx::Pixels;
pub use known::Known;
pub use npy::{NpyWriter, read_npy};
pub use query::{Query, Side};
pub use table::{Encoding, EncodingOptions, Missing, Table, Unseen};
pub use text::{Messages, WordEncoding, WordOptions, Words};
pub use triples::{Triple, TripleSet};
pub use vocabulary::Vocabulary;
