//! A training run of rows or images as one thing: settings, data, model; trained, saved, loaded.
//!
//! An explanation needs the training data again, so the folder holds it: targets and row numbers always, features as
//! bytes, `f32` or `f64`, whichever is the shortest that gives every number back exactly. Features beyond
//! [`COPIED_UP_TO`] bytes, or those of a run that asks for it, are not copied: the folder then names the files they were
//! read from with their checksums, and loading reads them again and refuses files that are gone or have changed.

mod features;
mod folder;
mod job;
mod origin;
mod predict;
mod reading;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::Samples;
use crate::error::{Error, Result};
use crate::models::network::{NetworkModel, NetworkSettings};
use crate::tensor::{Array, Precision, Real};

pub use features::COPIED_UP_TO;
pub use folder::DENSE;
pub(in crate::run) use folder::Manifest;
pub use job::{Fitted, Training, train};
pub use origin::{Origin, OriginFile};
pub use predict::{Choice, Prediction, Queries};
pub use reading::{Reading, align_classes, only_classes};

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
    /// How files become rows: queries are read so too.
    pub reading: Reading,
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
    /// [`Error::Argument`] for a row that is none of them.
    pub fn place(&self, row: u64) -> Result<usize> {
        place_of(&self.data, row, "a training row")
    }

    /// The names of the features.
    pub fn feature_names(&self) -> Vec<String> {
        self.reading.feature_names(&self.job.network.features)
    }

    /// The columns that parameters belong to, for messages: features of the model's first layer by their names, others as
    /// the layout describes them.
    ///
    /// `coordinates` are places of the vector of the parameters named in `layout`.
    pub fn columns(&self, layout: &crate::objective::Layout, coordinates: &[usize]) -> Vec<String> {
        let names = self.feature_names();
        let mut columns: Vec<String> = Vec::new();
        for place in coordinates.iter().filter(|place| **place < layout.dimension()) {
            let (parameter, index) = layout.last_index(*place);
            let direct = self.job.network.layers.is_empty();
            let column = match names.get(index) {
                Some(name) if direct && parameter.starts_with("weights") => name.clone(),
                _ if direct && parameter.starts_with("intercept") => "the intercept".into(),
                _ => layout.describe(*place),
            };
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }
}

/// The place of a row of the file in data that was read from it.
///
/// # Errors
/// [`Error::Argument`] for a row that is not there.
pub fn place_of(data: &Samples, row: u64, what: &str) -> Result<usize> {
    // Rows stand in the order of the file, unless somebody put the data together otherwise.
    let found = data.rows.binary_search(&row).ok().or_else(|| data.rows.iter().position(|other| *other == row));
    found.ok_or_else(|| {
        let expected = match (data.rows.iter().min(), data.rows.iter().max()) {
            (Some(first), Some(last)) if (last - first + 1) as usize == data.len() => {
                format!("one of rows {first} to {last} (rows count from 0)")
            }
            (Some(first), Some(last)) => {
                format!("one of the {} rows between {first} and {last} that were kept (rows count from 0)", data.len())
            }
            _ => "a row of data that has some".into(),
        };
        Error::argument(what, row, expected)
    })
}
