//! A training run of triples as one thing: settings, data, model, ledger; trained, saved, loaded.

mod folder;
mod job;
mod settings;

pub use folder::{AnyRun, FORMAT, Stored};
pub use job::{Job, Run, Watch};
pub use settings::{Precision, Settings};
