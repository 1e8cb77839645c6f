//! A folder on disk that is committed atomically: JSON and named arrays, and nothing else.

mod array;
mod contents;
mod folder;
mod manifest;
mod sum;
mod tensors;

pub use array::{NamedArray, Values};
pub use contents::Contents;
