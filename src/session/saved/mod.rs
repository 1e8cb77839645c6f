//! Models in folders: one format for every family.
//!
//! The manifest says what the model is, how it was trained and what its data is. Arrays lie in files beside it: `model` has
//! the parameters by their numbers, and the values before training where the seed does not make them; `data` the examples;
//! `ledger` what they moved, and `recording` the checkpoints of the training, where there are such. Only data has kinds of its own, in [`data`].
//!
//! A model of the user's own is code and lies in no folder: what was trained of it is restored into a model of the same
//! graph.

mod arrays;
mod data;
mod features;
mod format1;
mod manifest;
mod reading;

use std::path::Path;
use std::sync::Arc;

use serde_json::Value;

use crate::engine::Workers;
use crate::error::{Error, Result};
use crate::models::custom::{self, CustomModel, Description, other_graph};
use crate::models::{FAMILIES, Family};
use crate::objective::Derivatives;
use crate::store::{self, Contents, NamedArray, VERSION, commit, read_manifest};
use crate::tensor::{Array, Either, Precision, Real, either, map_either};
use crate::train::{Checkpoint, Recording};

use super::model::State;
use super::{Dataset, Model};

use arrays::numbered;
use features::COPIED_UP_TO;
use manifest::Manifest;
use reading::Saved;

/// The kind of folder, as its manifest names it.
const FORMAT: &str = "run";

const MODEL: &str = "model";
const DATA: &str = "data";
const LEDGER: &str = "ledger";
const RECORDING: &str = "recording";

impl Model {
    /// Saves the trained model with its data, its ledger and how it was trained, replacing what was saved in `folder`. A
    /// process that is killed leaves the old or the new.
    ///
    /// Samples that were read from files are copied up to a gibibyte of features; more are read again from their files,
    /// unless their labels were changed. Samples that were given as a matrix are always copied.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model that was not trained; [`Error::Io`] when the folder cannot be written;
    /// [`Error::Format`] for a folder that holds something else, or a model of another family, which is left as it is.
    pub fn save(&self, folder: &Path) -> Result<()> {
        self.save_copying(folder, COPIED_UP_TO)
    }

    /// As [`Model::save`], but without a copy of features that files give again: path and checksum of the files are kept, and
    /// loading reads them again.
    ///
    /// # Errors
    /// As [`Model::save`].
    pub fn save_by_reference(&self, folder: &Path) -> Result<()> {
        self.save_copying(folder, 0)
    }

    /// Saves the model with features of at most so many bytes, unless nothing else gives them again.
    fn save_copying(&self, folder: &Path, most: usize) -> Result<()> {
        let record = self.record.as_deref().ok_or_else(|| Error::Unsupported {
            what: "saving a model that was not trained".into(),
            hint: "train it first".into(),
        })?;
        manifest::check_exact(record)?;
        refuse_others(folder, self.family.name())?;
        let mut manifest = Manifest::of(self, most)?;
        let mut files = either!(&self.state, state => {
            if is_code(&*self.family) {
                manifest.objective = objective(&*self.family, &state.parameters, &record.data)?;
            }
            state.files(&*self.family, self.seed)?
        });
        if let Some(trained) = &manifest.trained {
            files.push((DATA.to_owned(), trained.data.arrays(&record.data)?));
        }
        let manifest = serde_json::to_value(manifest)
            .map_err(|error| Error::argument("the training", error, "numbers that JSON can hold"))?;
        commit(folder, FORMAT, &Contents { manifest, files })
    }

    /// Loads a model that was saved, and checks every byte of it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for a model of the user's own, which [`Model::restore`] reads; [`Error::Io`],
    /// [`Error::Format`] or [`Error::Version`] for what cannot be read.
    pub fn load(folder: &Path) -> Result<Self> {
        let mut saved = Saved::open(folder)?;
        if saved.manifest.family == custom::FAMILY {
            return Err(Error::Unsupported {
                what: format!("loading {}, which holds a model of a graph but not the graph,", folder.display()),
                hint: "build the same graph, make a model of it and restore the folder into that".into(),
            });
        }
        let model = std::mem::take(&mut saved.manifest.model);
        let family = crate::models::restore(&saved.manifest.family, model)
            .map_err(|error| malformed(folder, error.to_string()))?;
        let state = match saved.manifest.precision {
            Precision::F32 => Either::Single(State::new(Vec::new())),
            Precision::F64 => Either::Double(State::new(Vec::new())),
        };
        let kind = std::mem::take(&mut saved.manifest.kind);
        let mut model = Self { family, kind, seed: saved.manifest.seed, state, record: None };
        model.take(saved)?;
        Ok(model)
    }

    /// Gives a model of the user's own the values, data, ledger and training that a model of the same graph was saved with.
    /// After an error the model is what it was.
    ///
    /// The graph may name more functionals than the one that was saved.
    ///
    /// # Errors
    /// [`Error::Argument`] for a model of another family, precision or graph, naming what differs; [`Error::Io`],
    /// [`Error::Format`] or [`Error::Version`] for what cannot be read.
    pub fn restore(&mut self, folder: &Path) -> Result<()> {
        let graph: &CustomModel = self.family.downcast().ok_or_else(|| {
            let found = format!("one of {}", self.family.name());
            let expected = "one of the user's own; folders of triples and networks are loaded";
            Error::argument("the model to restore into", found, expected)
        })?;
        let saved = Saved::open(folder)?;
        let manifest = &saved.manifest;
        if manifest.family != graph.name() {
            let problem = format!("the folder holds a model of the family {}", manifest.family);
            return Err(Error::format(folder, None, problem, "load it, or name the folder of a model of this graph"));
        }
        if manifest.precision != self.precision() {
            let word = |precision| if precision == Precision::F32 { "f32" } else { "f64" };
            let (found, expected) = (word(self.precision()), word(manifest.precision));
            return Err(other_graph("the precision of the model", found, expected, folder));
        }
        let description: Description = serde_json::from_value(manifest.model.clone())
            .map_err(|error| malformed(folder, format!("the description of the graph: {error}")))?;
        Description::of(graph).check(&description, folder)?;
        self.take(saved)
    }

    /// Takes the values, data, ledger and training of a folder of the same family.
    fn take(&mut self, mut saved: Saved<'_>) -> Result<()> {
        let read;
        self.state = map_either!(&self.state, state => {
            let (state, record) = saved.read(&*self.family, state)?;
            read = Some(Arc::new(record));
            state
        });
        (self.seed, self.record) = (saved.manifest.seed, read);
        Ok(())
    }

    /// What is saved in a folder, as [`Model::describe`] says it of a model, without reading arrays.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Format`] or [`Error::Version`] for what cannot be read.
    pub fn inspect(folder: &Path) -> Result<Value> {
        match read_manifest(folder, FORMAT) {
            Ok((VERSION, content)) => Manifest::read(folder, content)?.describe(),
            // What format 1 says of its data is in the arrays.
            _ => Saved::open(folder)?.manifest.describe(),
        }
    }

    /// What the model is and how it was trained: `family`, `kind`, `model` (what its family says of it; of lists with more
    /// than a hundred elements their length), `precision` and `seed`; `training` (the options that had a part in it), `result`, `outcome` (epoch by
    /// epoch), `validation`, `calibration` (how the ledger's predictions agree with true removals), `smoothness` (where it was measured), `ledger` (whether there is one) and `data`, which are null of a model that was not trained.
    ///
    /// # Errors
    /// [`Error::Argument`] for what JSON cannot hold.
    pub fn describe(&self) -> Result<Value> {
        Manifest::of(self, COPIED_UP_TO)?.describe()
    }
}

impl<T: Real> State<T> {
    fn files(&self, family: &dyn Family, seed: u64) -> Result<Vec<(String, Vec<NamedArray>)>> {
        let mut model = numbered("parameter", &self.parameters)?;
        if let Some(initial) = &self.initial
            && (is_code(family) || !same_bits(&family.initial(seed)?, initial))
        {
            model.extend(numbered("initial", initial)?);
        }
        let mut files = vec![(MODEL.to_owned(), model)];
        if let Some(ledger) = &self.ledger {
            let shape = |len: usize| vec![ledger.examples(), len / ledger.examples().max(1)];
            let (changes, rows) = (ledger.changes(), ledger.rows());
            let mut held = numbered("remainder", ledger.remainder())?;
            held.push(NamedArray::new("changes", shape(changes.len()), T::wrap(changes.to_vec()))?);
            held.push(NamedArray::new("rows", shape(rows.len()), rows.to_vec())?);
            files.push((LEDGER.to_owned(), held));
        }
        if let Some(recording) = &self.recording {
            files.push((RECORDING.to_owned(), recorded(recording)?));
        }
        Ok(files)
    }
}

/// A recording: the losses of the steps, the step, epoch, batch and learning rate of each checkpoint, and its parts by its number.
fn recorded<T: Real>(recording: &Recording<T>) -> Result<Vec<NamedArray>> {
    let (losses, checkpoints) = (recording.losses(), recording.checkpoints());
    let place = |checkpoint: &Checkpoint<T>| {
        let position = checkpoint.position();
        let whole = [checkpoint.step(), position.epochs as u64, position.batches as u64].map(|number| number as f64);
        whole.into_iter().chain([checkpoint.learning_rate()])
    };
    let places: Vec<f64> = checkpoints.iter().flat_map(place).collect();
    let mut arrays = vec![
        NamedArray::new("losses", vec![losses.len()], losses.to_vec())?,
        NamedArray::new("places", vec![checkpoints.len(), PLACE], places)?,
    ];
    for (number, checkpoint) in checkpoints.iter().enumerate() {
        let (numbers, rows) = checkpoint.to_parts();
        arrays.push(NamedArray::new(format!("numbers.{number}"), vec![numbers.len()], T::wrap(numbers))?);
        arrays.push(NamedArray::new(format!("rows.{number}"), vec![rows.len()], rows)?);
    }
    Ok(arrays)
}

/// The numbers that say where a checkpoint lies in a training.
const PLACE: usize = 4;

/// Whether a model is code, which its family does not make of a manifest.
fn is_code(family: &dyn Family) -> bool {
    FAMILIES.iter().all(|entry| entry.name != family.name())
}

/// The objective over the data of a training, by which another graph with the same names is known.
fn objective<T: Real>(family: &dyn Family, parameters: &[Array<T>], data: &Dataset) -> Result<Option<f64>> {
    let inputs = Arc::new(family.examples(data, 0)?);
    let objective = Arc::new(family.objective()?);
    let mut derivatives = Derivatives::new(&Workers::single(), objective, parameters.to_vec(), inputs, None, None, 0)?;
    let mut slopes = vec![0.0; derivatives.dimension()];
    match derivatives.value_and_gradient(&mut slopes) {
        Ok(value) => Ok(Some(value)),
        // A training that was ended where it diverged can be saved too.
        Err(Error::NotFinite { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whether [`Model::save`] would accept a folder for a model of a family, as far as that is known before there is one.
///
/// # Errors
/// As [`Model::save`].
pub fn check_folder(folder: &Path, family: &str) -> Result<()> {
    store::check(folder, FORMAT)?;
    refuse_others(folder, family)
}

/// Removes what [`Model::save`] wrote to a folder, and the folder if nothing else is in it.
///
/// # Errors
/// [`Error::Format`] for a folder that holds something else; [`Error::Io`].
pub fn remove_folder(folder: &Path) -> Result<()> {
    store::remove(folder, FORMAT)
}

/// Refuses a folder with a model that is code where this one is not, and the other way round. What is no folder of models is
/// refused when it is written.
fn refuse_others(folder: &Path, family: &str) -> Result<()> {
    let Ok((_, content)) = read_manifest(folder, FORMAT) else { return Ok(()) };
    match content.get("family").and_then(Value::as_str) {
        Some(found) if found != family && [found, family].contains(&custom::FAMILY) => {
            let problem = format!("the folder holds a model of the family {found}");
            Err(Error::format(folder, None, problem, "choose another folder or empty it"))
        }
        _ => Ok(()),
    }
}

/// Whether arrays are the same bit for bit: zeros of either sign differ.
fn same_bits<T: Real>(some: &[Array<T>], others: &[Array<T>]) -> bool {
    // Every number of either type is one of f64.
    let equal = |(a, b): (&T, &T)| a.to_f64().to_bits() == b.to_f64().to_bits();
    let same = |(a, b): (&Array<T>, &Array<T>)| a.shape() == b.shape() && a.values().iter().zip(b.values()).all(equal);
    some.len() == others.len() && some.iter().zip(others).all(same)
}

/// The checksums fit but the content does not: written by something else, or by another build.
fn malformed(folder: &Path, problem: impl Into<String>) -> Error {
    Error::format(folder, None, problem, "train again, or read the folder with the build that wrote it")
}
