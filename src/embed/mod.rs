//! Everything behind one face: models of triples, of rows and of graphs, in either precision, with their data, training and
//! questions. It is what hosts embed that choose a model at run time; the C interface is a thin layer over it.
//!
//! | type | what it is |
//! |---|---|
//! | [`Host`] | threads, seed and log that work is done with |
//! | [`Dataset`] | examples to train on, and queries to ask about |
//! | [`Model`] | what is trained and asked; afterwards also its data and ledger |
//! | [`MatrixView`] | a matrix that belongs to somebody else |
//!
//! All of them are owned: nothing borrows from a parent, so they may be dropped in any order. Copies are cheap: what is
//! large is shared.

mod dataset;
mod host;
mod model;
mod number;
mod training;
mod view;

pub use dataset::{Dataset, Part, TableOptions};
pub use host::Host;
pub use model::{GraphModel, GraphOptions, Model, RowOptions, TripleOptions};
pub use number::Number;
pub use training::{Descent, Training, TrainingOptions};
pub use view::MatrixView;
