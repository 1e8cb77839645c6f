//! Models in folders.
//!
//! Trained models of triples and rows are saved as the runs of the command line are, so that either reads what the other
//! wrote. A graph is code and lies in no folder: what was trained of it is saved in a folder of its own format, to be
//! restored into a model of the same graph.

mod graph;
mod rows;
mod triples;

use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::models::Family;
use crate::models::custom::CustomModel;
use crate::run::{AnyRun, malformed};
use crate::store::read_manifest;
use crate::tensor::Array;

use super::Model;
use super::model::{Record, State};
use super::number::{Either, either};
use super::trainer::{Training, TrainingOptions};

/// What a folder remembers of a training that settings of the command line do not say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Remarks {
    /// The seed of the model, which may differ from that of the training.
    seed: u64,
    options: TrainingOptions,
    training: Training,
}

impl Remarks {
    fn of(model: &Model, record: &Record) -> Self {
        Self { seed: model.seed, options: record.options, training: record.training.clone() }
    }

    /// As JSON that reads back.
    fn write(&self) -> Result<Value> {
        let value = serde_json::to_value(self).ok();
        let back = value.clone().and_then(|value| serde_json::from_value(value).ok());
        match value.filter(|_| back.as_ref() == Some(self)) {
            Some(value) => Ok(value),
            None => Err(Error::argument("an option of the training", "not finite", "finite numbers, to be saved")),
        }
    }

    fn read(folder: &Path, value: Value) -> Result<Self> {
        serde_json::from_value(value).map_err(|error| malformed(folder, format!("how it was trained: {error}")))
    }
}

/// A state of either precision.
type AnyState = Either<State<f32>, State<f64>>;

/// What a folder gives.
struct Loaded<T> {
    family: Arc<dyn Family>,
    seed: u64,
    state: State<T>,
    record: Record,
}

impl<T> Loaded<T> {
    fn model(self, wrap: fn(State<T>) -> AnyState) -> Model {
        let Self { family, seed, state, record } = self;
        Model { family, seed, state: wrap(state), record: Some(Arc::new(record)) }
    }
}

impl Model {
    /// Saves the trained model with its data, its ledger and how it was trained, replacing what was saved in `folder`. A
    /// process that is killed leaves the old or the new.
    ///
    /// Folders of triples and rows are runs that the command line reads too. Rows that were read from files are copied up
    /// to [`COPIED_UP_TO`](crate::run::dense::COPIED_UP_TO) bytes; larger ones are read again from their files, unless
    /// their labels were changed. Rows that were given as a matrix are always copied.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that was not trained; [`Error::Io`] when the folder cannot be written;
    /// [`Error::Format`] for a folder that holds something else, which is left as it is.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let record = self.record.as_deref().ok_or_else(|| Error::Unsupported {
            what: "saving a model that was not trained".into(),
            hint: "train it first".into(),
        })?;
        either!(&self.state, state => {
            if let Some(family) = self.family.downcast() {
                return triples::run(self, family, state, record)?.save(folder);
            }
            match self.family.downcast() {
                Some(settings) => rows::run(self, settings, state, record)?.save(folder),
                None => graph::save(self, self.custom_model("save")?, state, record, folder),
            }
        })
    }

    /// Loads a model of triples or rows that was saved, or trained by the command line, and checks every byte of it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a folder of a graph, which [`Model::restore`] reads; [`Error::Io`], [`Error::Format`] or
    /// [`Error::Version`] for what cannot be read.
    pub fn load(folder: &Path) -> Result<Self> {
        match AnyRun::load(folder) {
            Ok(AnyRun::F32(run)) => Ok(triples::load(folder, run)?.model(Either::Single)),
            Ok(AnyRun::F64(run)) => Ok(triples::load(folder, run)?.model(Either::Double)),
            Ok(AnyRun::DenseF32(run)) => Ok(rows::load(folder, run)?.model(Either::Single)),
            Ok(AnyRun::DenseF64(run)) => Ok(rows::load(folder, run)?.model(Either::Double)),
            Err(Error::Format { .. }) if read_manifest(folder, graph::FORMAT).is_ok() => Err(Error::Unsupported {
                what: format!("loading {}, which holds a model of a graph but not the graph,", folder.display()),
                hint: "build the same graph, make a model of it and restore the folder into that".into(),
            }),
            Err(error) => Err(error),
        }
    }

    /// Gives a model of a graph the values, data, ledger and training that a model of the same graph was saved with. After
    /// an error the model is what it was.
    ///
    /// The graph may name more functionals than the one that was saved.
    ///
    /// # Errors
    /// [`Error::Argument`] for a model of another kind, precision or graph, naming what differs; [`Error::Io`],
    /// [`Error::Format`] or [`Error::Version`] for what cannot be read.
    pub fn restore(&mut self, folder: &Path) -> Result<()> {
        let graph = self.custom_model("restore into")?;
        let (state, seed, record) = match &self.state {
            Either::Single(state) => {
                let (state, seed, record) = graph::restore(self, graph, state, folder)?;
                (Either::Single(state), seed, record)
            }
            Either::Double(state) => {
                let (state, seed, record) = graph::restore(self, graph, state, folder)?;
                (Either::Double(state), seed, record)
            }
        };
        (self.state, self.seed, self.record) = (state, seed, Some(Arc::new(record)));
        Ok(())
    }
}

impl Model {
    fn custom_model(&self, to: &str) -> Result<&CustomModel> {
        self.family.downcast().ok_or_else(|| {
            let found = format!("one of {}", self.family.name());
            let expected = "one of the user's own; folders of triples and networks are loaded";
            Error::argument(format!("the model to {to}"), found, expected)
        })
    }
}

/// The values before training, which every trained model has.
fn before<T: Clone>(model: &Model, initial: Option<&Arc<Vec<Array<T>>>>) -> Result<Arc<Vec<Array<T>>>> {
    initial.cloned().ok_or_else(|| model.untrained("the values before training"))
}
