//! Data: [`Dataset`]s of triples, samples or named columns; the files that they are read from; names and queries.

mod dataset;
mod files;
mod known;
mod npy;
mod npz;
mod query;
mod samples;
mod select;
mod source;
mod triples;
mod vocabulary;

pub use dataset::{Column, Columns, Dataset, Part, SampleSet, Triples};
pub use files::{
    ArrayReading, Categorical, Dates, Decimal, Dialect, Dropped, Encoding, EncodingOptions, FORMATS, FileKind,
    FileSource, Filled, Format, ImageOptions, MessageOptions, Messages, Missing, NpyOptions, Origin, OriginFile,
    Pixels, Reading, Separator, Summary, Table, TableOptions, TextEncoding, Thousands, Unseen, WordEncoding,
    WordOptions, Words,
};
pub use known::Known;
pub use npy::{NpyWriter, read_npy};
pub use query::{Query, Side};
pub use samples::{Samples, Targets, Task};
pub use select::{RowRange, SelectOptions};
pub use triples::{Triple, TripleSet};
pub use vocabulary::Vocabulary;
