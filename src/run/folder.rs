//! A run on disk: which kind it is; of triples: settings, names, outcome in the manifest; triples, model and ledger in files beside it.

use std::path::Path;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::data::{Triple, TripleSet, Vocabulary};
use crate::error::{Error, Result};
use crate::model::{Owned, TripleModel, zoo};
use crate::rollback::Ledger;
use crate::store::{Contents, NamedArray, Values, commit, open, read_manifest};
use crate::tensor::{Array, Real};
use crate::train::{Metrics, Outcome};

use super::dense::{self, DenseRun};
use super::job::Run;
use super::settings::{Precision, Settings};

/// The kind of folder, as its manifest names it.
pub const FORMAT: &str = "run";

/// What the manifest of a run says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    settings: Settings,
    entities: Vec<String>,
    relations: Vec<String>,
    outcome: Outcome,
    validation: Option<Metrics>,
}

/// A run of either kind and element type.
#[derive(Clone, Debug)]
pub enum AnyRun {
    /// Of triples, in single precision.
    F32(Run<f32>),
    /// Of triples, in double precision.
    F64(Run<f64>),
    /// Of rows, in single precision.
    DenseF32(DenseRun<f32>),
    /// Of rows, in double precision.
    DenseF64(DenseRun<f64>),
}

impl AnyRun {
    /// Loads a run and checks every byte of it.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::Format`] or [`Error::Version`], which name the file and the remedy.
    pub fn load(folder: &Path) -> Result<Self> {
        let contents = open(folder, FORMAT)?;
        if is_dense(&contents.manifest) {
            let manifest: dense::Manifest = manifest(folder, &contents.manifest)?;
            let loader = Loader { folder, contents, manifest };
            return Ok(match loader.manifest.job.precision {
                Precision::F32 => Self::DenseF32(loader.dense_run()?),
                Precision::F64 => Self::DenseF64(loader.dense_run()?),
            });
        }
        let manifest: Manifest = manifest(folder, &contents.manifest)?;
        let loader = Loader { folder, contents, manifest };
        Ok(match loader.manifest.settings.precision {
            Precision::F32 => Self::F32(loader.run()?),
            Precision::F64 => Self::F64(loader.run()?),
        })
    }

    /// The settings of a run, how it went and how large it is, without reading its arrays.
    ///
    /// # Errors
    /// As [`AnyRun::load`].
    pub fn describe(folder: &Path) -> Result<Value> {
        let content = read_manifest(folder, FORMAT)?;
        if is_dense(&content) {
            return Ok(manifest::<dense::Manifest>(folder, &content)?.describe());
        }
        let manifest: Manifest = manifest(folder, &content)?;
        Ok(json!({
            "kind": "triples",
            "settings": manifest.settings,
            "entities": manifest.entities.len(),
            "relations": manifest.relations.len(),
            "outcome": manifest.outcome,
            "validation": manifest.validation,
        }))
    }
}

/// An element type that can lie in a file.
pub trait Stored: Real {
    /// The values as the store knows them.
    fn wrap(values: Vec<Self>) -> Values;
    /// The values, if they are of this type.
    fn unwrap(values: Values) -> Option<Vec<Self>>;
}

impl Stored for f32 {
    fn wrap(values: Vec<Self>) -> Values {
        Values::F32(values)
    }
    fn unwrap(values: Values) -> Option<Vec<Self>> {
        if let Values::F32(values) = values { Some(values) } else { None }
    }
}

impl Stored for f64 {
    fn wrap(values: Vec<Self>) -> Values {
        Values::F64(values)
    }
    fn unwrap(values: Values) -> Option<Vec<Self>> {
        if let Values::F64(values) = values { Some(values) } else { None }
    }
}

impl<T: Stored> Run<T> {
    /// Saves the run, replacing the one in `folder`. A process that is killed leaves the old run or the new one.
    ///
    /// # Errors
    /// [`Error::Io`] when the folder cannot be written; what was there before is then still whole.
    pub fn save(&self, folder: &Path) -> Result<()> {
        let manifest = Manifest {
            settings: self.settings.clone(),
            entities: self.data.entities.iter().map(str::to_owned).collect(),
            relations: self.data.relations.iter().map(str::to_owned).collect(),
            outcome: self.outcome.clone(),
            validation: self.validation.clone(),
        };
        let table = |name: &str, array: &Array<T>| {
            NamedArray::new(name, array.shape().to_vec(), T::wrap(array.values().to_vec()))
        };
        let triples = |name: &str, triples: &[Triple]| {
            let ids = triples.iter().flat_map(|t| [t.head, t.relation, t.tail]).collect();
            NamedArray::new(name, vec![triples.len(), 3], Values::U32(ids))
        };
        let [entities, relations] = self.model.parameters() else {
            return Err(Error::argument("the number of tables", self.model.parameters().len(), "two"));
        };
        let examples = self.ledger.examples();
        let changes = self.ledger.changes().to_vec();
        let shape = vec![examples, changes.len() / examples.max(1)];
        let contents = Contents {
            manifest: serde_json::to_value(manifest)
                .map_err(|error| Error::argument("the settings", error, "numbers that JSON can hold"))?,
            files: vec![
                (
                    "triples".into(),
                    vec![
                        triples("train", &self.data.train)?,
                        triples("valid", &self.data.valid)?,
                        triples("test", &self.data.test)?,
                    ],
                ),
                ("model".into(), vec![table("entities", entities)?, table("relations", relations)?]),
                (
                    "ledger".into(),
                    vec![
                        NamedArray::new("changes", shape, T::wrap(changes))?,
                        table("remainder.entities", &self.ledger.remainder()[0])?,
                        table("remainder.relations", &self.ledger.remainder()[1])?,
                    ],
                ),
            ],
        };
        commit(folder, FORMAT, &contents)
    }
}

/// Whether a manifest is that of a run of rows.
fn is_dense(content: &Value) -> bool {
    content.get("kind").and_then(Value::as_str) == Some(dense::DENSE)
}

fn manifest<M: DeserializeOwned>(folder: &Path, value: &Value) -> Result<M> {
    serde_json::from_value(value.clone()).map_err(|error| malformed(folder, error.to_string()))
}

/// The checksums fit but the content does not: written by something else, or by another build.
pub(super) fn malformed(folder: &Path, problem: impl Into<String>) -> Error {
    Error::format(folder, None, problem, "train again, or read the run with the build that wrote it")
}

pub(super) struct Loader<'a, M> {
    pub folder: &'a Path,
    contents: Contents,
    pub manifest: M,
}

impl<M> Loader<'_, M> {
    pub fn take(&mut self, stem: &str, name: &str) -> Result<NamedArray> {
        let file = self.contents.files.iter_mut().find(|(found, _)| found == stem);
        let array = file.and_then(|(_, arrays)| {
            let place = arrays.iter().position(|array| array.name == name)?;
            Some(arrays.swap_remove(place))
        });
        array.ok_or_else(|| malformed(self.folder, format!("the array {name:?} of {stem:?} is missing")))
    }

    pub fn table<T: Stored>(&mut self, stem: &str, name: &str) -> Result<Array<T>> {
        let array = self.take(stem, name)?;
        let values = T::unwrap(array.values)
            .ok_or_else(|| malformed(self.folder, format!("the array {name:?} of {stem:?} is not {}", T::NAME)))?;
        Array::new(&array.shape, values).map_err(|error| malformed(self.folder, error.to_string()))
    }
}

impl Loader<'_, Manifest> {
    fn triples(&mut self, name: &str) -> Result<Vec<Triple>> {
        let Values::U32(ids) = self.take("triples", name)?.values else {
            return Err(malformed(self.folder, format!("the triples {name:?} are no ids")));
        };
        let (entities, relations) = (self.manifest.entities.len() as u32, self.manifest.relations.len() as u32);
        ids.chunks(3)
            .map(|ids| match *ids {
                [head, relation, tail] if head < entities && relation < relations && tail < entities => {
                    Ok(Triple { head, relation, tail })
                }
                _ => Err(malformed(self.folder, format!("the triples {name:?} name ids that do not exist: {ids:?}"))),
            })
            .collect()
    }

    fn run<T: Stored>(mut self) -> Result<Run<T>> {
        let folder = self.folder;
        let foreign = |error: Error| malformed(folder, error.to_string());
        let data = TripleSet {
            entities: Vocabulary::from_names(std::mem::take(&mut self.manifest.entities)).map_err(foreign)?,
            relations: Vocabulary::from_names(std::mem::take(&mut self.manifest.relations)).map_err(foreign)?,
            ..TripleSet::default()
        };
        self.manifest.entities = data.entities.iter().map(str::to_owned).collect();
        self.manifest.relations = data.relations.iter().map(str::to_owned).collect();
        let data = TripleSet {
            train: self.triples("train")?,
            valid: self.triples("valid")?,
            test: self.triples("test")?,
            ..data
        };
        let settings = self.manifest.settings.clone();
        settings.check().map_err(foreign)?;
        let scorer = zoo::by_name(&settings.model).map_err(foreign)?;
        let tables = vec![self.table::<T>("model", "entities")?, self.table::<T>("model", "relations")?];
        let model = TripleModel::with_parameters(scorer, settings.dimension, tables).map_err(foreign)?;
        if model.entities() != data.entities.len() || model.relations() != data.relations.len() {
            return Err(malformed(folder, "the tables have other numbers of rows than there are names"));
        }
        let shapes: Vec<_> = model.parameters().iter().map(|p| (p.rows(), p.row_width())).collect();
        let rows = data.train.iter().flat_map(|t| [t.head, t.relation, t.tail]).collect();
        let owned = [(0, 0), (1, 1), (0, 2)].map(|(parameter, input)| Owned { parameter, input });
        let changes = self.table::<T>("ledger", "changes")?.into_values();
        let remainder =
            vec![self.table::<T>("ledger", "remainder.entities")?, self.table::<T>("ledger", "remainder.relations")?];
        let ledger = Ledger::new(owned.to_vec(), rows, &shapes)
            .and_then(|ledger| ledger.with_changes(changes, remainder))
            .map_err(foreign)?;
        let Manifest { outcome, validation, .. } = self.manifest;
        Ok(Run { settings, data, model, ledger: Arc::new(ledger), outcome, validation })
    }
}
