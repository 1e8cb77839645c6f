//! Examples to train on, and queries.

mod load;

mod make;

mod inspect;

pub use inspect::*;
pub use load::*;
pub use make::*;

use crate::session::Dataset;

use super::*;

/// Examples to train on, or queries: triples, rows of numbers with or without targets, or the inputs of a graph. What it is made of is
/// copied. Models and attributors that were made with it keep it as it was.
pub struct ascribe_dataset {
    _opaque: (),
}

concept!(ascribe_dataset, Dataset);
