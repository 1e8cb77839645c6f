//! What a user holds, in every language: models of any family, in either precision, with their data, training and
//! attributions.
//!
//! | type | what it is |
//! |---|---|
//! | [`Context`] | threads, seed and log that work is done with |
//! | [`Options`] | what a caller wants to be other than the default, by name |
//! | [`Dataset`] | examples to train on, and queries; [`load`] reads files |
//! | [`Definition`], [`CustomModel`] | a model of the user's own, written as a graph |
//! | [`Model`] | a model of a [family](crate::models::Family); after training also its data and ledger |
//! | [`Trainer`] | a training under way |
//! | [`Attributor`] | a trained model, ready to attribute its predictions by a method |
//! | [`Attribution`], [`WhatIf`] | scores of training examples, and predictions on another training set |
//! | [`true_changes`], [`Fidelity`] | the truth by training again, and how well predictions agree with it |
//! | [`Monitor`] | progress callback and cancellation |
//!
//! All of them are owned: nothing borrows from a parent, so they may be dropped in any order. Copies are cheap: what is
//! large is shared.

mod attributor;
mod calibration;
mod context;
mod functionals;
mod ledger;
mod ledger_builder;
mod load;
mod model;
mod options;
mod predict;
mod removal;
mod retraining;
mod saved;
mod self_measure;
mod smoothness;
mod trainer;

pub use crate::attribution::{
    Attacked, Attribution, Diagnostics, Fidelity, LeaveOneOutScores, MethodInfo, Order, REMOVAL, TrainingChange,
    WhatIf, WhatIfStep,
};
pub use crate::data::{Dataset, Part};
pub use crate::engine::{Monitor, Progress};
pub use crate::models::custom::{CustomModel, Definition};
pub use crate::options::{Options, Value};
pub use attributor::{Attributor, describe_plan, methods};
pub use calibration::Calibration;
pub use context::{Context, LogLevel};
pub use functionals::{FunctionalInfo, functionals};
pub use ledger::{Ledger, Slot};
pub use ledger_builder::LedgerBuilder;
pub use load::{load, load_for};
pub use model::Model;
pub use options::{check_option, describe_options, table, tables};
pub use predict::{Answer, Prediction, Queries, Target, models};
pub use removal::{Removal, compare_with_retraining};
pub use retraining::true_changes;
pub use saved::{check_folder, remove_folder};
pub use self_measure::SelfMeasure;
pub use smoothness::{CHAOTIC_SMOOTHNESS, smoothness, smoothness_in_words};
pub use trainer::{Descent, Trainer, Training, TrainingOptions};
