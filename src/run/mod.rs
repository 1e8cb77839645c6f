//! A training run of triples as one thing: settings, data, model, ledger; trained, saved, loaded.

mod folder;
mod job;
mod settings;

pub use folder::{AnyRun, FORMAT};
pub use job::{Job, Run};
pub use settings::{Precision, Settings};
