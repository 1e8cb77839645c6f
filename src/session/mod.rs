//! What a user holds, in every language: models of any family, in either precision, with their data, training and
//! attributions.
//!
//! | type | what it is |
//! |---|---|
//! | [`Context`] | threads, seed and log that work is done with |
//! | [`Dataset`] | examples to train on, and queries |
//! | [`Definition`], [`CustomModel`] | a model of the user's own, written as a graph |
//! | [`Model`] | a model of a [family](crate::models::Family); after training also its data and ledger |
//! | [`Rollback`], [`Influence`] | a trained model, ready to attribute its predictions |
//! | [`Attribution`] | scores of training examples |
//! | [`Monitor`] | progress callback and cancellation |
//!
//! All of them are owned: nothing borrows from a parent, so they may be dropped in any order. Copies are cheap: what is
//! large is shared.

mod attribution;
mod context;
mod influence;
mod ledger;
mod model;
mod number;
mod rollback;
mod saved;
mod trainer;
mod verify;

pub use crate::data::{Dataset, Part, TableOptions};
pub use crate::engine::{Monitor, Progress};
pub use crate::models::custom::{CustomModel, CustomOptions, Definition};
pub use crate::models::network::NetworkOptions;
pub use crate::models::triples::TripleOptions;
pub use attribution::{Attribution, Order};
pub use context::{Context, LogLevel};
pub use influence::{Diagnostics, Influence, InfluenceOptions, TrainingChange};
pub use ledger::{Ledger, Slot};
pub use model::Model;
pub use rollback::Rollback;
pub use trainer::{Descent, Trainer, Training, TrainingOptions};
pub use verify::true_changes;
