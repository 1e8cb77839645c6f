//! A training run as one thing, of triples ([`Run`]: settings, data, model, ledger) or of rows ([`DenseRun`]: settings,
//! data, model); trained, saved, loaded.

pub mod dense;
mod folder;
mod job;
mod settings;
mod training;

pub use dense::{DenseJob, DenseRun};
pub use folder::{AnyRun, FORMAT};
pub use job::{Job, Run};

pub(crate) use folder::malformed;
pub(crate) use job::same_bits;
pub use settings::Settings;
pub use training::TripleTraining;
