//! A training run as one thing, of triples ([`Run`]: settings, data, model, ledger) or of rows ([`DenseRun`]: settings,
//! data, model); trained, saved, loaded.

pub mod dense;
mod folder;
mod job;
mod settings;

pub use dense::{DenseJob, DenseRun};
pub use folder::{AnyRun, FORMAT, Stored};
pub use job::{Job, Run, Watch};
pub use settings::{Precision, Settings};
