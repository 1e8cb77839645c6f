//! Everything behind one face: models of triples, of rows and of graphs, in either precision, with their data, training and
//! questions. It is what hosts embed that choose a model at run time; the C interface is a thin layer over it.
//!
//! | type | what it is |
//! |---|---|
//! | [`Context`] | threads, seed and log that work is done with |
//! | [`Dataset`] | examples to train on, and queries to ask about |
//! | [`Definition`] | a model as a graph, on the way |
//! | [`Model`] | what is trained and asked; afterwards also its data and ledger |
//! | [`Rollback`], [`Influence`] | a trained model, ready to be asked who its predictions are owed to |
//! | [`Attribution`] | the answers |
//! | [`Monitor`] | who is told of long work, and what stops it |
//! | [`Rows`] | a matrix that belongs to somebody else |
//!
//! All of them are owned: nothing borrows from a parent, so they may be dropped in any order. Copies are cheap: what is
//! large is shared.

mod attribution;
mod context;
mod dataset;
mod definition;
mod influence;
mod ledger;
mod model;
mod number;
mod rollback;
mod saved;
mod trainer;
mod verify;

pub use attribution::{Attribution, Order};
pub use context::{Context, LogLevel};
pub use dataset::{Dataset, Part, TableOptions};
pub use definition::Definition;
pub use influence::{Diagnostics, Influence, InfluenceOptions, TrainingChange};
pub use ledger::{Ledger, Slot};
pub use model::{GraphModel, GraphOptions, Model, RowOptions, TripleOptions};
pub use rollback::Rollback;

pub use trainer::{Descent, Trainer, Training, TrainingOptions};
pub use verify::true_changes;
