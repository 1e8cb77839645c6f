//! A training run of rows or images as one thing: settings, data, model; trained, saved, loaded.
//!
//! An explanation needs the training data again, so the folder holds it: targets and row numbers always, features as
//! bytes, `f32` or `f64`, whichever is the shortest that gives every number back exactly. Features beyond
//! [`COPIED_UP_TO`] bytes, or those of a run that asks for it, are not copied: the folder then names the files they were
//! read from with their checksums, and loading reads them again and refuses files that are gone or have changed.

mod features;
mod folder;
mod job;
mod predict;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Dataset, FileSource, Origin, Reading, SampleSet, Samples};
use crate::error::Result;
use crate::models::network::{NetworkModel, NetworkSettings};
use crate::tensor::{Array, Precision, Real};

pub use features::COPIED_UP_TO;
pub use folder::DENSE;
pub(in crate::run) use folder::Manifest;
pub use job::{Fitted, Training, train};
pub use predict::{Choice, Queries};

/// Everything that determines a training of rows but its data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DenseJob {
    /// What the model is called: `linear`, `logistic`, `softmax`, `hinge`, `mlp` or `cnn`.
    pub model: String,
    /// What the model is.
    pub network: NetworkSettings,
    /// How it is trained.
    pub training: Training,
    /// The seed of everything random.
    pub seed: u64,
    /// The element type.
    pub precision: Precision,
}

/// A trained model of rows with everything that explains it.
#[derive(Clone, Debug)]
pub struct DenseRun<T> {
    /// The settings it was trained by.
    pub job: DenseJob,
    /// Where the data was read from.
    pub origin: Origin,
    /// How files are read, for queries too; none for samples that were given as arrays.
    pub reading: Option<Reading>,
    /// The training rows, with their numbers in the file.
    pub data: Samples,
    /// Whether the folder holds the features, rather than the names of files.
    pub copied: Copied,
    /// The trained model.
    pub model: NetworkModel<T>,
    /// How the training went.
    pub fitted: Fitted,
    /// The parameters before training, where they are not those that the job makes.
    pub initial: Option<Arc<Vec<Array<T>>>>,
    /// What the program that trained it wants to remember beside; kept as it is.
    pub remarks: Option<Value>,
}

/// Whether a folder holds the features of its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It does: the files, if there are any, do not give the same rows again.
    Always,
    /// It does up to [`COPIED_UP_TO`] bytes.
    UnlessLarge,
    /// It names the files that they were read from.
    Never,
}

impl<T: Real> DenseRun<T> {
    /// The place of a row of the file among the training rows.
    ///
    /// # Errors
    /// [`Error::Argument`](crate::Error::Argument) for a row that is none of them.
    pub fn place(&self, row: u64) -> Result<usize> {
        self.data.place_of(row, "a training row")
    }

    /// The training data.
    pub fn sample_set(&self) -> SampleSet {
        let source = |reading: &Reading| FileSource { origin: self.origin.clone(), reading: reading.clone() };
        SampleSet::new(self.data.clone(), self.reading.as_ref().map(source), self.copied == Copied::Always)
    }

    /// The training data.
    pub fn dataset(&self) -> Dataset {
        self.sample_set().into()
    }
}
